#!/usr/bin/perl
# An httpd or OpenSSL that is too old is named when it is compiled with, before anything else
# goes wrong.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Tree;

my $directory = tempdir(CLEANUP => 1);
my $out       = tempdir(CLEANUP => 1);

# Compiles the sources as if httpd's headers had this number: true where that went well,
# and what the compiler said.
sub compile_with {
    my ($major, $minor, @sources) = @_;
    open my $file, '>', "$directory/ap_mmn.h" or die;
    print {$file} <<"END";
#define APACHE_AP_MMN_H
#define MODULE_MAGIC_COOKIE 0x41503234UL
#define MODULE_MAGIC_NUMBER_MAJOR $major
#define MODULE_MAGIC_NUMBER_MINOR $minor
#define MODULE_MAGIC_NUMBER MODULE_MAGIC_NUMBER_MAJOR
#define AP_MODULE_MAGIC_AT_LEAST(major, minor) \\
    ((major) < MODULE_MAGIC_NUMBER_MAJOR || \\
     ((major) == MODULE_MAGIC_NUMBER_MAJOR && (minor) <= MODULE_MAGIC_NUMBER_MINOR))
END
    close $file or die;
    return make('-B', "CPPFLAGS=-I$directory", "OUT=$out", map { "$out/$_" =~ s/c$/o/r } @sources);
}

# Those that need the header that came late.
my @sources = grep { slurp($_) =~ /http_ssl\.h/ } files(qr{^mod_authority/.*\.c$});
ok(scalar @sources, 'some sources include http_ssl.h');

for my $source (@sources, 'mod_authority/mod_authority.c') {
    for my $old ([20120211, 103], [20120211, 0], [20051115, 40]) {
        my ($good, $output) = compile_with(@$old, $source);
        ok(!$good, "$source is not compiled for module magic number $old->[0]:$old->[1]");
        my ($first) = $output =~ /(error: .*)/;
        like($first // $output, qr/mod_authority needs httpd 2\.4\.47 or later/,
            'and the first error says what is needed');
    }
    for my $new ([20120211, 104], [20120211, 142], [20211221, 0]) {
        my ($good, $output) = compile_with(@$new, $source);
        ok($good, "$source is compiled for $new->[0]:$new->[1]") or diag($output);
    }
}

# OpenSSL as if it were older.
unlink "$directory/ap_mmn.h";
mkdir "$directory/openssl" or die;
for my $source (qw(mod_authority/mod_authority.c mod_authority/drift_ciphers.c
    authorityc/cipher.c))
{
    for my $case (['0x1010117fL', 0], ['0x30000000L', 1]) {
        my ($number, $wanted) = @$case;
        open my $file, '>', "$directory/openssl/opensslv.h" or die;
        print {$file} "#include_next <openssl/opensslv.h>\n",
            "#undef OPENSSL_VERSION_NUMBER\n#define OPENSSL_VERSION_NUMBER $number\n";
        close $file or die;
        my ($good, $output) =
            make('-B', "CPPFLAGS=-I$directory", "OUT=$out", "$out/$source" =~ s/c$/o/r);
        is($good ? 1 : 0, $wanted, "$source with OpenSSL $number") or diag($output);
        next if $wanted;
        my ($first) = $output =~ /(error: .*)/;
        like($first // $output, qr/needs OpenSSL 3\.0 or later/,
            'and the first error says what is needed');
    }
}
done_testing();
