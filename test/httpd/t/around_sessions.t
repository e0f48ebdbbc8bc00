# I9: TLS sessions of one vhost, offered at another: as tickets, and by the session cache
# where there are none. With and without a client certificate.

use Aty::Around;
use Aty::Test;

my $h2 = var('mpm') ne 'prefork';
my $server;

$SIG{PIPE} = 'IGNORE';    # a server that wants a certificate may be gone by our first write

# Shakes hands for one name and asks for another. Returns what came of it, whether the
# session was resumed, and the session to offer next.
sub visit {
    my ($sni, $host, %option) = @_;
    my $http2 = delete $option{h2};
    my $own  = ($sni // '') eq $host;
    my $what = ($sni // 'no SNI') . " asked for $host";
    my $connection = eval {
        $http2 ? h2($server->port('around'), $sni, %option)
            : h1($server->port('around'), $sni, alpn => ['http/1.1'], %option);
    } or return ('no handshake', 0);
    my $response = eval {
        $connection->get($host, '/',
            headers => $own ? own($http2) : []);
    } || {status => 0};
    watch($what, join "\n", $response->{body} // '',
        map { @{$_ || []} } values %{$response->{headers} || {}}) if !$own;
    my @result = ($response->{status} || 'no answer', $connection->io->resumed,
        $connection->io->session);
    $connection->close;
    return @result;
}

sub own { return $_[0] ? ['x-id' => 'own'] : ['X-Id: own'] }

for my $tickets (qw(on off)) {
    $server = around_server("around-tickets-$tickets", tickets => $tickets);
    $server->log->may(qr/AH02008: SSL library error|AH02261: |AH10158: /);
    for my $version (qw(TLSv1.2 TLSv1.3)) {
        for my $http2 (0, $h2 ? 1 : ()) {
            attempts("I9 tickets $tickets, $version, " . ($http2 ? 'h2' : 'HTTP/1.1'),
                version => $version, h2 => $http2);
        }
    }
}

finish_around();

sub attempts {
    my ($what, @how) = @_;
    my ($www, $partner, $admin, $users) = map { "$_.example.test" }
        qw(www partner admin one.users);

    my ($status, $resumed, $session) = visit($partner, $partner, @how);
    is($status, 200, "$what: a session of a forbidden vhost");
    ($status, $resumed) = visit($partner, $partner, @how, session => $session);
    is("$status $resumed", '200 1', "$what: which is resumed there");
    ($status, $resumed) = visit($www, $partner, @how, session => $session);
    is("$status $resumed", '421 0', "$what: not for www, whose connection is what it was");

    (undef, undef, $session) = visit($www, $www, @how);
    ($status, $resumed) = visit($www, $partner, @how, session => $session);
    is("$status $resumed", '421 1', "$what: a session of www resumes for www");
    ($status, $resumed) = visit($partner, $www, @how, session => $session);
    is("$status $resumed", '421 0', "$what: but not for the forbidden vhost");
    ($status, $resumed) = visit($users, $partner, @how, session => $session);
    is("$status $resumed", '421 0', "$what: nor for one that it shares with");
    ($status, $resumed) = visit('nobody.example.test', $partner, @how, session => $session);
    is("$status $resumed", '421 1', "$what: a name of nobody is www");

    ($status, $resumed) = visit(undef, $partner, @how, session => $session);
    is("$status $resumed", '421 1', "$what: and so is no name");
    ($status, $resumed) = visit(undef, $admin, @how, session => $session);
    is("$status $resumed", '421 1', "$what: which opens no other vhost either");

    (undef, undef, my $unnamed) = visit(undef, $www, @how);
    ($status, $resumed) = visit($partner, $www, @how, session => $unnamed);
    is("$status $resumed", '421 0', "$what: nor does a session of no name");

    ($status) = visit($admin, $admin, @how, session => $session);
    isnt($status, 200, "$what: no session of www stands for a client certificate");

    ($status, $resumed, $session) = visit($admin, $admin, @how, staff => 1);
    is($status, 200, "$what: a session with a client certificate");
    ($status, $resumed) = visit($www, $admin, @how, session => $session);
    is("$status $resumed", '421 0', "$what: opens nothing on a connection of www");
    ($status, $resumed) = visit($partner, $admin, @how, session => $session);
    is("$status $resumed", '421 0', "$what: nor on one of another vhost");
    ($status, $resumed) = visit($admin, $partner, @how, session => $session);
    is("$status $resumed", '421 1', "$what: and where it is resumed, nothing else");

    # The same name at another address, where it wants a client certificate.
    my @there = (address => '127.0.0.2');
    (undef, undef, $session) = visit($www, $www, @how);
    ($status) = visit($www, $www, @how, @there, session => $session);
    isnt($status, 200, "$what: nor at another address, under the same name");
    ($status) = visit('first.example.test', $www, @how, @there, session => $session);
    is($status, 421, "$what: nor beside it");
}
