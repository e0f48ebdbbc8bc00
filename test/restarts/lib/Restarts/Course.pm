package Restarts::Course;

# How a run goes: the two servers are made and started, clients begin and end, and each
# restart is done to both servers at the same moment.
#
# A run is a hash: option (clients, mpm, seed), room (a directory), begun. What is added here:
# sides, tables; generation (the last number) and generations (by number: states, those that
# its table may have had, and served, when it did); restarts (in order); records (files by
# server) and died (clients that ended by themselves).

use strict;
use warnings;

use Aty::Certificates;
use Aty::Template;
use Exporter qw(import);
use POSIX ();
use Restarts::Client;
use Restarts::Side;
use Restarts::States qw(make_tables state_at table_states);
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(manner_of measure_sides prepare restart restart_with start start_clients
    stop_clients);

my %SIGNAL = (hard => 'HUP', twice => 'USR1', graceful => 'USR1');

my $QUIET        = 0.3;     # seconds after which a second restart would have begun
my $TWICE_WITHIN = 0.06;    # seconds between two signals
my $IMPATIENT    = 4;       # every so many restarts the next does not wait for new children

# The manner of a restart, by its number: every 8th is signalled twice within moments, every
# 20th is a hard one.
sub manner_of {
    my ($number) = @_;
    return $number % 20 == 0 ? 'hard' : $number % 8 == 0 ? 'twice' : 'graceful';
}

# Certificates, documents, tables, and the two servers.
sub prepare {
    my ($run, $variables) = @_;
    my $modules = Aty::Template::load($variables->{modules});
    Aty::Template::store($variables->{modules}, $modules =~ s/mpm_event/mpm_$run->{option}{mpm}/gr);
    Aty::Certificates::make($variables->{certs});
    Aty::Template::store("$variables->{documents}/$_->[0]", 'x' x $_->[1])
        for ['index.html', 500], ['medium.txt', $Restarts::Client::MEDIUM],
        ['big.txt', $Restarts::Client::BIG];
    $run->{sides} = [map { Restarts::Side->new($_, $variables) } qw(stock authority)];
    $run->{tables} = make_tables($run->{room}, $run->{sides}[1]->server->variables);
}

sub start {
    my ($run) = @_;
    my $state = state_at(0);
    $_->start($state, $run->{tables}) for @{$run->{sides}};
    $run->{generations}{0} = {states => [$state], served => time};
    $run->{generation} = 0;
}

# Starts clients at both servers. Twins: the same seed for both. Options: class (of the
# client), name (of the records), seed, and what the client takes besides.
sub start_clients {
    my ($run, %option) = @_;
    my $name = delete $option{name} // 'records';
    $option{seed} //= $run->{option}{seed};
    unlink "$run->{room}/stop";
    for my $side (@{$run->{sides}}) {
        for my $number (1 .. $run->{option}{clients}) {
            my $record = "$run->{room}/$name." . $side->name . ".$number";
            my $pid = fork // die "fork: $!\n";
            if (!$pid) {
                POSIX::_exit(_run_client($run, $side, %option, record => $record,
                    seed => $option{seed} * 100 + $number));
            }
            $run->{clients}{$pid} = $side->name . " client $number";
            push @{$run->{records}{$side->name}}, $record;
        }
    }
}

sub _run_client {
    my ($run, $side, %option) = @_;
    my $class = delete $option{class} // 'Restarts::Client';
    my $well = eval {
        $class->run(
            port       => $side->port,
            certs      => $side->server->variables->{certs},
            stop       => "$run->{room}/stop",
            http1_only => $run->{option}{mpm} eq 'prefork',
            %option,
        );
        1;
    };
    print STDERR "client: $@" if !$well;
    return $well ? 0 : 1;
}

sub stop_clients {
    my ($run) = @_;
    Aty::Template::store("$run->{room}/stop", '');
    for my $pid (sort { $a <=> $b } keys %{$run->{clients}}) {
        waitpid $pid, 0;
        push @{$run->{died}}, "$run->{clients}{$pid}: status $?" if $?;
        delete $run->{clients}{$pid};
    }
}

# One restart of both servers, in turns this one first and that one.
sub restart {
    my ($run, $number) = @_;
    my $manner = manner_of($number);
    restart_with($run, $number, $manner, $manner eq 'twice' ? two_states($number) : state_at($number));
}

# A restart in a manner, to a state, or for 'twice' to two of them.
sub restart_with {
    my ($run, $number, $manner, @states) = @_;
    my @sides = $number % 2 ? @{$run->{sides}} : reverse @{$run->{sides}};
    for my $state (@states) {
        my $generation = ++$run->{generation};
        $run->{generations}{$generation} = {states => \@states};
        for my $side (@sides) {
            $side->swap($state, $run->{tables}, $generation);
            $side->signal($SIGNAL{$manner});
        }
        sleep rand $TWICE_WITHIN if $manner eq 'twice';
    }
    my %settled = map { $_->name => $_->settle($manner eq 'twice' ? $QUIET : 0) } @sides;
    $run->{generations}{$run->{generation}}{served} = $settled{authority}{served};
    push @{$run->{restarts}}, {number => $number, manner => $manner, states => \@states,
        generation => $run->{generation}, settled => \%settled};
    if ($number % $IMPATIENT) {
        my %gap = map { $_->name => $_->served_by($run->{generation}) } @sides;
        @{$run->{restarts}[-1]}{qw(gap told)} = (\%gap, $run->{sides}[1]->told);
    }
}

# Notes the memory of both servers with the last restart.
sub measure_sides {
    my ($run) = @_;
    $run->{restarts}[-1]{measured} = {map { $_->name => $_->measured } @{$run->{sides}}};
}

# Two states that may be mixed: httpd's configuration is the same but for its number.
sub two_states {
    my ($number) = @_;
    my @states = table_states();
    my $at = $number / 8 % @states;
    return @states[$at, ($at + 1 + $number / 8 / @states % (@states - 1)) % @states];
}

1;
