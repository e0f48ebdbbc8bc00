package Restarts::Losses;

# What the clients lost: requests that got no whole answer, counted by connection.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(losses);

my $AFTER = 1;    # seconds after a hard restart in which its losses are seen

# Those of the server of that name. Returns a hash: the numbers of connections, requests, and
# of those that were answered and refused; count, of connections by kind of loss; faults, the
# same as texts;
# after, of connections lost without a hard restart by the number of the restart before.
sub losses {
    my ($run, $name) = @_;
    my @windows = map { [$_->{settled}{$name}{signalled}, $_->{settled}{$name}{served} + $AFTER] }
        grep { $_->{manner} eq 'hard' } @{$run->{restarts}};
    my %of = (connections => scalar @{$run->{connections}{$name}});
    for my $connection (@{$run->{connections}{$name}}) {
        my %here;
        for my $request (@{$connection->{requests}}) {
            my $class = _class($request, \@windows);
            $of{requests}++;
            $of{$class}++ if $class =~ /\A(?:answered|refused)\z/;
            next if $class !~ /\A(?:lost|hard|crossed)\z/;
            for my $kind ($class, "$class, $connection->{protocol} $request->{outcome}") {
                push @{$of{faults}{$kind}}, _fault($run, $name, $connection, $request);
                $of{count}{$kind}++ if !$here{$kind}++;
            }
            $of{after}{_restart_before($run, $name, $request)->{number}}++
                if $class eq 'lost' && !$here{counted}++;
        }
    }
    return \%of;
}

sub _class {
    my ($request, $windows) = @_;
    my $outcome = $request->{outcome} =~ s/ .*//r;
    return $outcome if $outcome !~ /\A(?:lost|crossed)\z/;
    return 'hard' if grep { $request->{sent} <= $_->[1] && $request->{ended} >= $_->[0] } @$windows;
    return $outcome;
}

# The last restart that was signalled before a request ended; the start has number 0.
sub _restart_before {
    my ($run, $name, $request) = @_;
    for my $restart (reverse @{$run->{restarts}}) {
        return $restart if $restart->{settled}{$name}{signalled} <= $request->{ended};
    }
    return {number => 0, manner => 'start'};
}

# A lost request, with the restart before it.
sub _fault {
    my ($run, $name, $connection, $request) = @_;
    my $before = _restart_before($run, $name, $request);
    my $since = $before->{number} ? $before->{settled}{$name}{signalled} : $run->{begun};
    return sprintf '%s: %s, connection %s (%s), request %s%s, sent %.3f s, ended %.3f s after'
        . ' restart %d (%s) was signalled',
        $request->{outcome}, @$connection{qw(protocol sni id)}, @$request{qw(authority path)},
        (map { $request->{$_} - $since } qw(sent ended)),
        @$before{qw(number manner)};
}

1;
