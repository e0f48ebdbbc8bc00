package Aty::Backend;

# A TLS server that speaks just enough HTTP/2 to hear what a proxy says to it: it sends
# SETTINGS and an ORIGIN frame, answers the first request with 200, and writes all it was
# sent into a file.

use strict;
use warnings;

use Aty::H2;
use Aty::Patience;
use IO::Socket::SSL;
use POSIX ();

# Starts it in a process of its own. Options: port, cert, key, record (file).
sub start {
    my ($class, %option) = @_;
    my $listener = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1',
        LocalPort => $option{port},
        Listen    => 1,
        ReuseAddr => 1,
    ) or die "listen on $option{port}: $!\n";
    my $pid = fork;
    die "fork: $!\n" if !defined $pid;
    if (!$pid) {
        alarm patience(30);
        eval { _serve($listener, %option) };
        POSIX::_exit($@ ? 1 : 0);
    }
    return bless {pid => $pid}, $class;
}

# Waits for its end; true where all went well.
sub wait {
    my ($self) = @_;
    waitpid delete $self->{pid}, 0;
    return $? == 0;
}

sub DESTROY {
    my ($self) = @_;
    return if !$self->{pid};
    local $?;
    kill TERM => $self->{pid};
    waitpid $self->{pid}, 0;
}

sub _serve {
    my ($listener, %option) = @_;
    my $socket = $listener->accept;
    IO::Socket::SSL->start_SSL(
        $socket,
        SSL_server         => 1,
        SSL_version        => 'TLSv1_3',
        SSL_verify_mode    => SSL_VERIFY_NONE,
        SSL_cert_file      => $option{cert},
        SSL_key_file       => $option{key},
        SSL_alpn_protocols => ['h2'],
    ) or die $SSL_ERROR;
    print {$socket} Aty::H2::frame_bytes($Aty::H2::TYPE{SETTINGS}, 0, 0, ''),
        Aty::H2::frame_bytes(0x0c, 0, 0, pack 'n/a*', 'https://behind.example.test');
    _record($socket, %option);
}

sub _record {
    my ($socket, %option) = @_;
    open my $file, '>:raw', $option{record} or die;
    $file->autoflush;
    my ($bytes, $answered) = ('', 0);
    while (sysread $socket, my $more, 65536) {
        print {$file} $more;
        $bytes .= $more;
        next if $answered || !_has_headers($bytes);
        print {$socket} Aty::H2::frame_bytes($Aty::H2::TYPE{SETTINGS}, Aty::H2::ACK, 0, ''),
            Aty::H2::frame_bytes($Aty::H2::TYPE{HEADERS}, 0x5, 1, "\x88");
        $answered = 1;
    }
}

sub _has_headers {
    return grep { $_ == $Aty::H2::TYPE{HEADERS} } types($_[0]);
}

# The types of the frames that a client has sent, after its preface.
sub types {
    my ($bytes) = @_;
    my @types;
    $bytes = substr $bytes, length Aty::H2::PREFACE;
    while (length $bytes >= 9) {
        my ($high, $low, $type) = unpack 'CnC', $bytes;
        push @types, $type;
        substr $bytes, 0, 9 + ($high << 16 | $low), '';
    }
    return @types;
}

1;
