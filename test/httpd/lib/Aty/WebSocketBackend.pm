package Aty::WebSocketBackend;

# A server for one websocket after another, in clear text on loopback: it accepts the
# handshake of RFC 6455, says hello, and sends back what comes, octet by octet; the frames
# are not looked into. All that it was sent it writes into a file.

use strict;
use warnings;

use Aty::Patience;
use Digest::SHA qw(sha1_base64);
use IO::Socket::INET;
use POSIX ();

use constant {
    GUID  => '258EAFA5-E914-47DA-95CA-C5AB0DC85B11',
    HELLO => "\x81\x05hello",    # a text frame
};

# Starts it in a process of its own. Options: port, record (file).
sub start {
    my ($class, %option) = @_;
    my $listener = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1',
        LocalPort => $option{port},
        Listen    => 5,
        ReuseAddr => 1,
    ) or die "listen on $option{port}: $!\n";
    my $pid = fork;
    die "fork: $!\n" if !defined $pid;
    if (!$pid) {
        alarm patience(60);
        eval { _serve($_, $option{record}) while $_ = $listener->accept };
        POSIX::_exit(0);
    }
    return bless {pid => $pid, owner => $$}, $class;
}

sub _serve {
    my ($socket, $path) = @_;
    open my $record, '>>:raw', $path or die;
    $record->autoflush;
    my $head = '';
    while ($head !~ /\r\n\r\n/) {
        sysread $socket, $head, 65536, length $head or return;
    }
    print {$record} $head;
    my ($key) = $head =~ /^Sec-WebSocket-Key:\s*(\S+)/mi;
    my $accept = sha1_base64(($key // '') . GUID) . '=';
    syswrite $socket, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        . "Connection: Upgrade\r\nSec-WebSocket-Accept: $accept\r\n\r\n" . HELLO;
    while (sysread $socket, my $bytes, 65536) {
        print {$record} $bytes;
        syswrite $socket, $bytes;
    }
}

sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner};
    local $?;
    kill TERM => $self->{pid};
    waitpid $self->{pid}, 0;
}

1;
