#!/usr/bin/perl
# Unit tests, golden cases and input.t reach 95 % of the lines of core/ and of the parser;
# build/coverage says of what else.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Tree;

# prove's own words must not reach the prove that counts.
delete local @ENV{grep { /^HARNESS|^PERL_TEST_HARNESS/ } keys %ENV};
my $table = qx(build/coverage --quick 2>&1);
is($?, 0, 'build/coverage --quick is content') or diag($table);
for my $what ('core', 'the parser') {
    my ($reached, $lines, $percent) = $table =~ /^$what +(\d+) +(\d+) +([\d.]+)$/m;
    ok($lines && $lines > 700, "the lines of $what are counted") or diag($table);
    cmp_ok($percent // 0, '>=', 95, "$what: percent of lines reached");
}
done_testing();
