#!/usr/bin/perl
# What fuzzers gathered and found, given to each target once more: nothing crashes, and what
# a target requires of every input holds. `build/fuzz` looks for more.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use Test::More;
use Tree;

my @targets = map { m,fuzz_(\w+)\.c$, } files(qr,^test/fuzz/fuzz_\w+\.c$,);
cmp_ok(scalar @targets, '>=', 10, 'there are targets');

my ($readme) = split /^## Measured$/m, slurp('test/fuzz/README.md');
my @told = $readme =~ /^\| `(\w+)` \|/mg;
is_deeply([sort @told], [sort @targets], 'the README has a row for each');

# The certificates that policies name lie beside them.
my $files = tempdir(CLEANUP => 1);
my @policies = files(qr,^(?:policies|test/golden)/[^/]+\.policy$,);
copy($_, $files) or die "$_: $!\n" for @policies;
is(system('test/make-certificates', map { m,([^/]+)$,; "$files/$1" } @policies), 0,
    'there are certificates');
unlink glob "$files/*.policy";
$ENV{FUZZ_FILES} = $files;

for my $target (@targets) {
    my @inputs = grep { -d } map { "test/fuzz/$_/$target" } qw(corpus found);
    push @inputs, @policies if $target eq 'policy';
    cmp_ok(scalar @inputs, '>', 0, "$target has inputs");
    my $replay = abs_path(out() . "/test/fuzz/replay_$target") or die "build replays first\n";
    my $output = qx('$replay' @inputs 2>&1);
    is($?, 0, "$target: all inputs hold") or diag($output);
    my @replayed = $output =~ /^ok \d+ - .*: ([1-9]\d*) inputs?$/mg;
    is(scalar @replayed, scalar @inputs, '... and all were there');
}
done_testing();
