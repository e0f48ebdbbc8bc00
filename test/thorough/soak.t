#!/usr/bin/perl
# test/bench/soak for some seconds instead of hours: all that it claims holds. And beside it
# once more, with faults that were planted: it finds each of them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use File::Path qw(make_path);
use Test::More;
use Tree;

my $HOURS = 0.004;

# The claims that each of the planted faults breaks, by their first words.
my %FOUND_BY = (
    observe => ['no 200 of another vhost that the policy forbids',
        'ORIGIN frames are those of the generation', 'the counters agree with the clients'],
    crash  => ['authority: no child crashed'],
    growth => ['allocated memory of the parent'],
);

sub log_of { return out() . "/log/$_[0].log" }

sub begin_soak {
    my ($name, @options) = @_;
    my $pid = fork // die "fork: $!\n";
    return $pid if $pid;
    open STDOUT, '>', log_of($name) or die log_of($name), ": $!\n";
    open STDERR, '>&', \*STDOUT;
    exec 'test/bench/soak', $HOURS, '--name', $name, @options or die "soak: $!\n";
}

sub end_soak {
    my ($pid, $name) = @_;
    waitpid $pid, 0;
    return ($?, slurp(log_of($name)));
}

make_path(out() . '/log');
my ($built, $said) = make('-j2', 'OUT=' . out(), 'all');    # once, and not by both
ok($built, 'it is built') or diag($said);
my $well = begin_soak('soak-test');
my $ill = begin_soak('soak-planted', '--plant', join ',', sort keys %FOUND_BY);

my ($status, $output) = end_soak($well, 'soak-test');
while ($output =~ /^(holds|broken): (.*)$/mg) {
    is($1, 'holds', $2);
}
is($status, 0, 'it ends well') or diag($output);
my $figures = out() . '/soak-test/figures';
cmp_ok(slurp("$figures/figures.tsv") =~ tr/\n//, '>', 4, 'there are figures');
like(slurp("$figures/soak-$_.svg"), qr/<svg.*<\/svg>/s, "$_ are plotted")
    for qw(parent children processes counters);

($status, $output) = end_soak($ill, 'soak-planted');
is($status >> 8, 1, 'with planted faults it does not') or diag($output);
for my $fault (sort keys %FOUND_BY) {
    like($output, qr/^broken: \Q$_\E/m, "$fault: $_") for @{$FOUND_BY{$fault}};
}
like($output, qr/^holds: stock: no child crashed/m, 'and stock httpd had none of them');
done_testing();
