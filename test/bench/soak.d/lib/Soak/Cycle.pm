package Soak::Cycle;

# A part of the soak, as there are many alike: a storm of restarts under load; a calm, in which
# the same children serve all the time and what they need can be seen to grow or not; a rest,
# in which nobody is connected. Then what the clients wrote down is judged and thrown away.

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(max min);
use Restarts::Course qw(measure_sides restart restart_with start_clients stop_clients);
use Restarts::States qw(state_named);
use Soak::Volume;
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(run_cycle);

my $STORM    = 0.6;    # of a cycle
my $LONG     = 3;      # every so many cycles are all calm, if they are long enough for it
my $RESTARTS = 6;      # of a storm at least, however slow the machine is
my $CALM_MIN = 5;      # seconds

# Runs a cycle of that number. pace: a hash of seconds (of the cycle), between (two restarts),
# pause (of clients), rate (of h2load), rest (seconds). long: whether some
# cycles are all calm. Returns a hash for Soak::Tally: long, calm, rest, volume.
sub run_cycle {
    my ($run, $recorder, $cycle, $pace) = @_;
    my $begun = time;
    start_clients($run, class => 'Soak::Client', name => "records.$cycle",
        seed => $run->{option}{seed} * 1000 + $cycle, pause => $pace->{pause});
    my %came = (long => $pace->{long} && $cycle % $LONG == 0);
    $recorder->phase($cycle, 'storm');
    _storm($run, $recorder, $begun + $STORM * $pace->{seconds}, $pace->{between}) if !$came{long};
    $recorder->phase($cycle, 'calm');
    _calm($run, $recorder, $begun + $pace->{seconds} - $pace->{rest}, $pace->{rate}, \%came);
    stop_clients($run);
    $recorder->phase($cycle, 'rest');
    _rest($run, $recorder, $pace->{rest}, \%came);
    return \%came;
}

sub _storm {
    my ($run, $recorder, $until, $between) = @_;
    my $done = 0;
    while (!$run->{interrupted}) {
        my $next = time + $between * (0.5 + rand);
        last if $next > $until && $done >= $RESTARTS;
        restart($run, ++$run->{number});
        $done++;
        _kill_a_child($run) if $run->{option}{plant}{crash} && $run->{number} == 3;
        $recorder->wait_until($next);
        measure_sides($run);
    }
}

# A crash that was planted.
sub _kill_a_child {
    my ($run) = @_;
    my ($pid) = map { /\A[^Z] (\d+)/ ? $1 : () } $run->{sides}[1]->children;
    kill SEGV => $pid;
}

# One more restart; when its children are alone, they are measured to the end.
sub _calm {
    my ($run, $recorder, $until, $rate, $came) = @_;
    my %old = map { $_ => 1 } map { map { /(\d+)/ } $_->children } @{$run->{sides}};
    restart_with($run, ++$run->{number}, 'graceful', state_named('good a'));
    $_->served_by($run->{generation}) for @{$run->{sides}};
    measure_sides($run);
    my $seconds = max($until - time, $CALM_MIN);
    $until = time + $seconds;
    my $volume = Soak::Volume->begin(run => $run, seconds => 0.7 * $seconds, rate => $rate);
    # The children are warm after half of it.
    $recorder->wait_until($until - $seconds / 2);
    my $told = $run->{sides}[1]->told->{counts};
    my @samples;
    while (time < $until && !$run->{interrupted}) {
        push @samples, $recorder->sample;
        $recorder->wait_until(time + $recorder->{seconds});
    }
    push @samples, $recorder->sample;
    my $after = $run->{sides}[1]->told->{counts};
    for my $of (map { values %$_ } @samples) {
        delete @$of{keys %old};    # that still drain
    }
    $came->{calm} = {samples => \@samples, seconds => $seconds / 2,
        connections => $after->{connections} - $told->{connections}};
    $came->{volume} = $volume->end($run->{interrupted});
}

# Nobody is connected any more. Connections that were given up in the middle end at once, or
# when httpd has lingered, so the lowest figure of each child is its own.
sub _rest {
    my ($run, $recorder, $seconds, $came) = @_;
    my $end = time + $seconds;
    my %least;
    do {
        my $children = $recorder->sample;
        for my $name (keys %$children) {
            while (my ($pid, $child) = each %{$children->{$name}}) {
                $least{$name}{$pid} = min($child->{descriptors}, $least{$name}{$pid} // 1e9);
            }
        }
        sleep 0.2;
    } while (time < $end);
    # They would grow by megabytes an hour; httpd goes on where they end now.
    truncate $_->server->root . '/logs/authority_log', 0 for @{$run->{sides}};
    $came->{rest} = {
        descriptors => {map { $_ => max(0, values %{$least{$_}}) } keys %least},
        told        => $run->{sides}[1]->told->{counts},
        parents     => {map { $_->name => $_->measured } @{$run->{sides}}},
    };
}

1;
