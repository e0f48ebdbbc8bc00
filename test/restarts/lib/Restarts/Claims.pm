package Restarts::Claims;

# Claims, each of which holds or is broken by the faults that it is given; and words for counts.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(broken claim counts_text);

my $EXAMPLES = 10;

my $broken = 0;

# Prints a claim, and some of the faults where there are any.
sub claim {
    my ($claim, @faults) = @_;
    my $count = @faults;
    print $count ? "broken: $claim: $count\n" : "holds: $claim\n";
    print map { "    $_\n" } splice @faults, 0, $EXAMPLES;
    $broken++ if $count;
}

# How many claims were broken so far.
sub broken { return $broken }

sub counts_text {
    my ($counts) = @_;
    return join ', ', map { "$counts->{$_} $_" } grep { $counts->{$_} } sort keys %$counts;
}

1;
