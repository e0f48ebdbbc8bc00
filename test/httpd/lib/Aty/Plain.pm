package Aty::Plain;

# A TCP connection with the interface of Aty::TLS, for what is spoken in clear text.

use strict;
use warnings;

use Aty::TLS;
use IO::Select;
use IO::Socket::INET;

sub connect {
    my ($class, %option) = @_;
    my $socket = IO::Socket::INET->new(
        PeerAddr => '127.0.0.1',
        PeerPort => $option{port},
        Timeout  => $Aty::TLS::DEADLINE,
    ) or die "connect to port $option{port}: $@\n";
    return bless {socket => $socket}, $class;
}

# What has come; undef at the end of the stream.
sub read {
    my ($self) = @_;
    IO::Select->new($self->{socket})->can_read($Aty::TLS::DEADLINE)
        or die "no answer within $Aty::TLS::DEADLINE seconds\n";
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

sub close {
    my ($self) = @_;
    CORE::close($self->{socket});
}

1;
