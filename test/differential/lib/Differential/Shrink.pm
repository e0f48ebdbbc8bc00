package Differential::Shrink;

# Makes a failing site as small as it can be while it still fails the same way.

use strict;
use warnings;

use Differential::Compare qw(compare);
use Exporter qw(import);
use Storable qw(dclone);

our @EXPORT_OK = qw(shrink);

my $MOST_TRIES = 150;

# The smallest site found that still disagrees about the pair of the disagreement given, or
# still cannot be asked where there was a fault instead.
sub shrink {
    my ($variables, $site, $failure) = @_;
    my $tries = 0;
    my $progress = 1;
    while ($progress) {
        $progress = 0;
        for my $step (_steps($site)) {
            my $smaller = dclone($site);
            $step->($smaller) or next;
            return $site if $tries++ >= $MOST_TRIES;
            next if !_still_fails($variables, $smaller, $failure);
            $site = $smaller;
            $progress = 1;
            last;
        }
    }
    return $site;
}

sub _still_fails {
    my ($variables, $site, $failure) = @_;
    my $pair = $failure->{pair};
    return 0 if $pair && !$site->serves(@$pair{qw(host port)});
    my $column = $failure->{column} eq 'import' ? 'stock' : $failure->{column};
    my $result = compare($variables, $site, [$pair // ()], $column);
    if (!$pair) {
        return $result->{fault} && _codes($result->{fault}) eq _codes($failure->{fault});
    }
    return !$result->{fault}
        && grep { $_->{column} eq $failure->{column} } @{$result->{disagreements}};
}

# What httpd complained of: its message numbers.
sub _codes {
    my ($fault) = @_;
    return join ' ', $fault =~ /\b(AH\d{5})\b/g;
}

# Everything that can be left out, the large first. Each is a function that changes a site
# and returns false where it cannot.
sub _steps {
    my ($site) = @_;
    my $vhosts = $site->{vhosts};
    my @steps;
    push @steps, _without(sub { $_[0]{vhosts} }, $_, 1) for reverse 0 .. $#$vhosts;
    for my $i (0 .. $#$vhosts) {
        for my $list (qw(locations lines own addresses names)) {
            my $count = @{$vhosts->[$i]{$list}};
            my $least = $list =~ /addresses|names/ ? 1 : 0;
            push @steps, _without(sub { $_[0]{vhosts}[$i]{$list} }, $_, $least)
                for reverse 0 .. $count - 1;
        }
        push @steps, sub { delete $_[0]{vhosts}[$i]{bundle} };
        for my $l (0 .. $#{$vhosts->[$i]{locations}}) {
            my $lines = $vhosts->[$i]{locations}[$l]{lines};
            push @steps, _without(sub { $_[0]{vhosts}[$i]{locations}[$l]{lines} }, $_, 1)
                for reverse 0 .. $#$lines;
        }
    }
    push @steps, _without(sub { $_[0]{base} }, $_, 0) for reverse 0 .. $#{$site->{base}};
    return @steps;
}

# Leaves out one entry of a list, where as many as must be are left.
sub _without {
    my ($list_of, $index, $least) = @_;
    return sub {
        my $list = $list_of->($_[0]);
        return 0 if @$list <= $least;
        splice @$list, $index, 1;
        return 1;
    };
}

1;
