package Aty::Plain;

# A TCP connection with the interface of Aty::TLS, for what is spoken in clear text.

use strict;
use warnings;

use Aty::Patience;
use IO::Select;
use IO::Socket::IP;
use Socket qw(IPPROTO_TCP SO_LINGER SOL_SOCKET TCP_NODELAY);

our $DEADLINE = patience(10);    # seconds that any one answer may take

sub connect {
    my ($class, %option) = @_;
    return bless {socket => socket_to(@option{qw(port address)})}, $class;
}

# A socket to a port on loopback (127.0.0.1, or another address of it, as ::1), without
# Nagle's delays; dies where nobody listens.
sub socket_to {
    my ($port, $address) = @_;
    my $socket = IO::Socket::IP->new(
        PeerHost => $address // '127.0.0.1',
        PeerPort => $port,
        Timeout  => $DEADLINE,
    ) or die "connect to port $port: $@\n";
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    return $socket;
}

# What has come; undef at the end of the stream.
sub read {
    my ($self) = @_;
    IO::Select->new($self->{socket})->can_read($DEADLINE)
        or die "no answer within $DEADLINE seconds\n";
    my $got = sysread $self->{socket}, my $bytes, 65536;
    return if !$got;
    return $bytes;
}

sub write {
    my ($self, $bytes) = @_;
    while (length $bytes) {
        my $written = syswrite $self->{socket}, $bytes;
        return if !defined $written;
        substr $bytes, 0, $written, '';
    }
    return 1;
}

sub silent_for {
    my ($self, $seconds) = @_;
    return !IO::Select->new($self->{socket})->can_read($seconds);
}

# Closes a socket by a reset instead of an end.
sub reset_socket {
    my ($socket) = @_;
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
    CORE::close($socket);
}

sub reset { return reset_socket($_[0]{socket}) }

sub close {
    my ($self) = @_;
    CORE::close($self->{socket});
}

1;
