package Clients::Marionette;

# The protocol by which Firefox is remote-controlled: JSON messages over TCP, each after its
# length in bytes and a colon.
# https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Time::HiRes qw(time);

my $SECONDS = 120;    # a browser that is silent for longer hangs

# Connects to a port on loopback and opens a session. Dies where nobody speaks the protocol.
sub connect {
    my ($class, $port) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port)
        // die "port $port: $!\n";
    my $self = bless {
        socket => $socket,
        rest   => '',
        last   => 0,
        json   => JSON::PP->new->utf8->canonical,
    }, $class;
    my $hello = $self->_read(time + $SECONDS);
    die "port $port: another protocol\n" if ($hello->{marionetteProtocol} // '') ne '3';
    $self->{session} = $self->call('WebDriver:NewSession');
    $self->call('WebDriver:SetTimeouts', {map { $_ => 1000 * $SECONDS } qw(script pageLoad)});
    return $self;
}

# What the browser said of itself when the session began.
sub capabilities { return $_[0]{session}{capabilities} }

# Calls a command; returns its result, or dies.
sub call {
    my ($self, $command, $parameters) = @_;
    my $message = $self->{json}->encode([0, ++$self->{last}, $command, $parameters // {}]);
    local $SIG{PIPE} = 'IGNORE';    # what it means is found when the answer is read
    syswrite $self->{socket}, length($message) . ":$message";
    my $answer = $self->_read(time + $SECONDS + 10);
    die "$command: an answer out of turn\n"
        if ref $answer ne 'ARRAY' || $answer->[1] != $self->{last};
    my ($error, $result) = @$answer[2, 3];
    die "$command: $error->{error}: $error->{message}\n" if $error;
    return $result;
}

# Runs the body of an asynchronous function with arguments, which it has as `words`; returns
# what it returns. With the context 'chrome' it has the rights of the browser itself, with
# 'content' those of the page.
sub run {
    my ($self, $context, $body, @words) = @_;
    my $script = "const words = Array.from(arguments); return (async () => {$body})();";
    $self->call('Marionette:SetContext', {value => $context});
    return $self->call('WebDriver:ExecuteScript', {script => $script, args => \@words})->{value};
}

# The next message; dies where none has come by the end.
sub _read {
    my ($self, $end) = @_;
    while (1) {
        my $message = $self->_whole_message;
        return $self->{json}->decode($message) if defined $message;
        my $left = $end - time;
        die "the browser does not answer\n"
            if $left <= 0 || !IO::Select->new($self->{socket})->can_read($left);
        my $read = sysread $self->{socket}, $self->{rest}, 65536, length $self->{rest};
        die "the browser has gone\n" if !$read;
    }
}

# Takes a message off what was read, where it is there to its last byte.
sub _whole_message {
    my ($self) = @_;
    my ($length) = $self->{rest} =~ /\A(\d+):/ or return;
    my $start = 1 + length $length;
    return if length $self->{rest} < $start + $length;
    return substr substr($self->{rest}, 0, $start + $length, ''), $start;
}

1;
