#!/usr/bin/perl
# A policy that is printed compiles to the same table: for the samples, for the policies of
# the other tests, and for random ones (PRINT_SEEDS=1-500 asks more of them than the few that
# are always asked). The tables are equal but for the places of lines, and `diff` finds
# nothing; printed once more, the text is the same.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/diff";
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Outcome;
use Policies qw(pair_of policy_text certificate_lines);
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $printer = abs_path(out() . '/test/unit/test_policy_print') or die "say 'make unit'\n";
my $make_certificates = abs_path('test/make-certificates');
my $place = tempdir('print-XXXXXX', DIR => out(), CLEANUP => 1);
my ($first_seed, $last_seed) = ($ENV{PRINT_SEEDS} // '1-15') =~ /^(\d+)-(\d+)$/
    or die "PRINT_SEEDS=FIRST-LAST\n";

# A table in words, without the places that its lines came from.
sub dumped {
    my ($directory, $table) = @_;
    my ($code, $dump, $errors) = outcome($directory, $program, 'dump', $table);
    die "dump $table: $errors" if $code;
    $dump =~ s/[^\s(]+:\d+, from [^\n)]*:\d+|[^\s()]+\.(?:policy|conf|inc):\d+/PLACE/g;
    return $dump;
}

sub compiled {
    my ($directory, $name) = @_;
    my ($code, undef, $errors) =
        outcome($directory, $program, 'compile', '-Wno-error', '-Wno-error=duplicate-name',
        "$name.policy", '-o', "$name.table");
    return $code ? $errors : undef;
}

# Whether the policy was printed; then `name-printed.policy` is there.
sub printed {
    my ($directory, $name, $to) = @_;
    my ($code, $text, $errors) =
        outcome($directory, $printer, "$name.policy", abs_path($directory));
    write_file("$directory/$to.policy", $text);
    return $code ? $errors : undef;
}

# What is wrong with a printed policy, or undef.
sub problem {
    my ($directory, $name) = @_;
    my $fault = compiled($directory, $name) // printed($directory, $name, "$name-printed")
        // compiled($directory, "$name-printed")
        // printed($directory, "$name-printed", "$name-twice");
    return $fault if defined $fault;
    my ($code, $answer) =
        outcome($directory, $program, 'diff', "$name.table", "$name-printed.table");
    return "diff says:\n$answer" if $code;
    my ($old, $new) = map { dumped($directory, $_) } "$name.table", "$name-printed.table";
    write_file("$directory/$name.dump", $old);
    write_file("$directory/$name-printed.dump", $new);
    return 'the tables differ: ' . qx(diff "$directory/$name.dump" "$directory/$name-printed.dump")
        if $old ne $new;
    return slurp("$directory/$name-printed.policy") eq slurp("$directory/$name-twice.policy")
        ? undef : 'the second text is another one';
}

sub check {
    my ($directory, $name, $what) = @_;
    my $problem = problem($directory, $name);
    ok(!defined $problem, $what) or diag(substr $problem, 0, 4000);
    return;
}

# Those of golden/ that have errors are about errors.
my $printed = 0;
for my $path (files(qr{^(?:policies|test/reasons|test/golden)/[^/]+\.policy$})) {
    my $directory = "$place/" . dirname($path);
    my $name = basename($path, '.policy');
    my $include = dirname($path) . '/include';
    make_path($directory);
    system('cp', '-R', $path, (-d $include ? $include : ()), $directory) == 0 or die "cp $path\n";
    my ($code, undef, $errors) = outcome($directory, $make_certificates, "$name.policy");
    die "$path: $errors" if $code;
    next if $path =~ m{/golden/} && defined compiled($directory, $name);
    check($directory, $name, $path);
    $printed++;
}
cmp_ok($printed, '>', 50, 'policies of other tests are printed');

write_file("$place/all.policy", certificate_lines());
outcome($place, $make_certificates, 'all.policy');
for my $seed ($first_seed .. $last_seed) {
    my ($policy) = pair_of($seed);
    write_file("$place/random.policy", policy_text($policy));
    check($place, 'random', "a random policy, seed $seed");
}

done_testing;
