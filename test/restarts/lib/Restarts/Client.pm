package Restarts::Client;

# One process of the load: short connections, long ones, slow streams, over HTTP/2 and
# HTTP/1.1, to every kind of authority. It writes down what became of each request and judges
# nothing. Two clients with the same seed plan the same, so that both servers get one load.

use strict;
use warnings;

use Aty::H1;
use Aty::H2;
use Restarts::Site qw(authorities connections);
use Time::HiRes qw(sleep time);

our $BIG    = 400_000;    # bytes of /big.txt
our $MEDIUM = 50_000;     # of /medium.txt

# What a step may be, with its weight, by protocol.
my %STEPS = (
    h2 => [[50, \&_short], [25, \&_long], [12, \&_slow_download], [13, \&_slow_upload]],
    h1 => [[50, \&_short], [25, \&_long], [12, \&_slow_download], [13, \&_slow_request]],
);

my @PATHS = (('/') x 7, ('/medium.txt') x 2, '/big.txt');

my $HELD_MAX = 1;        # slow streams at a time, on a connection of its own
my $LONG_MAX = 2;        # long connections at a time
my $PAUSE    = 0.025;    # seconds between two steps, at most

my $REFUSED_STREAM = 7;
my $ALL_STREAMS    = 0x7fffffff;    # in the GOAWAY that announces another

# Runs until the file `stop` is there, or the process that started it is gone. Options: port,
# certs, seed, record (file), stop, http1_only, pause (seconds between two steps, at most).
# A class that goes on from this one may have other steps and other names.
sub run {
    my ($class, %option) = @_;
    $SIG{PIPE} = 'IGNORE';
    open my $record, '>', $option{record} or die "$option{record}: $!\n";
    my $self = bless {%option, record => $record, long => [], held => []}, $class;
    my $parent = getppid;
    for (my $step = 0; !-e $option{stop} && getppid == $parent; $step++) {
        srand $option{seed} * 1_000_003 + $step;
        my $protocol = $option{http1_only} || rand() < 0.2 ? 'h1' : 'h2';
        _chosen($self->steps($protocol))->($self, $protocol);
        $self->_finish_held(time);
        sleep rand($self->{pause} // $PAUSE);
    }
    $self->_finish_held(time + 1000);
    $self->_close($_) for @{$self->{long}};
    close $record or die "$option{record}: $!\n";
}

# What a step of the protocol may be: [weight, method] each, a hundred in all.
sub steps { return $STEPS{$_[1]} }

# The names that connections are opened with, and those that are asked for.
sub sni_names { return connections() }
sub asked_names { return authorities() }

sub _chosen {
    my ($steps) = @_;
    my $roll = rand 100;
    for my $step (@$steps) {
        return $step->[1] if ($roll -= $step->[0]) < 0;
    }
    return $steps->[0][1];
}

sub _one_of { return $_[rand @_] }

# A connection: a hash with id, began, protocol, sni, io (Aty::H2 or Aty::H1), asked. undef
# where it cannot be made; that is a request lost. Options: name (for the SNI), and those of
# Aty::TLS and Aty::H2.
sub _connect {
    my ($self, $protocol, %option) = @_;
    my @names = grep { $protocol eq 'h1' || !/\Aold\./ } $self->sni_names;
    my %connection = (
        id       => "$self->{seed}." . ++$self->{connections},
        began    => time,
        protocol => $protocol,
        sni      => $option{name} // _one_of(@names),
        asked    => 0,
    );
    my $class = $protocol eq 'h2' ? 'Aty::H2' : 'Aty::H1';
    $connection{io} = eval {
        $class->connect(
            port => $self->{port},
            sni  => $connection{sni} eq '-' ? undef : $connection{sni},
            alpn => [$protocol eq 'h2' ? 'h2' : 'http/1.1'],
            ca   => "$self->{certs}/ca.pem",
            cert => "$self->{certs}/staff.pem",
            key  => "$self->{certs}/staff.key",
            %option,
        );
    };
    return \%connection if $connection{io};
    my $how = $@ =~ /\Aconnect / ? 'connect' : $@ =~ /no answer/ ? 'timeout' : 'handshake';
    $self->_write(\%connection, {authority => '-', path => '-', sent => $connection{began}},
        "lost $how");
    return;
}

# A request that is to be made on a connection, not yet made.
sub _plan {
    my ($self, $connection) = @_;
    my $own = $connection->{sni} ne '-' && rand() < 0.3;
    my %request = (
        authority => $own ? $connection->{sni} : _one_of($self->asked_names),
        path      => _one_of(@PATHS),
    );
    @request{qw(path method body)} = ('/', 'POST', 'x' x rand 8000) if rand() < 0.1;
    return \%request;
}

sub _send {
    my ($connection, $request) = @_;
    my %option = map { defined $request->{$_} ? ($_ => $request->{$_}) : () } qw(method body);
    $request->{sent} = time;
    $request->{first} = !$connection->{asked}++;
    if ($connection->{protocol} eq 'h2') {
        $request->{stream} = $connection->{io}->request(%option,
            map { $_ => $request->{$_} } qw(authority path open));
    }
    else {
        $connection->{io}->send_request(%option, host => $request->{authority},
            target => $request->{path});
    }
}

# Waits for what becomes of a request, and writes it down.
sub _receive {
    my ($self, $connection, $request) = @_;
    my $io = $connection->{io};
    my $response = eval {
        defined $request->{stream} ? $io->response($request->{stream}) : $io->response;
    };
    my $died = $response ? '' : $@;
    my $outcome = $connection->{protocol} eq 'h2'
        ? _h2_outcome($io, $request, $response, $died)
        : _h1_outcome($request, $response, $died);
    $connection->{over} = 1 if $outcome ne 'answered' || _ends($connection, $response);
    $self->_write($connection, $request, $outcome, $response);
}

# HTTP/1.1 closes after a 421, also where it does not say so.
sub _ends {
    my ($connection, $response) = @_;
    return $connection->{protocol} eq 'h1'
        && ($response->{status} != 200 || ($response->{headers}{connection}[0] // '') =~ /close/i);
}

# What a client may try again on another connection is no loss: streams above the last one
# of GOAWAY, and those that were refused.
sub _h2_outcome {
    my ($h2, $request, $response, $died) = @_;
    return $died =~ /no answer/ ? 'lost timeout' : "lost broken $died" =~ s/\s+/ /gr if $died;
    my $reset = $response->{rst};
    return 'refused' if defined $reset && $reset == $REFUSED_STREAM;
    return "lost reset $reset" if $reset || (defined $reset && !$response->{status});
    return _whole($request, $response) ? 'answered' : 'lost cut' if !$response->{lost};
    my $goaway = $h2->goaway;
    return 'refused' if $goaway && $request->{stream} > $goaway->{last};
    my $how = ($h2->io->ended // '') eq 'closed' ? 'closed' : 'error';
    $how = $goaway->{last} == $ALL_STREAMS ? 'announced' : "goaway $goaway->{code}" if $goaway;
    return "lost $how" . (defined $response->{status} ? ' cut' : '');
}

# A server may close a connection that waits for a further request at any time; what crosses
# that is told apart, as 'crossed'.
sub _h1_outcome {
    my ($request, $response, $died) = @_;
    return 'lost cut' if $died =~ /inside a body/;
    return $died =~ /no answer/ ? 'lost timeout' : "lost broken $died" =~ s/\s+/ /gr if $died;
    if (!$response->{status}) {
        return $request->{first} || $request->{begun} ? 'lost closed' : 'crossed';
    }
    return _whole($request, $response) ? 'answered' : 'lost cut';
}

sub _whole {
    my ($request, $response) = @_;
    return 1 if $response->{status} != 200;
    my $length = length $response->{body};
    return $length == $BIG if $request->{path} eq '/big.txt';
    return $length == $MEDIUM if $request->{path} eq '/medium.txt';
    return $length > 0;
}

# A line for each request: what was asked of which connection and when, what became of it,
# and who answered.
sub _write {
    my ($self, $connection, $request, $outcome, $response) = @_;
    my $headers = $response->{headers} || {};
    print {$self->{record}} join("\t", 'R', @$connection{qw(id began protocol sni)},
        @$request{qw(authority path sent)}, time, $outcome, $response->{status} // '-',
        map { $headers->{$_} ? $headers->{$_}[0] : '-' } qw(x-vhost x-generation)), "\n";
}

# A line for each connection over HTTP/2: the ORIGIN frames that it got, as "none", or the
# entries in brackets, those of a frame joined by commas.
sub _close {
    my ($self, $connection) = @_;
    if ($connection->{protocol} eq 'h2') {
        my @frames = $connection->{io}->frames('ORIGIN');
        my @origins = eval { $connection->{io}->origins };
        my $text = $@ ? 'malformed' : @frames ? scalar(@frames) . ' ' . join ',', @origins : 'none';
        print {$self->{record}} join("\t", 'C', $connection->{id}, $text), "\n";
    }
    eval { $connection->{io}->close };
}

# Whether the connection can still be used: what has come is read, so that a GOAWAY or an
# end is seen as a real client sees it.
sub _usable {
    my ($connection) = @_;
    return 0 if $connection->{over};
    my $io = $connection->{io};
    return $io->io->silent_for(0) if $connection->{protocol} eq 'h1';
    eval {
        while (length $io->{buffer} || !$io->io->silent_for(0)) {
            $io->next_frame or last;
        }
        1;
    } or return 0;
    return !$io->closed && !$io->goaway;
}

# A connection for one to six requests, over HTTP/2 all at once.
sub _short {
    my ($self, $protocol) = @_;
    my $connection = $self->_connect($protocol) or return;
    my @requests = map { $self->_plan($connection) } 0 .. rand 6;
    if ($protocol eq 'h2') {
        _send($connection, $_) for @requests;
        $self->_receive($connection, $_) for @requests;
    }
    else {
        for my $request (@requests) {
            last if !_usable($connection);
            _send($connection, $request);
            $self->_receive($connection, $request);
        }
    }
    $self->_close($connection);
}

# A request on a connection that is kept until the server ends it.
sub _long {
    my ($self, $protocol) = @_;
    my $long = $self->{long};
    my $is_full = @$long >= $LONG_MAX;
    my $connection = $is_full ? splice @$long, rand @$long, 1 : $self->_connect($protocol);
    return if !$connection;
    if (!_usable($connection)) {
        $self->_close($connection);
        return;
    }
    my $request = $self->_plan($connection);
    _send($connection, $request);
    $self->_receive($connection, $request);
    push @$long, $connection;
}

# Slow streams stay open for one to six seconds, over several restarts.
sub _hold {
    my ($self, $connection, $request, $finish) = @_;
    push @{$self->{held}}, {
        connection => $connection,
        request    => $request,
        finish     => $finish,
        due        => time + 1 + rand 5,
    };
}

sub _finish_held {
    my ($self, $until) = @_;
    my @due = grep { $_->{due} <= $until } @{$self->{held}};
    $self->{held} = [grep { $_->{due} > $until } @{$self->{held}}];
    for my $held (@due) {
        my ($connection, $request) = @$held{qw(connection request)};
        $held->{finish}->($connection, $request);
        $self->_receive($connection, $request);
        $self->_close($connection);
    }
}

# A large response that is not read: over HTTP/2 the window stays shut.
sub _slow_download {
    my ($self, $protocol) = @_;
    return if @{$self->{held}} >= $HELD_MAX;
    my $connection = $self->_connect($protocol, hold => 1) or return;
    my $request = {%{$self->_plan($connection)}, path => '/big.txt', method => undef, body => undef};
    _send($connection, $request);
    $self->_hold($connection, $request,
        $protocol eq 'h2' ? sub { $_[0]{io}->release($_[1]{stream}) } : sub { });
}

# A body that comes in two parts.
sub _slow_upload {
    my ($self, $protocol) = @_;
    return if @{$self->{held}} >= $HELD_MAX;
    my $connection = $self->_connect($protocol) or return;
    my $request = {%{$self->_plan($connection)}, path => '/', method => 'POST', body => 'x' x 2000,
        open => 1};
    _send($connection, $request);
    $self->_hold($connection, $request,
        sub { $_[0]{io}->send_data($_[1]{stream}, 'x' x 2000, 1) });
}

# HTTP/1.1: a request that comes in two parts.
sub _slow_request {
    my ($self, $protocol) = @_;
    return if @{$self->{held}} >= $HELD_MAX;
    my $connection = $self->_connect($protocol) or return;
    my $request = {%{$self->_plan($connection)}, path => '/', method => undef, body => undef,
        begun => 1, sent => time};
    $connection->{io}->io->write("GET / HTTP/1.1\r\nHost: $request->{authority}\r\n");
    $self->_hold($connection, $request, sub { $_[0]{io}->io->write("\r\n") });
}

1;
