package Bench::Certificate;

# Self-signed certificates by the thousand. They share a key: nothing here depends on it, and
# a key for each would take longer than all that is measured.

use strict;
use warnings;

use Net::SSLeay;

use constant {
    DAYS       => 3650,
    MBSTRING   => 0x1001, # MBSTRING_ASC
    V3         => 2,
    A_DAY      => 24 * 60 * 60,
};

my %ALGORITHM = (
    ec  => [qw(EC -pkeyopt ec_paramgen_curve:prime256v1)],
    rsa => [qw(RSA -pkeyopt rsa_keygen_bits:2048)],
);
my $serial = 0;

sub _store {
    my ($path, $text) = @_;
    open my $file, '>', $path or die "$path: $!\n";
    print {$file} $text;
    close $file or die "$path: $!\n";
    return;
}

# The file of the key, made where it is not there; algorithm is ec or rsa.
sub key {
    my ($path, $algorithm) = @_;
    return $path if -e $path;
    my @words = (qw(openssl genpkey -out), $path, '-algorithm', @{ $ALGORITHM{$algorithm} });
    open my $said, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @words or die "openssl: $!\n";
    my $text = do { local $/; readline $said };
    close $said or die "openssl: $text\n";
    return $path;
}

sub _loaded {
    my ($path) = @_;
    my $file = Net::SSLeay::BIO_new_file($path, 'r') or die "$path: $!\n";
    my $key = Net::SSLeay::PEM_read_bio_PrivateKey($file) or die "$path: no key\n";
    Net::SSLeay::BIO_free($file);
    return $key;
}

my %keys; # by file, as OpenSSL has them

# Makes the file of a certificate for these DNS names, unless it is there.
sub make {
    my ($path, $key_path, @names) = @_;
    return if -e $path;
    my $key = $keys{$key_path} //= _loaded($key_path);
    my $certificate = Net::SSLeay::X509_new();
    my $subject = Net::SSLeay::X509_get_subject_name($certificate);
    Net::SSLeay::X509_set_version($certificate, V3);
    Net::SSLeay::ASN1_INTEGER_set(Net::SSLeay::X509_get_serialNumber($certificate),
        ++$serial);
    Net::SSLeay::X509_NAME_add_entry_by_txt($subject, 'CN', MBSTRING, 'bench');
    Net::SSLeay::X509_set_issuer_name($certificate, $subject);
    Net::SSLeay::X509_gmtime_adj(Net::SSLeay::X509_get_notBefore($certificate), -A_DAY);
    Net::SSLeay::X509_gmtime_adj(Net::SSLeay::X509_get_notAfter($certificate), DAYS * A_DAY);
    Net::SSLeay::X509_set_pubkey($certificate, $key);
    Net::SSLeay::P_X509_add_extensions($certificate, $certificate,
        Net::SSLeay::NID_subject_alt_name()  => join(',', map {"DNS:$_"} @names),
        Net::SSLeay::NID_basic_constraints() => 'CA:FALSE');
    Net::SSLeay::X509_sign($certificate, $key,
        Net::SSLeay::EVP_get_digestbyname('sha256'))
        or die "$path: not signed\n";
    _store($path, Net::SSLeay::PEM_get_string_X509($certificate));
    Net::SSLeay::X509_free($certificate);
    return;
}

Net::SSLeay::initialize();

1;
