#!/usr/bin/perl
# README's table of what was tried names tests that are there, and leaves none of them out.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Tree;

my ($section) = slurp('README.md') =~ /^## Security\n(.*?)^## /ms;
ok(defined $section, 'README has a section on security') or BAIL_OUT('no section');

my @rows = grep { /^\|/ && !/^\|(?:---| tried)/ } split /\n/, $section;
cmp_ok(scalar @rows, '>', 10, 'with a table');
for my $row (@rows) {
    my (undef, $tried, $happens, $tests) = map { s/\A\s+|\s+\z//gr } split /\|/, $row;
    ok($tests =~ /`\w+\.t`|\Athe same/, "a test holds it: $tried");
    ok(length $happens, 'and it says what happens');
}

my %named = map { $_ => 1 } $section =~ /`(\w+\.t)`/g;
ok(-e "test/httpd/t/$_", "$_ is there") for sort keys %named;
for my $test (map { s{.*/}{}r } glob 'test/httpd/t/{around_*,websockets,kinds,front_*}.t') {
    ok($named{$test}, "$test is named");
}
done_testing();
