#!/usr/bin/perl
# build/demo, as a newcomer calls it: each promise it shows is a point here.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Tree;

mkdir 'out/log';
my $status = system 'build/demo >out/log/demo.log 2>&1';
my $output = slurp('out/log/demo.log');
is($status, 0, 'the demo ends well');
if ($status) {
    diag($output);
    done_testing();
    exit;
}

my @broken = $output =~ /^( +\^ .*)/mg;
is_deeply(\@broken, [], 'every answer is the one that was promised');
my @answers = $output =~ /^\S.* (?:h2|http\/1\.1) .* (?:200 from \w+|421|http1-required) /mg;
is(scalar @answers, 36, 'every pair was asked');
like($output, qr/^admin .* none +\(empty: this name only\) +admin$/m,
    'the name with client certificates gets an empty frame (O16)');
like($output, qr/^www +none +www static +static www$/m, 'www lists static (O1, O12)');
like($output, qr/^www +h2 +files +http1-required +421 +location-client-auth$/m,
    'a reset becomes a 421 with its reason');
like($output, qr/\b0 × AH02032/, 'mod_ssl has nothing left to refuse');

my ($room) = $output =~ /^The files are in ([^:]+):/m;
for my $server (qw(stock authority)) {
    ok(!-e "$room/$server/httpd.pid", "no $server httpd is left");
}
done_testing();
