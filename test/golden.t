#!/usr/bin/perl
# What authorityc says about a policy, beside the policy:
#
#   golden/NAME.policy  golden/NAME.err    `authorityc check NAME.policy` says this on the
#                                          standard error; exit 1 if there is an error in it
#   golden/NAME.policy  golden/NAME.dump   `authorityc compile`, then `dump` prints this
#   golden/NAME.policy  golden/NAME.pairs  `authorityc explain --pairs` answers its first two
#                                          columns like this, from the policy and from the
#                                          table; NAME.http1-pairs: with --http1
#   golden/NAME.policy  golden/NAME.groups `authorityc explain --groups` prints this
#   golden/NAME.policy  golden/NAME.all    `authorityc explain --all` prints this about the
#                                          name in its first line
#   golden/NAME.policy  golden/NAME.upgrade `authorityc check --upgrade` prints this
#
# Files that policies include are in folders. Certificates are made where a policy asks for
# them (make-certificates); their digests are shown as sha256:1, sha256:2 in order.
#
# A new test is two new files. `ACCEPT=NAME test/golden.t` writes what it gets to the
# expected files of NAME: look at the difference before you commit it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Outcome;
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $make_certificates = abs_path('test/make-certificates');
my $place = tempdir('golden-XXXXXX', DIR => out(), CLEANUP => 1);

# Runs a command in the place; returns exit code, standard output and standard error.
sub run {
    my (@words) = @_;
    return outcome($place, @words);
}

sub with_numbered_digests {
    my ($text) = @_;
    my %number;
    $text =~ s/(?<=sha256:)([0-9a-f]{12})[0-9a-f]{0,52}\b/$number{$1} \/\/= 1 + keys %number/ge;
    return $text;
}

sub compare {
    my ($got, $path) = @_;
    $got = with_numbered_digests($got);
    if (defined $ENV{ACCEPT} && $path =~ m,/\Q$ENV{ACCEPT}\E\.[\w-]+$,) {
        open my $file, '>', $path or die "$path: $!\n";
        print {$file} $got;
        close $file or die "$path: $!\n";
    }
    is($got, slurp($path), $path);
    return;
}

sub test_check {
    my ($name, $path) = @_;
    my ($code, undef, $errors) = run($program, 'check', "$name.policy");
    compare($errors, $path);
    is($code, $errors =~ /^\S+: error: /m ? 1 : 0, "$path: exit code");
    return;
}

sub compile {
    my ($name) = @_;
    my ($code, undef, $errors) = run($program, 'compile', '-q', "$name.policy", '-o', "$name.table");
    is($code, 0, "$name.policy compiles") or diag($errors);
    return;
}

sub test_dump {
    my ($name, $path) = @_;
    compile($name);
    my ($code, $dump, $errors) = run($program, 'dump', "$name.table");
    is($code, 0, "$name.table is shown") or diag($errors);
    compare($dump, $path);
    return;
}

sub test_pairs {
    my ($name, $path, @options) = @_;
    my $questions = slurp($path) =~ s/^(\S+ \S+).*/$1/gmr;
    open my $file, '>', "$place/questions" or die "questions: $!\n";
    print {$file} $questions;
    close $file or die "questions: $!\n";
    compile($name);
    for my $from ("$name.policy", "$name.table") {
        my ($code, $answers, $errors) = run($program, 'explain', @options, '--pairs', 'questions', $from);
        is($code, 0, "$from answers") or diag($errors);
        compare($answers, $path);
    }
    return;
}

sub test_explain {
    my ($name, $path, @options) = @_;
    my ($code, $answer, $errors) = run($program, 'explain', @options, "$name.policy");
    is($code, 0, "$name.policy answers") or diag($errors);
    compare($answer, $path);
    return;
}

sub test_all {
    my ($name, $path) = @_;
    my ($subject) = slurp($path) =~ /^requests on connections of ([^,]+),/;
    test_explain($name, $path, '--all', $subject // 'the name that the first line lacks');
    return;
}

sub test_upgrade {
    my ($name, $path) = @_;
    my ($code, $answer) = run($program, 'check', '--upgrade', "$name.policy");
    compare($answer, $path);
    is($code, $answer =~ /that break: 0;/ ? 0 : 1, "$path: exit code");
    return;
}

for my $path (files(qr,^test/golden/,)) {
    my $copy = $path =~ s,^test/golden,$place,r;
    make_path(dirname($copy));
    copy($path, $copy) or die "$copy: $!\n";
}

my %tests = (
    err           => \&test_check,
    dump          => \&test_dump,
    pairs         => \&test_pairs,
    'http1-pairs' => sub { test_pairs(@_, '--http1') },
    groups        => sub { test_explain(@_, '--groups') },
    all           => \&test_all,
    upgrade       => \&test_upgrade,
);
for my $policy (files(qr,^test/golden/[^/]+\.policy$,)) {
    my ($name) = $policy =~ m,([^/]+)\.policy$,;
    is(system($make_certificates, "$place/$name.policy"), 0, "certificates for $policy");
    my $expected = 0;
    for my $mode (sort keys %tests) {
        my $path = "test/golden/$name.$mode";
        next if !-f $path;
        $tests{$mode}->($name, $path);
        $expected++;
    }
    ok($expected, "something is expected of $policy");
}
done_testing();
