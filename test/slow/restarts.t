#!/usr/bin/perl
# Graceful restarts under load, with good, bad and drifted tables in turn, beside stock
# httpd: test/restarts/run with fewer restarts than by hand. Each of its claims is a point.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Tree;

my $RESTARTS = 32;

# Fewer requests than these show nothing, however slow the machine is.
my $REQUESTS = 400;

mkdir 'out/log';
my $status = system "test/restarts/run --restarts $RESTARTS --seconds-between 0.4"
    . ' >out/log/restarts.log 2>&1';
my $output = slurp('out/log/restarts.log');
while ($output =~ /^(holds|broken): (.*)$/mg) {
    is($1, 'holds', $2);
}
my ($done) = $output =~ /^event: (\d+) restarts/m;
is($done, $RESTARTS, 'all restarts were done');
my %requests = $output =~ /^(stock|authority) +\d+ +(\d+)/mg;
cmp_ok($requests{$_} // 0, '>', $REQUESTS, "requests were made: $_") for qw(stock authority);
is($status, 0, 'the restarts end well') or diag($output);
done_testing();
