package Soak::Volume;

# Many requests over few connections, by h2load, while no restart is: of the connection's own
# vhost, of one that shares, of one that must not. All of a kind get the same answer.

use strict;
use warnings;

use Aty::Template;
use POSIX ();

my @KINDS = (
    {name => 'own',     authority => 'www.example.test',    status => '2xx'},
    {name => 'shared',  authority => 'static.example.test', status => '2xx'},
    {name => 'refused', authority => 'admin.example.test',  status => '4xx'},
);

my $CLIENTS = 3;
my $STREAMS = 4;    # at once, of each

# Begins the load at both servers. Options: run, seconds (for all kinds), rate (requests a
# second and server).
sub begin {
    my ($class, %option) = @_;
    my $self = bless {%option, pids => {}, outputs => []}, $class;
    $self->{count} = int($option{rate} * $option{seconds} / @KINDS / $CLIENTS) * $CLIENTS
        || $CLIENTS;
    for my $side (@{$option{run}{sides}}) {
        my $pid = fork // die "fork: $!\n";
        if (!$pid) {
            POSIX::setpgid(0, 0);    # so that h2load can be ended with it
            POSIX::_exit($self->_run_kinds($side) ? 0 : 1);
        }
        $self->{pids}{$pid} = $side->name;
    }
    return $self;
}

sub _output { return "$_[0]{run}{room}/h2load.$_[1].$_[2]" }

sub _run_kinds {
    my ($self, $side) = @_;
    for my $kind (@KINDS) {
        my $output = $self->_output($side->name, $kind->{name});
        my @command = ('h2load', '-n', $self->{count}, '-c', $CLIENTS, '-m', $STREAMS, '--rps',
            $self->{rate} / $CLIENTS, '--connect-to=127.0.0.1:' . $side->port,
            "-H:authority: $kind->{authority}", 'https://www.example.test/');
        my $pid = fork // return 0;
        if (!$pid) {
            open STDOUT, '>', $output;
            open STDERR, '>&', \*STDOUT;
            exec @command or POSIX::_exit(127);
        }
        waitpid $pid, 0;
        return 0 if $?;
    }
    return 1;
}

# Waits for its end, or ends it at once. Returns a hash: done, by kind, what the server with
# the module answered as it should; and a list of what was wrong there; where it was ended,
# unknown is how many requests it may have made.
sub end {
    my ($self, $at_once) = @_;
    my (%done, @wrong);
    for my $pid (sort keys %{$self->{pids}}) {
        kill TERM => -$pid if $at_once;
        waitpid $pid, 0;
        push @wrong, "h2load at $self->{pids}{$pid}: status $?" if $?;
    }
    for my $kind (@KINDS) {
        my $text = eval { Aty::Template::load($self->_output('authority', $kind->{name})) } // '';
        my ($got) = $text =~ /^status codes: .*?\b(\d+) \Q$kind->{status}\E/m;
        $done{$kind->{name}} = $got // 0;
        push @wrong, "h2load, $kind->{name}: of $self->{count} requests "
            . ($got // 'none') . " got $kind->{status}" if ($got // 0) != $self->{count};
    }
    return {done => \%done, wrong => \@wrong, unknown => 0} if !$at_once;
    return {done => \%done, wrong => [], unknown => $self->{count} * @KINDS};
}

1;
