#!/usr/bin/perl
# build/bench measures, and draws what it measured: a little of its cheap parts. That figures
# come out and can be true, not that they are good: machines are slow and busy.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Tree;

my $place = out() . '/bench-quick';
my @kinds = qw(authorityc httpd nginx haproxy caddy);

sub bench {
    my (@words) = @_;
    open my $pipe, '-|', 'sh', '-c', 'exec build/bench "$@" 2>&1', 'sh', @words
        or die "build/bench: $!\n";
    local $/;
    my $output = readline $pipe;
    close $pipe;
    return ($? >> 8, $output);
}

# Rows of a part's figures, a list of words each; labels stand in quotes.
sub figures {
    my ($part) = @_;
    my @rows = grep { !/^#/ } split /\n/, slurp("$place/$part.data");
    return map { [/"[^"]*"|\S+/g] } @rows;
}

sub all_between {
    my ($least, $most, @numbers) = @_;
    my @beyond = grep { !/\A[\d.]+\z/ || $_ < $least || $_ > $most } @numbers;
    return @numbers && !@beyond;
}

system 'rm', '-rf', $place;
my ($status, $output) = bench(qw(--quick compile validate peers plan diff plots));
is($status, 0, 'it ends well') or diag($output);

my @compiled = figures('compile');
is_deeply([map { $_->[0] } @compiled], [3, 30, 300, 3000], 'compile: names');
ok(all_between(0.0001, 60, map { $_->[2] } @compiled), 'compile: seconds of CPU time');
ok(all_between(1, 200, map { $_->[3] } @compiled), 'compile: MiB');
ok(all_between(20, 64, map { $_->[4] } @compiled[2, 3]), 'compile: bytes a name');

for my $kind (@kinds) {
    my @rows = figures("validate-$kind");
    is_deeply([map { $_->[0] } @rows], [3, 30, 300, 3000], "validate: $kind: names");
    ok(all_between(0.0001, 60, map { $_->[2] } @rows), "validate: $kind: seconds of CPU time");
    ok(all_between(1, 1000, map { $_->[3] } @rows), "validate: $kind: MiB");
}

my @checks = figures('peers');
is(scalar(@checks), 5, 'peers: the checks of five');
ok(all_between(0.01, 100, map { @$_[1 .. 6] } @checks), 'peers: ratios');
ok(!(grep { $_->[2] > $_->[1] || $_->[1] > $_->[3] } @checks), 'peers: within their intervals');
my @refusals = figures('refusals');
is(scalar(@refusals), 6, 'peers: the 421s of five, nginx\'s own beside');
ok(all_between(0.1, 1e7, map { @$_[1 .. 6] } @refusals), 'peers: rates and CPU times');

like($output, qr/^one certificate  .* [1-9]\d*$/m, 'plan: attempts are counted');
like($output, qr/^each vhost in a zone .* [1-9]\d*$/m, 'diff: pairs change');

for my $plot (qw(compile-time compile-memory table-size peers)) {
    my $svg = slurp("$place/$plot.svg");
    like($svg, qr/\A<\?xml.*<svg.*<path.*<\/svg>\s*\z/s, "plots: $plot.svg");
    unlike($svg, qr/[ \t]$/m, "plots: $plot.svg has no blanks at line ends");
}
like($output, qr/^origin-cpu\.svg: no figures yet/m, 'plots: what is not measured is not drawn');

($status, $output) = bench('nothing');
is($status, 1, 'a part that is none: exit status');
like($output, qr/no part is called 'nothing'/, 'a part that is none: what it says');
($status, $output) = bench('--help');
is($status, 0, '--help: exit status');
like($output, qr/^  compile  .*^  plots  /ms, '--help: parts');
done_testing();
