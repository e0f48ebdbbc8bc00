package Aty::Certificates;

# A throw-away authority and what it signs, made by openssl. Keys are EC and quick to make,
# but for one RSA key.

use strict;
use warnings;

use Aty::Template;

# What is made: names of the certificate, or nothing for one that names a client.
my %SERVER = (
    'wild'     => ['*.example.test', 'example.test', '*.users.example.test', 'localhost'],
    'second'   => [map { $_ . '.test' } qw(second.example other.elsewhere extra.elsewhere)],
    'dual-rsa' => ['dual-1.example.test', 'dual-2.example.test'],
);

# Makes everything in the directory; dies where openssl fails.
sub make {
    my ($directory) = @_;
    authority($directory, $_) for qw(ca staff-ca);
    server($directory, $_, @{$SERVER{$_}}) for sort keys %SERVER;
    client($directory, 'staff-ca', 'staff');
    for my $kind (qw(pem key)) {
        Aty::Template::store("$directory/wild-copy.$kind",
            Aty::Template::load("$directory/wild.$kind"));
    }
}

# An authority, NAME.pem and NAME.key; with the subject of another one where it is given.
sub authority {
    my ($directory, $name, $namesake) = @_;
    _openssl($directory, 'req', '-x509', '-new', _key($name), '-subj',
        '/CN=throw-away ' . ($namesake // $name), '-days', 30, '-out', "$name.pem");
}

# A certificate for these names, from the authority `ca`; RSA where its own name says so.
sub server {
    my ($directory, $name, @names) = @_;
    _signed($directory, 'ca', $name, 'subjectAltName=DNS:' . join ',DNS:', @names);
}

# A certificate for a client.
sub client {
    my ($directory, $authority, $name) = @_;
    _signed($directory, $authority, $name, 'extendedKeyUsage=clientAuth');
}

# A directory below it as SSLCACertificatePath wants it, with the authorities.
sub hashed {
    my ($directory, $name, @authorities) = @_;
    mkdir "$directory/$name";
    for my $authority (@authorities) {
        Aty::Template::store("$directory/$name/$authority.pem",
            Aty::Template::load("$directory/$authority.pem"));
    }
    _openssl($directory, 'rehash', $name);
}

sub _key {
    my ($name) = @_;
    my @kind = $name =~ /rsa/
        ? ('-newkey', 'rsa:2048')
        : ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256');
    return (@kind, '-nodes', '-keyout', "$name.key");
}

sub _signed {
    my ($directory, $authority, $name, $extension) = @_;
    _openssl($directory, 'req', '-new', _key($name), '-subj', "/CN=$name", '-out', "$name.csr");
    Aty::Template::store("$directory/$name.ext", "$extension\n");
    _openssl($directory, 'x509', '-req', '-in', "$name.csr", '-CA', "$authority.pem",
        '-CAkey', "$authority.key", '-CAcreateserial', '-days', 30,
        '-extfile', "$name.ext", '-out', "$name.pem");
    unlink map { "$directory/$name.$_" } qw(csr ext);
}

sub _openssl {
    my ($directory, @arguments) = @_;
    my $command = join ' ', map { quotemeta } 'openssl', @arguments;
    my $output = `cd \Q$directory\E && $command 2>&1`;
    die "openssl @arguments: $output\n" if $?;
}

1;
