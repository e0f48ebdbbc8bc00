#!/usr/bin/perl
# gcc and clang have no remark about anything: module, compiler, unit tests.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More tests => 2;
use Tree;

for my $compiler (qw(gcc clang)) {
    my ($good, $output) = make('-j2', "CC=$compiler", 'CFLAGS=-O2 -g -Werror',
        "OUT=out/$compiler", 'all', 'unit');
    ok($good, "$compiler -Werror builds everything") or diag($output);
}
