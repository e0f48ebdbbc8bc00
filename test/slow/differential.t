#!/usr/bin/perl
# Random sites on a real httpd: what `authorityc explain --pairs` says of each pair is what
# httpd answers, without the module (200, 421, http1-required) and with it (verdict and
# reason). A few sites that are always the same, which between them give every answer, and
# one that is new each time.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Tree;

my @SEEDS = (1, 44, 74, 77, 109, 142, 181);
my $seed = $ENV{DIFFERENTIAL_SEED} // time;
diag("the new site is that of seed $seed");

# What must have been said of some pair, or the sites show nothing.
my @ANSWERS = qw(200 421 http1-required same shared client-auth client-ca revocation certificate
    protocol ciphers openssl-conf location-client-auth location-ciphers http1-only other-zone
    not-covered strict unknown-authority textual);

mkdir 'out/log';
my $seeds = join ',', @SEEDS, $seed;
my $status = system "test/differential/run --verbose --pairs 120 --seeds $seeds"
    . ' >out/log/differential.log 2>&1';
my $output = slurp('out/log/differential.log');
while ($output =~ /^seed (\d+): (.*): (.*)$/mg) {
    is($3, '0 disagree', "seed $1: $2");
}
my ($said) = $output =~ /^said: (.*)/m;
like($said // '', qr/\b\Q$_\E \d/, "'$_' is among the answers") for @ANSWERS;
my ($sites, $asked) = $output =~ /^(\d+) sites, asked (.*):/m;
is($sites, @SEEDS + 1, 'all sites were asked');
my %asked = split /[ ,]+/, $asked // '';
cmp_ok($asked{$_} // 0, '>', 600, "pairs were asked: $_")
    for qw(import module module-import stock);
is($status, 0, 'no disagreement') or diag($output);
done_testing();
