#!/usr/bin/perl
# Addresses end all attempts of the sample policies: unit/test_plan_addresses.c plans them,
# with certificates as they ask for.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Basename qw(basename);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use Test::More;
use Tree;

my $program = abs_path(out() . '/test/unit/test_plan_addresses') or die "say 'make unit'\n";
my $place = tempdir('plan-addresses-XXXXXX', DIR => out(), CLEANUP => 1);
my @samples;
for my $sample (files(qr,^policies/[^/]+\.policy$,)) {
    push @samples, "$place/" . basename($sample);
    copy($sample, $samples[-1]) or die "$sample: $!\n";
}
is(system(abs_path('test/make-certificates'), @samples), 0, 'certificates are made');
my @lines = qx($program @samples);
is($?, 0, 'no attempt is left') or diag(@lines);
like("@lines", qr/^ok 1 - \d+ samples: \d+ addresses end all attempts of \d+$/m, $lines[0]);
done_testing();
