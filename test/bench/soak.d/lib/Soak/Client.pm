package Soak::Client;

# One process of the load of the soak: what the clients of the restarts do, with names that
# nobody has, and besides what clients should not do and networks do to them: streams and
# connections that are reset, handshakes that are not ended, certificates that are wrong or
# missing, frames that are out of place.
#
# A request that was given up in this way is written down as `abandoned`: it is no loss. Other
# answers are judged as ever. Notes (lines that begin with N) say what was done, and `fault`
# what must not have come of it.

use strict;
use warnings;

use parent 'Restarts::Client';

use Aty::H1;
use Aty::H2;
use Aty::Plain;
use Aty::TLS;
use Time::HiRes qw(time);

# What the clients of the restarts do is half of it.
my $USUAL = 0.5;

my @ODD = (
    [12, \&_reset_connection], [12, \&_aborted_handshake], [12, \&_wrong_certificate],
);
my %STEPS = (
    h2 => [@ODD, [5, \&_reset_streams], [5, \&_reset_midway], [4, \&_odd_frames]],
    h1 => [@ODD, [14, \&Restarts::Client::_short]],
);

my $CANCEL = 8;

# Names that nobody has: another label, one below it, another domain, a very long one. As
# many as a counter of pairs must make room for.
my @SHAPES = ('x%03d.example.test', 'a.b.x%03d.example.test', 'x%03d.elsewhere.test',
    'x' x 59 . '%03d.example.test');
my $INVENTED = 400;    # of each shape

sub steps {
    my ($self, $protocol) = @_;
    return [(map { [$USUAL * $_->[0], $_->[1]] } @{$self->SUPER::steps($protocol)}),
        @{$STEPS{$protocol}}];
}

sub sni_names { return ($_[0]->SUPER::sni_names, _invented(), _invented()) }
sub asked_names { return ($_[0]->SUPER::asked_names, _invented(), _invented(), _invented()) }

sub _invented { return sprintf $SHAPES[rand @SHAPES], rand $INVENTED }

sub _note {
    my ($self, @words) = @_;
    print {$self->{record}} join("\t", 'N', @words), "\n";
}

sub _write {
    my ($self, $connection, $request, $outcome, $response) = @_;
    $outcome = 'abandoned' if $connection->{odd} && $outcome ne 'answered';
    return $self->SUPER::_write($connection, $request, $outcome, $response);
}

sub _abandon {
    my ($self, $connection, $request) = @_;
    $self->_write($connection, {sent => time, path => '/', authority => '-', %$request},
        'abandoned');
}

# A connection to which something odd is done.
sub _odd_connection {
    my ($self, $protocol, $what, %option) = @_;
    my $connection = $self->_connect($protocol, %option) or return;
    $connection->{odd} = 1;
    $self->_note($what);
    return $connection;
}

# Waits until all has come that was under way, so that a missing ORIGIN frame is known to be
# missing; where the server has ended the connection, that is not known.
sub _close_odd {
    my ($self, $connection) = @_;
    if (eval { $connection->{io}->barrier }) {
        $self->_close($connection);
    }
    else {
        eval { $connection->{io}->close };
    }
}

sub _reset_stream {
    my ($self, $connection, $request) = @_;
    $connection->{io}->send_frame($Aty::H2::TYPE{RST_STREAM}, 0, $request->{stream},
        pack 'N', $CANCEL);
    $self->_abandon($connection, $request);
}

# Of several requests at once some are cancelled at once; the others must be answered.
sub _reset_streams {
    my ($self) = @_;
    my $connection = $self->_odd_connection('h2', 'streams reset at once') or return;
    my @requests = map { $self->_plan($connection) } 0 .. 1 + rand 6;
    Restarts::Client::_send($connection, $_) for @requests;
    my @kept;
    for my $request (@requests) {
        if (rand() < 0.5) {
            $self->_reset_stream($connection, $request);
        }
        else {
            push @kept, $request;
        }
    }
    $self->_receive($connection, $_) for @kept;
    $self->_close_odd($connection);
}

# A response is cancelled when a part of it has come; then another is asked for.
sub _reset_midway {
    my ($self) = @_;
    my $connection = $self->_odd_connection('h2', 'streams reset midway', hold => 1) or return;
    my $request = {authority => $connection->{sni} =~ s/\A-\z/www.example.test/r,
        path => '/big.txt'};
    Restarts::Client::_send($connection, $request);
    eval { $connection->{io}->status($request->{stream}) };
    $self->_reset_stream($connection, $request);
    $connection->{io}->release;
    my $next = $self->_plan($connection);
    Restarts::Client::_send($connection, $next);
    $self->_receive($connection, $next);
    $self->_close_odd($connection);
}

# The connection is reset with requests on it, sometimes while an answer is read.
sub _reset_connection {
    my ($self, $protocol) = @_;
    my $connection = $self->_odd_connection($protocol, "connections reset, $protocol",
        hold => 1) or return;
    my @requests = map { $self->_plan($connection) } 0 .. ($protocol eq 'h2' ? rand 4 : 0);
    Restarts::Client::_send($connection, $_) for @requests;
    my $some = rand() < 0.5;
    eval { $connection->{io}->io->silent_for(0.2) } if $some;
    $connection->{io}->io->reset;
    $self->_abandon($connection, $_) for @requests;
}

# What is sent instead of a handshake, given that which a client says first.
my %INSTEAD = (
    'nothing'        => sub { '' },
    'half a hello'   => sub { substr $_[0], 0, rand length $_[0] },
    'a hello'        => sub { $_[0] },
    'broken hello'   => sub { _flipped($_[0]) },
    'other bytes'    => sub { pack 'C*', map { rand 256 } 1 .. 300 },
    'HTTP/1.1'       => sub { "GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n" },
    'HTTP/2, clear'  => sub { Aty::H2::PREFACE . "\0\0\0\4\0\0\0\0\0" },
);

sub _flipped {
    my ($bytes) = @_;
    substr($bytes, 5 + rand(length($bytes) - 5), 1) ^= "\x55";
    return $bytes;
}

sub _aborted_handshake {
    my ($self) = @_;
    my $kind = (sort keys %INSTEAD)[rand keys %INSTEAD];
    my @names = $self->sni_names;
    my $name = $names[rand @names];
    my $hello = Aty::TLS::client_hello(alpn => ['h2', 'http/1.1'],
        sni => $name eq '-' ? undef : $name);
    my $plain = eval { Aty::Plain->connect(port => $self->{port}) } or return;
    $self->_note("handshakes aborted, $kind");
    $plain->write($INSTEAD{$kind}->($hello));
    $plain->silent_for(0.1) if rand() < 0.7;
    rand() < 0.5 ? $plain->reset : $plain->close;
}

# The vhost that wants a client certificate is asked without one, with a stranger's, or with
# the TLS session of another vhost: nobody gets an answer of its.
sub _wrong_certificate {
    my ($self, $protocol) = @_;
    my $kind = qw(none stranger resumed)[rand 3];
    my %option = (
        port => $self->{port}, sni => 'admin.example.test', alpn => [$protocol eq 'h2' ? 'h2'
            : 'http/1.1'], version => rand() < 0.5 ? 'TLSv1.2' : 'TLSv1.3');
    $option{session} = $self->_session_of_another(%option) if $kind eq 'resumed';
    @option{qw(cert key)} = map { "$self->{certs}/stranger.$_" } qw(pem key)
        if $kind eq 'stranger';
    $self->_note("handshakes with a wrong client certificate, $kind");
    my $io = eval { ($protocol eq 'h2' ? 'Aty::H2' : 'Aty::H1')->connect(%option) } or return;
    my %connection = (id => "$self->{seed}.wrong", began => time, protocol => $protocol,
        sni => 'admin.example.test');
    my $answer = eval { $io->get('admin.example.test', '/') } || {};
    $self->_abandon(\%connection, {authority => 'admin.example.test'});
    $self->_note('fault', "$option{version}, $protocol, certificate $kind: admin answered 200")
        if ($answer->{status} // 0) == 200;
    eval { $io->close };
}

# A session that the default vhost has given.
sub _session_of_another {
    my ($self, %option) = @_;
    my $h1 = eval {
        Aty::H1->connect(%option, alpn => ['http/1.1'], sni => 'www.example.test');
    } or return;
    my %connection = (id => "$self->{seed}.session", began => time, protocol => 'h1',
        sni => 'www.example.test');
    eval { $h1->get('www.example.test', '/') };
    $self->_abandon(\%connection, {authority => 'www.example.test'});
    return $h1->io->session;
}

# Frames out of place: name, whether the connection must live on, what is sent.
my @FRAMES = (
    ['of an unknown type', 1, [0xbe, 0, 0, 'x' x 30]],
    ['PING', 1, map { [$Aty::H2::TYPE{PING}, 0, 0, "soak000$_"] } 1 .. 5],
    ['SETTINGS', 1, [$Aty::H2::TYPE{SETTINGS}, 0, 0, pack 'nN', 4, 2000]],
    ['WINDOW_UPDATE of 0', 0, [$Aty::H2::TYPE{WINDOW_UPDATE}, 0, 0, pack 'N', 0]],
    ['DATA on stream 0', 0, [$Aty::H2::TYPE{DATA}, 0, 0, 'x']],
    ['RST_STREAM on an idle stream', 0, [$Aty::H2::TYPE{RST_STREAM}, 0, 99, pack 'N', 8]],
    ['HEADERS on an even stream', 0, [$Aty::H2::TYPE{HEADERS}, 5, 2, "\x82\x84\x87"]],
    ['HEADERS that are no HPACK', 0, [$Aty::H2::TYPE{HEADERS}, 5, 1, "\xff\xff\xff\xff\xff\xff"]],
    ['ORIGIN', 1, [$Aty::H2::TYPE{ORIGIN}, 0, 0, "\0\x05x.org"]],
    ['too long', 0, [$Aty::H2::TYPE{DATA}, 0, 1, 'x' x 20_000]],
);

sub _odd_frames {
    my ($self) = @_;
    my $connection = $self->_odd_connection('h2', 'odd frames') or return;
    my ($name, $lives, @frames) = @{$FRAMES[rand @FRAMES]};
    my $before = $self->_plan($connection);
    Restarts::Client::_send($connection, $before) if $name !~ /HPACK/;
    $connection->{io}->send_frame(@$_) for @frames;
    $self->_receive($connection, $before) if $name !~ /HPACK/;
    if ($lives && !$connection->{over}) {
        my $next = $self->_plan($connection);
        Restarts::Client::_send($connection, $next);
        $self->_receive($connection, $next);
    }
    $self->_close_odd($connection);
}

1;
