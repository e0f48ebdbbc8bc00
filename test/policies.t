#!/usr/bin/perl
# The sample policies: each compiles without an error, twice to the same bytes, and what
# its head says of `authorityc explain` is so. The README's example is real output.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use Outcome;
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $make_certificates = abs_path('test/make-certificates');
my $place = out() . '/policies';

# Runs authorityc with the words; returns exit code, standard output and standard error.
sub authorityc {
    my (@words) = @_;
    return outcome('.', $program, @words);
}

sub test_compile {
    my ($name) = @_;
    for my $table ("$name.table", "$name.again") {
        my ($code, undef, $errors) = authorityc('compile', '-q', $name, '-o', $table);
        is($code, 0, "$name compiles") or diag($errors);
    }
    ok(-s "$name.table" && slurp("$name.table") eq slurp("$name.again"),
        "$name compiles to the same bytes twice");
    return;
}

# The examples of a policy's head: the arguments of explain, and the first line of the
# answer that is promised under them.
sub examples {
    my ($text) = @_;
    my ($head) = $text =~ /\A((?:#.*\n)+)/ or return;
    $head =~ s/ \\\n# +/ /g;
    my @lines = split /\n/, $head;
    my @found;
    for my $i (grep { $lines[$_] =~ /^# +authorityc explain / } 0 .. $#lines) {
        my ($arguments) = $lines[$i] =~ /explain (.*)/;
        my ($answer) = ($lines[$i + 1] // '')
            =~ /^# +(same|shared|misdirected: [a-z0-9-]+)(?:[:,;]|$)/;
        push @found, [$arguments, $answer];
    }
    return @found;
}

sub test_examples {
    my ($name) = @_;
    my @examples = examples(slurp($name));
    cmp_ok(scalar @examples, '>', 1, "$name has examples");
    for my $example (@examples) {
        my ($arguments, $promised) = @{$example};
        my ($code, $output) = authorityc('explain', split ' ', $arguments);
        my ($answer) = $output =~ /\A(.*)/;
        is($answer, $promised // 'a promise under it', "explain $arguments");
        is($code, $answer =~ /^misdirected/ ? 1 : 0, "explain $arguments: exit code");
    }
    return;
}

# What is promised of `authorityc plan`, up to a comma or the like, is in its answer.
sub test_plan {
    my ($name) = @_;
    my $text = slurp($name);
    while ($text =~ /^# +authorityc plan (.*)\n# +([^,:;\n]+)/mg) {
        my ($arguments, $promised) = ($1, $2);
        my (undef, $output) = authorityc('plan', split ' ', $arguments);
        like($output, qr/^\Q$promised\E\b/m, "plan $arguments");
    }
    return;
}

# The indented lines from `$ authorityc explain` on are the beginning of its answer.
sub test_readme {
    my ($readme) = @_;
    my ($arguments, $shown) = $readme =~ /^    \$ authorityc explain (.*)\n((?:    .*\n|\n)+)/m;
    ok($shown, 'the README has an example') or return;
    $arguments =~ s,\bpolicies/,,;
    $shown =~ s/^    //mg;
    $shown =~ s/\n+\z/\n/;
    my (undef, $output) = authorityc('explain', split ' ', $arguments);
    is(substr($output, 0, length $shown), $shown, 'the example of the README is real');
    return;
}

my $readme = slurp('README.md');
my @policies = files(qr,^policies/[^/]+\.policy$,);
cmp_ok(scalar @policies, '>=', 5, 'there are sample policies');
remove_tree($place);
make_path($place);
for my $policy (@policies) {
    copy($policy, $place) or die "$policy: $!\n";
}
chdir $place or die "$place: $!\n";
is(system($make_certificates, map { s,.*/,,r } @policies), 0, 'certificates are made');
for my $policy (@policies) {
    my ($name) = $policy =~ m,([^/]+)$,;
    test_compile($name);
    test_examples($name);
    test_plan($name);
}
test_readme($readme);
done_testing();
