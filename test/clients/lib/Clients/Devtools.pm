package Clients::Devtools;

# The Chrome DevTools Protocol over a pair of pipes: JSON messages that end with NUL.
# https://chromedevtools.github.io/devtools-protocol

use strict;
use warnings;

use Fcntl qw(F_DUPFD);
use File::Temp ();
use IO::Select;
use JSON::PP;
use POSIX ();
use Time::HiRes qw(time);

my $SECONDS = 120;    # a browser that is silent for longer hangs

# The descriptors that --remote-debugging-pipe reads and writes.
use constant {READS => 3, WRITES => 4};

# Starts a program that speaks the protocol, in a session of its own, with its output in a
# file. Its temporary directory has a short path: Chromium puts a socket there, and the path
# of a socket has room for a hundred characters.
sub start {
    my ($class, $output, @command) = @_;
    pipe my $its_input, my $to or die "pipe: $!\n";
    pipe my $from, my $its_output or die "pipe: $!\n";
    my $temporary = File::Temp->newdir('mod_authority-XXXXXX', DIR => '/tmp');
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        $ENV{TMPDIR} = $temporary;
        eval { _exec($its_input, $its_output, $output, @command) };
        POSIX::_exit(127);
    }
    close $its_input;
    close $its_output;
    return bless {
        pid       => $pid,
        temporary => $temporary,
        to        => $to,
        from      => $from,
        rest      => '',
        events    => [],
        last      => 0,
        json      => JSON::PP->new->utf8->canonical,
    }, $class;
}

# The pipes may stand where one of them belongs, so both are moved away first.
sub _exec {
    my ($input, $output, $path, @command) = @_;
    POSIX::setsid();
    my @high = map { fcntl $_, F_DUPFD, 10 } $input, $output;
    POSIX::dup2($high[0], READS);
    POSIX::dup2($high[1], WRITES);
    POSIX::close($_) for @high;
    open STDIN, '<', '/dev/null';
    open STDOUT, '>>', $path;
    open STDERR, '>&', \*STDOUT;
    exec @command;
}

sub pid { return $_[0]{pid} }

# Calls a method, in a session where one is given; returns its result, or dies.
sub call {
    my ($self, $method, $parameters, $session) = @_;
    my $id = ++$self->{last};
    my %message = (id => $id, method => $method, params => $parameters // {},
        $session ? (sessionId => $session) : ());
    local $SIG{PIPE} = 'IGNORE';    # what it means is found when the answer is read
    syswrite $self->{to}, $self->{json}->encode(\%message) . "\0";
    my $end = time + $SECONDS;
    while (1) {
        my $answer = $self->_read($end) // die "$method: no answer\n";
        if (!defined $answer->{id}) {
            push @{$self->{events}}, $answer;
        }
        elsif ($answer->{id} == $id) {
            die "$method: $answer->{error}{message}\n" if $answer->{error};
            return $answer->{result};
        }
    }
}

# Opens an address in a session, forgets the events that came before, and waits until that page
# has loaded: the empty one that is there may still be loading, and say so meanwhile.
sub open_page {
    my ($self, $address, $session) = @_;
    $self->call('Page.enable', {}, $session);
    $self->call('Page.setLifecycleEventsEnabled', {enabled => \1}, $session);
    $self->{events} = [];
    my $opened = $self->call('Page.navigate', {url => $address}, $session);
    die "$address: $opened->{errorText}\n" if $opened->{errorText};
    $self->_wait_for_load($opened->{loaderId}, $session);
}

sub _wait_for_load {
    my ($self, $loader, $session) = @_;
    my $end = time + $SECONDS;
    while (1) {
        return if grep { $_->{loaderId} eq $loader && $_->{name} eq 'load' }
            $self->events('Page.lifecycleEvent', $session);
        push @{$self->{events}}, $self->_read($end) // die "the page does not load\n";
    }
}

# The parameters of all events of that name that were read since a page was opened.
sub events {
    my ($self, $name, $session) = @_;
    return map { $_->{params} }
        grep { $_->{method} eq $name && ($_->{sessionId} // '') eq $session } @{$self->{events}};
}

# The next message, or undef where none comes until the end of that time.
sub _read {
    my ($self, $end) = @_;
    while (1) {
        return $self->{json}->decode($1) if $self->{rest} =~ s/\A([^\0]*)\0//;
        my $left = $end - time;
        return if $left <= 0 || !IO::Select->new($self->{from})->can_read($left);
        my $read = sysread $self->{from}, $self->{rest}, 65536, length $self->{rest};
        die "the browser has gone\n" if !$read;
    }
}

1;
