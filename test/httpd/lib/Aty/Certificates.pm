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
    for my $authority (qw(ca staff-ca)) {
        _openssl($directory, 'req', '-x509', '-new', _key($authority), '-subj',
            "/CN=throw-away $authority", '-days', 30, '-out', "$authority.pem");
    }
    _signed($directory, 'ca', $_, "subjectAltName=DNS:" . join ',DNS:', @{$SERVER{$_}})
        for sort keys %SERVER;
    _signed($directory, 'staff-ca', 'staff', 'extendedKeyUsage=clientAuth');
    for my $kind (qw(pem key)) {
        Aty::Template::store("$directory/wild-copy.$kind",
            Aty::Template::load("$directory/wild.$kind"));
    }
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
