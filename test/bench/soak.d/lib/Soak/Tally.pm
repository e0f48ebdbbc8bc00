package Soak::Tally;

# Adds up what came of each cycle, so that hours need no more memory than minutes: faults as
# numbers with some examples, requests, connections and losses as numbers, growth as a figure
# a cycle.

use strict;
use warnings;

use List::Util qw(sum0);
use Restarts::Figures qw(robust_slope);
use Restarts::Judge qw(judge read_records);
use Restarts::Lines qw(is_crash is_unexpected said_wrong);
use Restarts::Losses qw(losses);

my $EXAMPLES = 10;
my $LATE     = 5;    # seconds after which no old child may take a new connection

# What httpd may say of these clients besides: of a certificate of an authority that is not
# the vhost's.
my @MAY = (qr/AH02039: Certificate Verification: Error \(2[01]\): unable to/);

sub new {
    my ($class, $run) = @_;
    return bless {run => $run, faults => {}, examples => {}, marks => {}, told => {}}, $class;
}

# Adds faults of a kind.
sub fault {
    my ($self, $kind, @texts) = @_;
    $self->{faults}{$kind} += @texts;
    my $examples = $self->{examples}{$kind} ||= [];
    push @$examples, splice @texts, 0, $EXAMPLES - @$examples if @$examples < $EXAMPLES;
}

# Adds what run_cycle of Soak::Cycle has returned, and the records of the clients, which are
# removed.
sub add {
    my ($self, $came) = @_;
    my $run = $self->{run};
    for my $name (qw(stock authority)) {
        my @files = @{$run->{records}{$name}};
        $run->{connections}{$name} = [read_records(@files)];
        $self->_add_notes($name, @files);
        $self->_add_losses($name, losses($run, $name));
        unlink @files;
    }
    $self->_add_answers(judge($run->{connections}{authority}, $run->{generations},
        $run->{sides}[1]->port));
    $self->fault(wrong => @{$came->{volume}{wrong}});
    $self->{volume}{$_} += $came->{volume}{done}{$_} for keys %{$came->{volume}{done}};
    $self->{load}{authority}{uncertain} += $came->{volume}{unknown};
    $self->_add_lines($_) for @{$run->{sides}};
    $self->_add_restarts;
    $self->_add_counters($came->{rest}{told});
    $self->_add_growth($came);
    $self->{cycles}++;
    delete @$run{qw(records connections)};
}

sub _add_notes {
    my ($self, $name, @files) = @_;
    for my $path (@files) {
        open my $file, '<', $path or die "$path: $!\n";
        while (my $line = <$file>) {
            chomp $line;
            my ($kind, @words) = split /\t/, $line;
            next if $kind ne 'N';
            if ($words[0] eq 'fault') {
                $self->fault(forbidden => $words[1]) if $name eq 'authority';
                next;
            }
            $self->{notes}{$name}{$words[0]}++;
        }
    }
}

sub _add_losses {
    my ($self, $name, $of) = @_;
    my $sum = $self->{load}{$name} ||= {};
    $sum->{$_} += $of->{$_} // 0 for qw(connections requests answered refused);
    $sum->{$_} += $of->{count}{$_} // 0 for qw(crossed lost hard);
    $self->{after}{$_}{$name} += $of->{after}{$_} for keys %{$of->{after} || {}};
    my $connections = $self->{run}{connections}{$name};
    $self->{protocols}{$name}{$_->{protocol}}++ for @$connections;
    for my $request (map { @{$_->{requests}} } @$connections) {
        my $outcome = $request->{outcome};
        next if $outcome eq 'answered' || $outcome =~ /\Alost (?:connect|handshake)/;
        $sum->{abandoned}++ if $outcome eq 'abandoned';
        $sum->{uncertain}++;
    }
    $sum->{'with an answer'} += grep { _is_answered($_) } @$connections;
    $sum->{staff} += grep { _is_staff($_) } @$connections;
}

sub _is_answered {
    my ($connection) = @_;
    return scalar grep { $_->{outcome} eq 'answered' } @{$connection->{requests}};
}

# A connection on which the vhost answered that wants a client certificate.
sub _is_staff {
    my ($connection) = @_;
    return scalar grep { $_->{outcome} eq 'answered' && $_->{vhost} eq 'admin' }
        @{$connection->{requests}};
}

sub _add_answers {
    my ($self, $found) = @_;
    $self->fault($_ => @{$found->{$_}}) for qw(forbidden wrong mixed origins);
    $self->fault(late => grep { $_ > $LATE } @{$found->{late}});
    my $counts = $found->{counts};
    my $frames = delete $counts->{frames} || {};
    $self->{frames}{$_} += $frames->{$_} for keys %$frames;
    for my $state (keys %$counts) {
        while (my ($kind, $count) = each %{$counts->{$state}}) {
            $self->{states}{$state}{$kind} += $count;
            $self->{answers}{$kind} += $count;
        }
    }
}

# The error log since the last time. A line that a state announces may come in its cycle.
sub _add_lines {
    my ($self, $side) = @_;
    my $name = $side->name;
    my $log = $side->log;
    my $mark = $log->mark;
    my @lines = $log->lines($self->{marks}{$name} // 0);
    my @says = $name eq 'stock' ? () : map { @{$_->{says}} } map { @{$_->{states}} }
        $self->_new_restarts;
    $self->fault("crashed $name" => (grep { is_crash($_) } @lines),
        grep { -e $_ } glob $side->server->root . '/core*');
    $self->fault("unexpected $name" => grep { !is_crash($_) && is_unexpected($_, @says, @MAY) }
        @lines);
    $self->{marks}{$name} = $mark;
}

sub _new_restarts {
    my ($self) = @_;
    return grep { !$_->{tallied} } @{$self->{run}{restarts}};
}

sub _add_restarts {
    my ($self) = @_;
    for my $restart ($self->_new_restarts) {
        $self->fault(said => said_wrong($restart));
        $self->{manners}{$restart->{manner}}++;
        $self->{restarted}{$_->{name}}++ for @{$restart->{states}};
        my ($told, $state) = ($restart->{told}, $restart->{states}[0]);
        $self->fault(usable => "restart $restart->{number} ($state->{name})")
            if $told && !$told->{usable} != !$state->{zones};
        $self->_add_counters($told->{counts}) if $told;
        delete $_->{lines} for values %{$restart->{settled}};
        delete $restart->{told};
        $restart->{tallied} = 1;
    }
}

# No counter goes back.
sub _add_counters {
    my ($self, $counts) = @_;
    $self->fault(back => map { "$_: $counts->{$_}, $self->{told}{$_} before" }
        grep { $counts->{$_} < ($self->{told}{$_} // 0) } sort keys %$counts);
    $self->{told} = $counts;
}

# How much the children grew in the second half of the calm, all together (KiB), and what they
# had open when nobody was connected.
sub _add_growth {
    my ($self, $came) = @_;
    my %calm = (connections => $came->{calm}{connections}, long => $came->{long});
    for my $name (qw(stock authority)) {
        my @samples = map { $_->{$name} } @{$came->{calm}{samples}};
        my @lasting = grep { my $pid = $_; !grep { !$_->{$pid} } @samples } keys %{$samples[0]};
        my @points = map {
            my $of = $_;
            [$of->{$lasting[0]}{time}, sum0(map { $of->{$_}{anonymous} } @lasting)];
        } @lasting ? @samples : ();
        $calm{$name} = robust_slope(@points) * $came->{calm}{seconds};
        my @gone = grep { my $pid = $_; !grep { $_ == $pid } @lasting } keys %{$samples[0]};
        $self->fault("gone $name" => map { "cycle " . (1 + ($self->{cycles} // 0)) . ": process $_" } @gone);
    }
    push @{$self->{calms}}, \%calm;
    push @{$self->{rests}}, $came->{rest};
}

1;
