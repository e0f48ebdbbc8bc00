package Aty::Around;

# What the attempts to get at a forbidden vhost have in common: a server whose forbidden
# vhosts mark all that they serve and log it, and two ways to try something on a connection
# of another vhost. Each says in a word or two what came of it, and looks for the mark in
# every octet that the server has sent. A file begins with `around_server` and ends with
# `finish_around`.

use strict;
use warnings;

use Aty::Test;
use Exporter qw(import);

our @EXPORT = qw(around_server finish_around try_http1 try_http2 watch);

my $MARK = qr/FORBIDDEN/;

my ($server, @servers, @seen);

# Starts the server of servers/around.conf.in and shows that a forbidden vhost has its mark
# and its log where it is asked on a connection of its own.
sub around_server {
    my ($name, %variables) = @_;
    my $templates = var('top_dir');
    $server = server($name, 'authority.conf.in', tickets => 'on', %variables,
        site_text => $variables{site_text} // file("$templates/servers/around.conf.in"));
    _make_documents($server->root . '/forbidden');
    compile_for($server, $variables{policy_text} // file("$templates/policy/around.policy.in"));
    $server->start;
    push @servers, $server;
    my $own = h1($server->port('around'), 'partner.example.test')
        ->get('partner.example.test', '/', headers => ['X-Id: own']);
    like($own->{body}, $MARK, 'on its own connection the forbidden vhost is served');
    is_deeply($own->{headers}{'x-mark'}, ['FORBIDDEN'], 'with its mark');
    return $server;
}

sub _make_documents {
    my ($directory) = @_;
    mkdir $directory or die "$directory: $!\n" if !-d $directory;
    Aty::Template::store("$directory/$_", "FORBIDDEN: a document of a forbidden vhost\n")
        for qw(index.html inside.html pushed.txt main-421.html);
}

# Remembers where something that the server sent has the mark.
sub watch {
    my ($what, $bytes) = @_;
    push @seen, "$what: $&" if $bytes =~ /.{0,60}$MARK.{0,20}/;
}

# Sends octets over TLS without h2 and reads to the end of the connection. Returns what the
# responses were, in order: "200 VHOST" below 400, a bare status above. Options are those of
# Aty::TLS; port is a name of the server's ports.
sub try_http1 {
    my ($what, $sni, $bytes, %option) = @_;
    my $port = $server->port(delete $option{port} // 'around');
    my $tls = tls($port, $sni, alpn => ['http/1.1'], %option);
    $tls->write($bytes);
    $tls->finish_writing;
    my $answer = '';
    while (defined(my $more = $tls->read)) {
        $answer .= $more;
    }
    watch($what, $answer);
    return join(', ', _responses($answer)) || 'nothing';
}

sub _responses {
    my ($octets) = @_;
    my $reader = Aty::H1->over(Aty::Around::Octets->new($octets));
    my @responses;
    while (1) {
        my $response = $reader->response;
        if (!$response->{status}) {
            return (@responses, length $reader->rest ? 'no status line' : ());
        }
        push @responses, _outcome($response);
    }
}

sub _outcome {
    my ($response) = @_;
    my $status = $response->{status};
    return 'reset' if !$status && defined $response->{rst};
    return 'ended' if !$status;
    return $status if $status >= 400;
    return "$status " . ($response->{headers}{'x-vhost'}[0] // '-');
}

# Sends one HTTP/2 request, by `send` on the connection or as request() of Aty::H2 has it,
# and returns what came of it as above, or "reset" or "ended". Options: send (code: gets
# the connection, returns the stream), port, tls (options of Aty::TLS), settings.
sub try_http2 {
    my ($what, $sni, $request, %option) = @_;
    my $connection = h2($server->port($option{port} // 'around'), $sni,
        settings => $option{settings}, %{$option{tls} || {}});
    my $stream = $option{send} ? $option{send}->($connection) : $connection->request(%$request);
    my $outcome = _outcome($connection->response($stream));
    $connection->barrier if !$connection->closed;    # what was pushed has come as well
    for my $id (sort { $a <=> $b } keys %{$connection->{streams}}) {
        my $answer = $connection->{streams}{$id};
        watch($what, join "\n", $answer->{body},
            map { @$_ } values %{$answer->{headers} || {}});
    }
    return $outcome;
}

# Ends the file: no answer has had the mark, and the logs of the forbidden vhosts have
# nothing but what was asked on their own connections, with `X-Id: own`.
sub finish_around {
    none_wrong(\@seen, 'no response on a connection of another vhost has the mark');
    $_->stop for @servers;    # what they have still to log is in the logs then
    my @lines = map { split /^/, file($_->root . '/logs/reached_log') } @servers;
    cmp_ok(scalar(grep { /^own / } @lines), '>=', scalar @servers,
        'the forbidden vhosts log what they serve');
    none_wrong([grep { !/^own / } @lines], 'and have served nobody on another connection');
    finish();
}

# Octets that are all there is to read.
package Aty::Around::Octets;

sub new { return bless {octets => $_[1]}, $_[0] }

sub read {
    my ($self) = @_;
    return delete $self->{octets};
}

1;
