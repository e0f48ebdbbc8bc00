package Probe::BigOrigin;

# A server by hand that sends what httpd cannot: ORIGIN frames of any size (RFC 8336). It
# speaks just enough HTTP/2 to answer 200 to everything, one connection after the other.

use strict;
use warnings;

use Aty::H2;
use IO::Socket::SSL;
use POSIX ();

use constant SECONDS => 60;    # it is not needed for longer

# Starts it in a process of its own. Options: port, certificate (path without .pem and
# .key), frames (list of lists of origins, a frame each).
sub start {
    my ($class, %option) = @_;
    my $listener = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1',
        LocalPort => $option{port},
        Listen    => 8,
        ReuseAddr => 1,
    ) or die "listen on $option{port}: $!\n";
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        $SIG{PIPE} = 'IGNORE';
        alarm SECONDS;
        while (my $socket = $listener->accept) {
            eval { _serve($socket, %option) };
            close $socket;
        }
        POSIX::_exit(0);
    }
    return bless {pid => $pid, owner => $$}, $class;
}

sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner};
    local $?;
    kill TERM => $self->{pid};
    waitpid $self->{pid}, 0;
}

sub _serve {
    my ($socket, %option) = @_;
    IO::Socket::SSL->start_SSL(
        $socket,
        SSL_server         => 1,
        SSL_verify_mode    => SSL_VERIFY_NONE,
        SSL_cert_file      => "$option{certificate}.pem",
        SSL_key_file       => "$option{certificate}.key",
        SSL_alpn_protocols => ['h2'],
    ) or return;
    my @payloads = map { join '', map { pack 'n/a*', $_ } @$_ } @{$option{frames}};
    print {$socket} Aty::H2::frame_bytes($Aty::H2::TYPE{SETTINGS}, 0, 0, ''),
        map { Aty::H2::frame_bytes($Aty::H2::TYPE{ORIGIN}, 0, 0, $_) } @payloads;
    _read($socket, length Aty::H2::PREFACE);
    while (1) {
        my ($high, $low, $type, $flags, $stream) = unpack 'CnCCN', _read($socket, 9);
        my $payload = _read($socket, $high << 16 | $low);
        print {$socket} _answer($type, $flags, $stream, $payload);
    }
}

# What a frame of the client is answered with, if anything.
sub _answer {
    my ($type, $flags, $stream, $payload) = @_;
    if ($type == $Aty::H2::TYPE{HEADERS}) {
        return Aty::H2::frame_bytes($type, 0x5, $stream, "\x88");    # :status 200
    }
    my $asks = $type == $Aty::H2::TYPE{SETTINGS} || $type == $Aty::H2::TYPE{PING};
    return '' if !$asks || $flags & Aty::H2::ACK;
    $payload = '' if $type == $Aty::H2::TYPE{SETTINGS};
    return Aty::H2::frame_bytes($type, Aty::H2::ACK, 0, $payload);
}

sub _read {
    my ($socket, $length) = @_;
    my $bytes = '';
    while (length $bytes < $length) {
        sysread $socket, $bytes, $length - length $bytes, length $bytes or die "gone\n";
    }
    return $bytes;
}

1;
