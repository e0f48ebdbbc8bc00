package Aty::H2;

# An HTTP/2 client that hides nothing: every frame that came is kept, unknown ones too,
# with the TLS record it came in. Written against RFC 9113; HPACK is Protocol::HTTP2's.

use strict;
use warnings;

use Aty::Plain;
use Aty::TLS;
use Protocol::HTTP2::Constants qw(:settings);
use Protocol::HTTP2::HeaderCompression qw(headers_decode headers_encode);

use constant PREFACE => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

our %TYPE = (
    DATA          => 0x0,
    HEADERS       => 0x1,
    RST_STREAM    => 0x3,
    SETTINGS      => 0x4,
    PUSH_PROMISE  => 0x5,
    PING          => 0x6,
    GOAWAY        => 0x7,
    WINDOW_UPDATE => 0x8,
    CONTINUATION  => 0x9,
    ORIGIN        => 0xc,
);

use constant {
    END_STREAM  => 0x1,
    ACK         => 0x1,
    END_HEADERS => 0x4,
    PADDED      => 0x8,
    PRIORITY    => 0x20,
};

# Connects over TLS (options of Aty::TLS; ALPN is h2 before http/1.1) and sends the
# client's preface. Dies where the server does not choose h2. Option settings: a hash of
# setting numbers; hold: let the windows run dry; mute: nothing is sent, and
# nothing is answered, until `begin`.
sub connect {
    my ($class, %option) = @_;
    $option{alpn} ||= ['h2', 'http/1.1'];
    my $tls = Aty::TLS->connect(%option);
    my $alpn = $tls->alpn // 'none';
    die "the server chose $alpn\n" if $alpn ne 'h2';
    return $class->over($tls, %option);
}

# Speaks HTTP/2 on a connection that is there.
sub over {
    my ($class, $io, %option) = @_;
    my $self = bless {
        io      => $io,
        buffer  => '',
        record  => -1,
        frames  => [],
        streams => {},
        next    => $option{next_stream} || 1,
        hold    => $option{hold},
        encode  => _hpack(),
        decode  => _hpack(),
    }, $class;
    $self->begin($option{settings}) if !$option{mute};
    return $self;
}

# Asks for an upgrade on an HTTP/1.1 connection and speaks HTTP/2 behind it at once: httpd
# ends an upgraded session as soon as it is idle. Returns the status of the answer to the
# HTTP/1.1 request, and the HTTP/2 connection: on it, that request is stream 1, those for
# the further authorities are 3 and up, and a PING "together" follows them.
sub upgrade {
    my ($class, $h1, $host, $protocol, @more) = @_;
    my $bytes = join "\r\n", 'GET / HTTP/1.1', "Host: $host",
        'Connection: Upgrade, HTTP2-Settings', "Upgrade: $protocol",
        'HTTP2-Settings: AAMAAABkAAQAAP__', '', '';
    my $collector = Aty::H2::Collector->new;
    my $self = $class->over($collector, next_stream => 3);
    $self->request(authority => $_) for @more;
    $self->send_frame($TYPE{PING}, 0, 0, 'together');
    $h1->io->write($bytes . $collector->{bytes});
    my $status = $h1->response->{status};
    $self->{io} = $h1->io;
    $self->{buffer} = $h1->rest;
    $self->{streams}{1} = {body => ''};
    return ($status, $self);
}

# Sends the client's preface and its SETTINGS.
sub begin {
    my ($self, $settings) = @_;
    $self->{begun} = 1;
    $self->send_bytes(PREFACE);
    $self->send_frame($TYPE{SETTINGS}, 0, 0,
        join '', map { pack 'nN', $_, $settings->{$_} } sort keys %{$settings || {}});
}

sub _hpack {
    return {
        header_table    => [],
        ht_size         => 0,
        max_ht_size     => 4096,
        emitted_headers => [],
        settings        => {&SETTINGS_HEADER_TABLE_SIZE => 4096},
    };
}

# What Protocol::HTTP2's decoder asks its connection for.
sub decode_context { return $_[0]{decode} }
sub error { die "HPACK error $_[1]\n" }
sub stream_error { die "HPACK error $_[2] on stream $_[1]\n" }

sub io { return $_[0]{io} }
sub send_bytes { return $_[0]{io}->write($_[1]) }

sub frame_bytes {
    my ($type, $flags, $stream, $payload) = @_;
    return pack('CnCCN', length($payload) >> 16, length($payload) & 0xffff,
        $type, $flags, $stream) . $payload;
}

sub send_frame {
    my ($self, @frame) = @_;
    return $self->send_bytes(frame_bytes(@frame));
}

# Reads the next frame, answers what must be answered, remembers it. A frame: type, flags,
# stream, payload, and first_record and last_record (counted from 0) where it is known.
# undef where the connection has ended.
sub next_frame {
    my ($self) = @_;
    $self->_fill(1) or return;
    my $first = $self->{record};
    $self->_fill(9) or return;
    my ($high, $low, $type, $flags, $stream) = unpack 'CnCCN', $self->_take(9);
    my $length = $high << 16 | $low;
    $self->_fill($length) or return;
    my $frame = {
        type         => $type,
        flags        => $flags,
        stream       => $stream & 0x7fffffff,
        payload      => $self->_take($length),
        first_record => $first,
        last_record  => $self->{record},
    };
    push @{$self->{frames}}, $frame;
    $self->_answer($frame);
    return $frame;
}

# Reads until the buffer has that many bytes; what stands in it when a frame begins came in
# the last record. False where the connection has ended.
sub _fill {
    my ($self, $length) = @_;
    while (length $self->{buffer} < $length) {
        my $bytes = $self->{io}->read;
        if (!defined $bytes) {
            $self->{closed} = 1;
            return 0;
        }
        $self->{record}++;
        $self->{buffer} .= $bytes;
    }
    return 1;
}

sub _take {
    my ($self, $length) = @_;
    return substr $self->{buffer}, 0, $length, '';
}

sub _answer {
    my ($self, $frame) = @_;
    my $type = $frame->{type};
    my $ack = !$self->{begun} || $frame->{flags} & ACK;
    $self->send_frame($TYPE{SETTINGS}, ACK, 0, '') if $type == $TYPE{SETTINGS} && !$ack;
    $self->send_frame($TYPE{PING}, ACK, 0, $frame->{payload})
        if $type == $TYPE{PING} && !$ack;
    if ($type == $TYPE{GOAWAY}) {
        my ($last, $code) = unpack 'NN', $frame->{payload};
        $self->{goaway} = {last => $last, code => $code};
    }
    $self->_answer_stream($frame) if $frame->{stream};
}

sub _answer_stream {
    my ($self, $frame) = @_;
    my $stream = $self->{streams}{$frame->{stream}} ||= {body => ''};
    my $type = $frame->{type};
    if ($type == $TYPE{HEADERS} || $type == $TYPE{CONTINUATION}) {
        $self->_headers($stream, $frame);
    }
    elsif ($type == $TYPE{PUSH_PROMISE}) {
        $self->_promise($frame);
    }
    elsif ($type == $TYPE{DATA}) {
        $stream->{body} .= _without_padding($frame);
        $self->_open_windows($frame);
    }
    elsif ($type == $TYPE{RST_STREAM}) {
        $stream->{rst} = unpack 'N', $frame->{payload};
        $stream->{done} = 1;
    }
    $stream->{done} = 1
        if $frame->{flags} & END_STREAM && ($type == $TYPE{HEADERS} || $type == $TYPE{DATA});
}

sub _without_padding {
    my ($frame) = @_;
    return $frame->{payload} if !($frame->{flags} & PADDED);
    my $padding = unpack 'C', $frame->{payload};
    return substr $frame->{payload}, 1, length($frame->{payload}) - 1 - $padding;
}

# A stream that the server has announced is remembered with the request it was announced
# for, as `promised` (name to value). One frame each, as mod_http2 sends it.
sub _promise {
    my ($self, $frame) = @_;
    my ($stream, $block) = unpack 'Na*', _without_padding($frame);
    my $fields = $self->_decode($block, $frame->{stream});
    $self->{streams}{$stream & 0x7fffffff} = {body => '', promised => {@$fields}};
}

sub _decode {
    my ($self, $block, $stream) = @_;
    $self->{decode}{emitted_headers} = [];
    headers_decode($self, \$block, 0, length $block, $stream);
    return $self->{decode}{emitted_headers};
}

sub _headers {
    my ($self, $stream, $frame) = @_;
    my $block = $frame->{type} == $TYPE{HEADERS} ? _without_padding($frame) : $frame->{payload};
    $block = substr $block, 5
        if $frame->{type} == $TYPE{HEADERS} && $frame->{flags} & PRIORITY;
    $stream->{block} .= $block;
    return if !($frame->{flags} & END_HEADERS);
    my @fields = @{$self->_decode(delete $stream->{block}, $frame->{stream})};
    my $interim = 0;
    while (my ($name, $value) = splice @fields, 0, 2) {
        $interim = 1 if $name eq ':status' && $value < 200;
        $stream->{status} = $value if $name eq ':status' && !$interim;
        push @{$stream->{interim}}, $value if $name eq ':status' && $interim;
        push @{$stream->{headers}{$name}}, $value if !$interim;
    }
}

sub _open_windows {
    my ($self, $frame) = @_;
    my $length = length $frame->{payload};
    return if $self->{hold} || !$length;
    $self->open_window($frame->{stream}, $length);
    $self->open_window(0, $length);
}

sub open_window {
    my ($self, $stream, $bytes) = @_;
    return $self->send_frame($TYPE{WINDOW_UPDATE}, 0, $stream, pack 'N', $bytes);
}

# Lets the windows run from here on.
sub release {
    my ($self, @streams) = @_;
    $self->{hold} = 0;
    $self->open_window($_, 1 << 24) for 0, @streams;
}

# Sends a request and returns its stream. Options: authority (undef: none), path, method,
# scheme, headers (list of names and values), body, open (leave the stream open). Pseudo
# headers that are given as undef are left out.
sub request {
    my ($self, %option) = @_;
    my $stream = $self->{next};
    $self->{next} += 2;
    my %pseudo = (method => 'GET', scheme => 'https', path => '/', %option);
    my @fields = map { defined $pseudo{$_} ? (":$_" => $pseudo{$_}) : () }
        qw(method scheme authority path protocol);
    push @fields, @{$option{headers} || []};
    my $more = defined $option{body} || $option{open};
    $self->{streams}{$stream} = {body => ''};
    $self->send_headers($stream, \@fields, !$more);
    $self->send_data($stream, $option{body}, !$option{open}) if defined $option{body};
    return $stream;
}

# Sends a list of names and values on a stream: as the header section of a request, or
# after its body. Options: pieces (how many frames it comes in), padding (octets), more
# (octets of HPACK that follow).
sub send_headers {
    my ($self, $stream, $fields, $end, %option) = @_;
    my $block = headers_encode($self->{encode}, $fields) . ($option{more} // '');
    my $pieces = $option{pieces} || 1;
    my @blocks = unpack '(a' . int(length($block) / $pieces + 1) . ')*', $block;
    my $flags = $end ? END_STREAM : 0;
    if ($option{padding}) {
        $flags |= PADDED;
        $blocks[0] = pack('C', $option{padding}) . $blocks[0] . "\0" x $option{padding};
    }
    for my $i (0 .. $#blocks) {
        $self->send_frame($TYPE{$i ? 'CONTINUATION' : 'HEADERS'},
            ($i ? 0 : $flags) | ($i == $#blocks ? END_HEADERS : 0), $stream, $blocks[$i]);
    }
}

sub send_data {
    my ($self, $stream, $bytes, $end) = @_;
    return $self->send_frame($TYPE{DATA}, $end ? END_STREAM : 0, $stream, $bytes);
}

# Waits for the end of a stream's response: status, headers (name to list), body, rst (the
# error code of a reset). Where the connection ends before: whatever has come, lost => 1.
sub response {
    my ($self, $stream) = @_;
    my $response = $self->{streams}{$stream};
    while (!$response->{done}) {
        if (!$self->next_frame) {
            $response->{lost} = 1;
            last;
        }
    }
    return $response;
}

# Waits for a stream's header section only.
sub status {
    my ($self, $stream) = @_;
    my $response = $self->{streams}{$stream};
    while (!defined $response->{status} && !$response->{done}) {
        $self->next_frame or last;
    }
    return $response->{status};
}

sub get {
    my ($self, $authority, $path, %option) = @_;
    my $stream = $self->request(authority => $authority, path => $path // '/', %option);
    return $self->response($stream);
}

# Sends PING and waits for its ACK: all that the server had to say before has come then.
# This is how the absence of a frame is shown. False where the connection has ended.
sub barrier {
    my ($self) = @_;
    my $token = sprintf 'aty%05d', ++$self->{pings};
    $self->send_frame($TYPE{PING}, 0, 0, $token);
    while (my $frame = $self->next_frame) {
        return 1 if $frame->{type} == $TYPE{PING} && $frame->{payload} eq $token;
    }
    return 0;
}

# The frames that came, of one type where it is named.
sub frames {
    my ($self, $type) = @_;
    return @{$self->{frames}} if !defined $type;
    return grep { $_->{type} == $TYPE{$type} } @{$self->{frames}};
}

# The entries of all ORIGIN frames that came, read as RFC 8336 section 2.1 has them. Dies
# on a malformed one.
sub origins {
    my ($self) = @_;
    my @origins;
    for my $frame ($self->frames('ORIGIN')) {
        my $payload = $frame->{payload};
        while (length $payload) {
            die "malformed ORIGIN frame\n" if length $payload < 2;
            my $length = unpack 'n', substr $payload, 0, 2, '';
            die "malformed ORIGIN frame\n" if length $payload < $length;
            push @origins, substr $payload, 0, $length, '';
        }
    }
    return @origins;
}

sub goaway { return $_[0]{goaway} }
sub closed { return $_[0]{closed} }

sub close {
    my ($self) = @_;
    $self->{io}->close;
}

# Keeps what is written.
package Aty::H2::Collector;

sub new { return bless {bytes => ''}, shift }
sub write { $_[0]{bytes} .= $_[1]; return 1 }

1;
