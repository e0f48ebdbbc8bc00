#!/usr/bin/perl
# clang-tidy, cppcheck and gcc's -fanalyzer have no remark; analyzers.mk says how they are
# asked.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Tree;

my @directories = qw(core authorityc mod_authority test);
for my $target ('fanalyzer-core', map { ("cppcheck-$_", "tidy-$_") } @directories) {
    my ($good, $output) = make('-k', '-j2', 'OUT=' . out(), $target);
    ok($good, "$target: no findings") or diag($output);
}
done_testing();
