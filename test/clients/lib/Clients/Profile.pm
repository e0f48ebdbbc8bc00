package Clients::Profile;

# A home directory for a browser: the CA that it trusts and the certificate that it shows,
# in a database of NSS, which Chromium and Firefox both read.

use strict;
use warnings;

use Aty::Certificates;
use Aty::Template;
use File::Path qw(make_path);
use JSON::PP;

# Makes the directory with a database in .pki/nssdb. `ca` is a PEM file; `identity`, where
# there is one, a PKCS #12 file without password.
sub make {
    my ($home, $ca, $identity) = @_;
    my $database = "$home/.pki/nssdb";
    make_path($database);
    _run('certutil', '-N', '-d', "sql:$database", '--empty-password');
    _run('certutil', '-A', '-d', "sql:$database", '-n', 'test-ca', '-t', 'C,,', '-i', $ca);
    _run('pk12util', '-i', $identity, '-d', "sql:$database", '-W', '') if $identity;
    return "sql:$database";
}

# Makes a certificate for users, signed by a CA whose certificate and key are in the
# directory. Returns its path.
sub identity {
    my ($directory, $ca) = @_;
    Aty::Certificates::client($directory, $ca, 'user');
    return "$directory/user.pem";
}

# Makes a PKCS #12 file of a certificate, NAME.pem, and its key, NAME.key, beside them; returns
# its path.
sub pkcs12 {
    my ($certificate) = @_;
    my ($name) = $certificate =~ /\A(.*)\.pem\z/;
    _run('openssl', 'pkcs12', '-export', '-in', $certificate, '-inkey', "$name.key",
        '-out', "$name.p12", '-passout', 'pass:');
    return "$name.p12";
}

# Lets Chromium show a certificate without asking, as the policy AutoSelectCertificateForUrls
# does, which only root could set.
sub choose_certificates {
    my ($profile) = @_;
    my %always = ('*,*' => {setting => {filters => [{}]}});
    my %exceptions = (auto_select_certificate => \%always);
    make_path("$profile/Default");
    Aty::Template::store("$profile/Default/Preferences",
        encode_json({profile => {content_settings => {exceptions => \%exceptions}}}));
}

# Dies, with what the command said, where it fails.
sub _run {
    my (@words) = @_;
    my $said = `@{[join ' ', map { length ? quotemeta : "''" } @words]} 2>&1`;
    die "@words[0, 1]: $said" if $?;
}

1;
