# Proxies: ORIGIN frames go from hop to hop only (O5), and what a client asks a forward
# proxy for is no business of the connection to the proxy (S2).

use Aty::Backend;
use Aty::Test;

my $h2 = var('mpm') ne 'prefork';

# A reverse proxy: requests to it are like any other; its backend is looked at by itself.
{
    my $id = Aty::Test::id();
    my $response = h1('front', 'front.example.test')
        ->get('front.example.test', '/h1/index.html', headers => ["X-Id: $id"]);
    is($response->{status}, 200, 'a reverse proxy with an HTTP/1.1 backend');
    is_deeply($response->{headers}{'x-vhost'}, ['backend'], 'brings what the backend says');
    is(verdict(h1('front', 'front.example.test'), 'www.example.test'),
        'misdirected unknown-authority', 'and is asked for its own names only');
}

if ($h2) {
    my $connection = h2('front', 'front.example.test');
    my $response = $connection->get('front.example.test', '/h2/index.html');
    is($response->{status}, 200, 'O5: a backend with mod_http2 and an ORIGIN frame of its own');
    is_deeply($response->{headers}{'x-vhost'}, ['backend'], 'O5: answers through the proxy');
    $connection->barrier;
    is(scalar $connection->frames('ORIGIN'), 1, 'O5: the client gets the frame of the front');
    is_deeply([$connection->origins], [], 'O5: without the origins of the backend');

    my $direct = h2('backend', 'localhost');
    $direct->barrier;
    is_deeply([$direct->origins],
        [map { "https://$_:" . port('backend') } qw(localhost backend-too.example.test)],
        'O5: which the backend does send to its own clients');

    my $id = Aty::Test::id();
    $response = $connection->get('front.example.test', '/same-host/index.html',
        headers => ['x-id' => $id]);
    is($response->{status}, 421, 'a backend refuses a pair of SNI and Host that it does not know');
}

# What mod_proxy_http2 says to a backend, octet by octet.
if ($h2) {
    my $record = var('t_logs') . '/backend.octets';
    my $backend = Aty::Backend->start(
        port   => port('fake'),
        cert   => var('certs') . '/wild.pem',
        key    => var('certs') . '/wild.key',
        record => $record,
    );
    my $connection = h2('front', 'front.example.test');
    my $response = $connection->get('front.example.test', '/fake/');
    is($response->{status}, 200, 'O5: a backend that sends an ORIGIN frame is answered through');
    $connection->barrier;
    is_deeply([$connection->origins], [], 'O5: its frame is not forwarded');
    my $sent = file($record);
    is(index($sent, Aty::H2::PREFACE), 0, 'O5: the proxy speaks HTTP/2 to it');
    is_deeply([grep { $_ == 0x0c } Aty::Backend::types($sent)], [],
        'O5: and sends it no ORIGIN frame, nor forwards ours');
    undef $backend;
}

# A forward proxy behind TLS.
{
    my $connection = h1('forward', 'forward.example.test');
    my $main = var('port');
    for my $host ("127.0.0.1:$main", "localhost:$main") {
        my $id = Aty::Test::id();
        my $response = $connection->get($host, "http://$host/index.html",
            headers => ["X-Id: $id"]);
        is($response->{status}, 200, "S2: a forward proxy brings http://$host/");
        is(logged($id)->{verdict}, '-', 'S2: the pair is not judged');
    }
    $connection->send_request(method => 'CONNECT', target => "localhost:$main",
        host => "localhost:$main");
    is($connection->response('CONNECT')->{status}, 200, 'S2: CONNECT opens a tunnel');
    my $through = Aty::H1->over($connection->io)->get('localhost', '/index.html');
    is($through->{status}, 200, 'S2: and the tunnel serves');

    $connection = h1('forward', 'forward.example.test');
    is(verdict($connection, 'guarded.example.test'), 'misdirected client-auth',
        'S2: requests to the proxy itself are judged');
}

# A TLS connection through a tunnel is the connection of its own handshake.
{
    my $outer = h1('forward', 'forward.example.test');
    my $target = 'localhost:' . port('site');
    $outer->send_request(method => 'CONNECT', target => $target, host => $target);
    is($outer->response('CONNECT')->{status}, 200, 'CONNECT to the site itself');
}

finish();
