package Restarts::Figures;

# The few figures that the restarts need: a slope, a median, the chance of a difference.

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(sum0);

our @EXPORT_OK = qw(chance_of_so_many median rate_text robust_slope slope table_text);

my $POINTS_MAX = 400;

# Of a straight line through points [x, y], by least squares.
sub slope {
    my (@points) = @_;
    return 0 if @points < 2;
    my ($x, $y) = map { my $i = $_; sum0(map { $_->[$i] } @points) / @points } 0, 1;
    my $square = sum0(map { ($_->[0] - $x)**2 } @points);
    return $square ? sum0(map { ($_->[0] - $x) * ($_->[1] - $y) } @points) / $square : 0;
}

# The median of the slopes between all pairs of points (Theil and Sen): a few points that are
# far off do not move it. Of many points every so many is taken.
sub robust_slope {
    my (@points) = @_;
    my $step = int(@points / $POINTS_MAX) + 1;
    @points = @points[grep { $_ % $step == 0 } 0 .. $#points];
    my @slopes;
    for my $i (0 .. $#points) {
        for my $j (0 .. $i - 1) {
            my $run = $points[$i][0] - $points[$j][0] or next;
            push @slopes, ($points[$i][1] - $points[$j][1]) / $run;
        }
    }
    return median(@slopes);
}

sub median {
    my @sorted = sort { $a <=> $b } @_ or return 0;
    return ($sorted[$#sorted / 2] + $sorted[@sorted / 2]) / 2;
}

# The chance that ours have so many of all losses, or more, if each loss could as well have
# met the other server: a binomial tail, given how many chances each had.
sub chance_of_so_many {
    my ($ours, $theirs, $our_chances, $their_chances) = @_;
    my $all = $ours + $theirs;
    return 1 if !$ours;
    my $share = $our_chances / ($our_chances + $their_chances);
    return sum0(map { exp _log_binomial($all, $_, $share) } $ours .. $all);
}

sub _log_binomial {
    my ($all, $some, $share) = @_;
    return _log_factorial($all) - _log_factorial($some) - _log_factorial($all - $some)
        + $some * log($share) + ($all - $some) * log(1 - $share);
}

sub _log_factorial { return sum0(map { log } 2 .. $_[0]) }

# How many times their rate ours is, and between which figures that is 95 of 100 times.
sub rate_text {
    my ($ours, $theirs, $our_chances, $their_chances) = @_;
    return 'no figure' if !$ours || !$theirs;
    my $ratio = $ours / $our_chances / ($theirs / $their_chances);
    my $factor = exp 1.96 * sqrt(1 / $ours + 1 / $theirs);
    return sprintf '%.2f times stock\'s (%.2f to %.2f)', $ratio, $ratio / $factor, $ratio * $factor;
}

# Rows of words in columns: the first to the left, the others to the right.
sub table_text {
    my (@rows) = @_;
    my @widths;
    for my $row (@rows) {
        for my $i (0 .. $#$row) {
            $widths[$i] = length $row->[$i] if length $row->[$i] > ($widths[$i] // 0);
        }
    }
    return join '', map { _row($_, @widths) } @rows;
}

sub _row {
    my ($row, $first, @widths) = @_;
    my ($head, @cells) = @$row;
    return join('  ', sprintf('%-*s', $first, $head),
        map { sprintf '%*s', $widths[$_], $cells[$_] } 0 .. $#cells) . "\n";
}

1;
