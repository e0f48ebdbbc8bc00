# Where no ORIGIN frame may be sent.

use Aty::Test;

needs_h2();

sub none {
    my ($connection, $what) = @_;
    ok($connection->barrier, "$what: the connection serves");
    is(scalar $connection->frames('ORIGIN'), 0, "$what: no ORIGIN");
}

none(h2('site', undef), 'O8: a connection without SNI');

# RFC 8336 section 2.2: never on h2c.
{
    my $io = Aty::Plain->connect(port => port('clear'));
    my $connection = Aty::H2->over($io);
    is($connection->get('www.example.test', '/', scheme => 'http')->{status}, 200,
        'O3: h2c with prior knowledge');
    none($connection, 'O3: h2c with prior knowledge');
    is($connection->get('admin.example.test', '/', scheme => 'http')->{status}, 200,
        'clear text is not looked at: no 421 either');
}

{
    my $h1 = h1('clear', undef, clear => 1);
    $h1->send_request(host => 'www.example.test', headers => ['Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']);
    is($h1->response->{status}, 101, 'O3: upgrade to h2c');
    my $connection = upgraded($h1);
    none($connection, 'O3: upgrade to h2c');
    is($connection->response(1)->{status}, 200, 'O3: upgrade to h2c: its answer');
    is(scalar $connection->frames('ORIGIN'), 0, 'O3: upgrade to h2c: still no ORIGIN');
}

# Over TLS, but not by ALPN "h2".
{
    my $h1 = h1('direct', 'direct.example.test', alpn => ['http/1.1']);
    $h1->send_request(host => 'direct.example.test',
        headers => ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2',
            'HTTP2-Settings: AAMAAABkAAQAAP__']);
    is($h1->response->{status}, 101, 'Upgrade: h2 over TLS');
    my $connection = upgraded($h1);
    my $stream = $connection->request(authority => 'direct-too.example.test');
    none($connection, 'Upgrade: h2 over TLS');
    is($connection->response(1)->{status}, 200, 'Upgrade: h2 over TLS: its answer');
    is($connection->response($stream)->{status}, 200,
        'Upgrade: h2 over TLS: what may share, shares');
    is(scalar $connection->frames('ORIGIN'), 0, 'Upgrade: h2 over TLS: still no ORIGIN');
}

{
    my $tls = tls('direct', 'direct.example.test');
    is($tls->alpn, undef, 'H2Direct over TLS without ALPN');
    my $connection = Aty::H2->over($tls);
    is($connection->get('direct-too.example.test')->{status}, 200, 'H2Direct: it serves');
    none($connection, 'H2Direct');
    my ($first) = $connection->frames;
    is($first->{type}, $Aty::H2::TYPE{SETTINGS}, 'F1 H2Direct: SETTINGS is the first frame');
}

# H2ModernTLSOnly and a TLS 1.2 suite that is not modern: GOAWAY is all that comes.
{
    my $connection = h2('modern', 'modern.example.test', version => 'TLSv1.2',
        ciphers => 'ECDHE-ECDSA-AES128-SHA');
    1 while $connection->next_frame;
    my @types = map { $_->{type} } $connection->frames;
    is_deeply(\@types, [$Aty::H2::TYPE{GOAWAY}], 'F1: GOAWAY comes first, and nothing else');
}

# HTTP/1.1: no octet that is not HTTP.
for my $alpn (['http/1.1'], undef) {
    my $h1 = h1('site', 'www.example.test', $alpn ? (alpn => $alpn) : ());
    my $what = 'O3: HTTP/1.1 ' . ($alpn ? 'by ALPN' : 'without ALPN');
    ok($h1->io->silent_for(0.1), "$what: the server waits for a request");
    my $response = $h1->get('www.example.test');
    is($response->{line}, 'HTTP/1.1 200 OK', "$what: the answer begins with its status line");
    like($response->{body}, qr/\A<!DOCTYPE/, "$what: and its body with the document");
}

{
    my $tls = tls('site', 'old.example.test', alpn => ['h2', 'http/1.1']);
    is($tls->alpn, 'http/1.1', 'a vhost without h2 in Protocols chooses http/1.1');
    is(Aty::H1->over($tls)->get('old.example.test')->{status}, 200, 'and serves it');
}

# The HTTP/2 that begins after an upgrade, on the connection of an HTTP/1.1 client. httpd
# ends it as soon as it is idle: ask all at once.
sub upgraded {
    my ($h1) = @_;
    my $connection = Aty::H2->over($h1->io, next_stream => 3);
    $connection->{buffer} = $h1->rest;
    $connection->{streams}{1} = {body => ''};
    return $connection;
}

finish();
