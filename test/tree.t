#!/usr/bin/perl
# How the files look: layout, length, and nothing in them of the machine they came from.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Tree;

# The output of a command that is silent where all is well.
sub remarks {
    my (@words) = @_;
    open my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @words or die "$words[0]: $!\n";
    local $/;
    my $output = readline $pipe;
    my $good = close $pipe;
    return $good ? '' : ($output || "$words[0] failed");
}

my @c = files(qr/\.[ch]$/);
my @written = grep { !m,^(?:LICENSE|test/golden/|test/fuzz/(?:corpus|found)/), } files(qr/./);
my @shell = grep { /\.(?:ba)?sh$/ || slurp($_) =~ m,\A#!/\S*/(?:env )?(?:ba)?sh\b, } @written;
my @source = grep { /(?:\.[ch]|\.t|\.pm|\.sh|\.mjs|^Makefile|^build\/[^\/]+)$/ } @written;

is(remarks('clang-format', '--dry-run', '-Werror', @c), '', 'clang-format agrees');
cmp_ok(scalar @shell, '>', 20, 'there are scripts');
is(remarks('shellcheck', '-x', @shell), '', 'shellcheck agrees');
is_deeply([grep { slurp($_) =~ tr/\n// >= 500 } @source], [], 'no source has 500 lines');
is_deeply([grep { slurp($_) =~ /[ \t]+$/m } @written], [], 'no blanks at a line\'s end');
is_deeply([grep { slurp($_) =~ /\t/ } grep { $_ ne 'Makefile' } @source],
    [], 'no tabs in sources');

# Whole paths of somebody's machine, and hosts that packages come from.
my $machine = qr,(?<![\w.\$}~-])/(?:work|home|root|farm|Users)/\w,;
my $registry = qr,\b(?:deb\.debian|archive\.ubuntu|registry\.npmjs|proxy\.golang|pypi|cpan)
    \.(?:org|com),x;
my @found = map { my $path = $_; map {"$path: $_"} slurp($path) =~ /($machine|$registry)/g }
    @written;
is_deeply(\@found, [], 'no file speaks of a machine or of a host of packages');
done_testing();
