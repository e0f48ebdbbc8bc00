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
    my ($status, $connection) = Aty::H2->upgrade(h1('clear', undef, clear => 1), 'www.example.test',
        'h2c', 'admin.example.test');
    is($status, 101, 'O3: upgrade to h2c');
    all_answered($connection, 'O3: upgrade to h2c', 1, 3);
}

# Over TLS, but not by ALPN "h2".
{
    my ($status, $connection) = Aty::H2->upgrade(
        h1('direct', 'direct.example.test', alpn => ['http/1.1']), 'direct.example.test',
        'h2', 'direct-too.example.test');
    is($status, 101, 'Upgrade: h2 over TLS');
    all_answered($connection, 'Upgrade: h2 over TLS', 1, 3);
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

# The answers to all of that have come.
sub all_answered {
    my ($connection, $what, @streams) = @_;
    is($connection->response($_)->{status}, 200, "$what: stream $_ is answered") for @streams;
    1 while !grep({ $_->{payload} eq 'together' } $connection->frames('PING'))
        && $connection->next_frame;
    is(scalar $connection->frames('PING'), 1, "$what: and so is PING");
    is(scalar $connection->frames('ORIGIN'), 0, "$what: no ORIGIN");
}

finish();
