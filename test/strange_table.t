#!/usr/bin/perl
# A table that somebody else made, with the right digest and strange octets in its texts, and
# a policy in a directory whose name is no UTF-8: whatever authorityc prints of them can be
# read, controls no terminal, and is JSON where JSON was asked for.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use Digest::SHA qw(sha256);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use Outcome qw(outcome write_file);
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $make_certificates = abs_path('test/make-certificates');
my $place = tempdir('strange-XXXXXX', DIR => out(), CLEANUP => 1);
chdir $place or die "$place: $!\n";

# In one file and in one directory that Latin-1 spells.
my $directory = "M\xfcnchen";
mkdir $directory or die "$directory: $!\n";
write_file("$directory/site.policy", <<'POLICY');
#: site.pem *.example.com
SSLCertificateFile site.pem
SSLProtocol -all +TLSv1.3
<VirtualHost *:443>
    ServerName www.example.com
    ServerAlias img.example.com
    Zone zone-of-www
</VirtualHost>
<VirtualHost *:443>
    ServerName shop.example.com
    <Location "/private-place">
        SSLVerifyClient require
    </Location>
</VirtualHost>
POLICY
is((outcome('.', $make_certificates, "$directory/site.policy"))[0], 0, 'there is a certificate');
is((outcome('.', $program, 'compile', '--quiet', '-o', 'good.table', "$directory/site.policy"))[0],
    0, 'there is a table');

# Texts of the same length in place of others, everywhere, also in ORIGIN frames.
my $table = slurp('good.table');
my %strange = (
    'img.example.com' => "\e[31m.exampl\xff\r\n",
    'zone-of-www'     => "zone\tof\x07www",
    '/private-place'  => "/private\xc2\x9bplac",
    'site.policy'     => "site\xe2\x82olicy",
);
for my $text (sort keys %strange) {
    is(length $strange{$text}, length $text, 'as long as before');
    like($table, qr/\Q$text\E/, 'it is there');
    $table =~ s/\Q$text\E/$strange{$text}/g;
}
substr($table, -32) = sha256(substr $table, 0, -32);
write_file('strange.table', $table);

sub is_readable {
    my ($output, $what) = @_;
    ok(length $output, "$what: there is an answer");
    ok(utf8::decode(my $copy = $output), "$what: it is UTF-8");
    unlike($output, qr/[\x00-\x09\x0b-\x1f\x7f]/, "$what: no control character");
    return;
}

for my $input ('strange.table', "$directory/site.policy") {
    my $shown = $input =~ /table/ ? 'a table' : 'a policy';
    for my $command (['dump'], ['explain', '--groups'], ['explain', '--all', 'www.example.com']) {
        for my $json ([], ['--json']) {
            my ($name, @rest) = (@$command, @$json);
            my ($code, $output, $said) = outcome('.', $program, $name, @rest, $input);
            my $what = join ' ', $name, @rest, 'of', $shown;
            is($code, 0, "$what: exit 0");
            is_readable($output, $what);
            is_readable($said, "$what, standard error") if length $said;
            ok(eval { decode_json($output) }, "$what: it is JSON") or diag($@) if @$json;
        }
    }
}
my ($code, $changes) = outcome('.', $program, 'diff', 'good.table', 'strange.table');
is($code, 1, 'diff finds the difference');
is_readable($changes, 'diff');
done_testing();
