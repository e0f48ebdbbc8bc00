# What a 421 is: a short answer that comes before anything of the misdirected vhost.

use Aty::Test;

my @protocols = var('mpm') eq 'prefork' ? ('HTTP/1.1') : ('HTTP/1.1', 'h2');

sub client {
    my ($protocol, $sni, %option) = @_;
    return $protocol eq 'h2' ? h2('site', $sni, %option) : h1('site', $sni, %option);
}

for my $protocol (@protocols) {
    my $id = Aty::Test::id();
    my $response = client($protocol, 'www.example.test')
        ->get('admin.example.test', '/', headers => fields($protocol, 'x-id' => $id));
    is($response->{status}, 421, "S1 $protocol: 421");
    like($response->{headers}{'content-type'}[0], qr{\Atext/}, "$protocol: with a text");
    cmp_ok(length $response->{body}, '<', 1000, "$protocol: a short one");
    unlike($response->{body}, qr/INSIDE|PRIVATE/,
        "$protocol: ErrorDocument 421 does not run inside the misdirected vhost");
    unlike($response->{body}, qr/while trying to use an ErrorDocument/,
        "$protocol: nor was it tried");
    unlike($response->{body}, qr/\A"/, "$protocol: the text begins without a quote");
    ok(!$response->{headers}{'alt-svc'}, "A2 $protocol: no Alt-Svc");
    ok(!$response->{headers}{$_}, "S6 $protocol: no $_") for qw(etag expires last-modified);
    is_deeply(logged($id), {status => 421, vhost => 'admin.example.test',
            verdict => 'misdirected', reason => 'client-auth', conn => 'www.example.test',
            group => logged($id)->{group}},
        "$protocol: verdict, reason and connection are in the environment");
    like(logged($id)->{group}, qr/\A\d+\z/, "$protocol: and the group");
}

# The same where the document itself would want a client certificate.
if ($protocols[-1] eq 'h2') {
    my $mark = error_log->mark;
    my $response = h2('site', 'www.example.test')->get('files.example.test', '/index.html');
    is($response->{status}, 421, 'h2: 421 for a vhost with a <Location> that h2 cannot serve');
    unlike($response->{body}, qr/PRIVATE/, 'h2: not with the document of that <Location>');
    ok(!defined $response->{rst}, 'h2: and without a reset');
    none_wrong([grep { /\[ssl:/ && Aty::Log::is_serious($_) } error_log->lines($mark)], 'h2: mod_ssl had no part in it');
}

# The line for administrators.
for my $protocol (@protocols) {
    my $mark = error_log->mark;
    client($protocol, 'www.example.test')->get('partner.example.test');
    my $line = error_log->wait_for(qr/ATY301/, $mark) // '';
    like($line, qr/\[authority:info\]/, "$protocol: ATY301 at level info");
    like($line, qr/'www\.example\.test'/, "$protocol: it names the connection");
    like($line, qr/'partner\.example\.test'/, "$protocol: and the authority");
    like($line, qr/other-zone/, "$protocol: and the reason");
    my ($place) = $line =~ /site\.policy:(\d+)\)?$/;
    my @policy = split /\n/, file(var('policy'));
    like($policy[($place || 1) - 1], qr/Zone\s+partner/,
        "$protocol: and the line of the policy that says so");
    is(scalar(grep { /ATY301/ } error_log->lines($mark)), 1, "$protocol: one line");
}

# A client that could be asked for a certificate after the handshake is not asked.
for my $protocol (@protocols) {
    for my $version (qw(TLSv1.3 TLSv1.2)) {
        my $connection = client($protocol, 'www.example.test', version => $version,
            pha => 1, staff => 1, alpn => [$protocol eq 'h2' ? 'h2' : 'http/1.1']);
        my $mark = error_log->mark;
        is($connection->get('admin.example.test', '/')->{status}, 421,
            "F8 $protocol $version: 421 before a client certificate is asked for");
        is_deeply([grep { /AH10158|AH02255|AH02261/ } error_log->lines($mark)], [],
            "F8 $protocol $version: no attempt at it");
    }
}

# Before the password, before the body.
for my $protocol (@protocols) {
    my $connection = client($protocol, 'www.example.test');
    my $response = $connection->get('locked.example.test', '/locked');
    is($response->{status}, 421, "I12 $protocol: 421, not 401");
    ok(!$response->{headers}{'www-authenticate'}, "I12 $protocol: nobody asks for a password");
}

{
    my $connection = h1('site', 'www.example.test');
    $connection->send_request(method => 'POST', host => 'admin.example.test',
        headers => ['Content-Length: 100000', 'Expect: 100-continue']);
    my $response = $connection->response;
    is($response->{status}, 421, 'I12 HTTP/1.1: 421 before the body was read');
    is_deeply($response->{interim}, [], 'I12 HTTP/1.1: no 100 Continue');
}

if ($protocols[-1] eq 'h2') {
    my $connection = h2('site', 'www.example.test');
    my $stream = $connection->request(method => 'POST', authority => 'admin.example.test',
        headers => ['content-length' => 100_000], open => 1);
    is($connection->status($stream), 421, 'I12 h2: 421 before the body was sent');
    is($connection->get('www.example.test')->{status}, 200, 'I12 h2: the connection goes on');
    $stream = $connection->request(method => 'POST', authority => 'admin.example.test',
        body => 'x' x 10_000);
    is($connection->response($stream)->{status}, 421, 'I8 h2: 421 for a POST with its body');
    is($connection->get('www.example.test')->{status}, 200, 'I8 h2: the connection goes on');
}

{
    my $connection = h1('site', 'www.example.test');
    my $response = $connection->get('admin.example.test', '/', method => 'POST',
        body => 'x' x 10_000);
    is($response->{status}, 421, 'I8 HTTP/1.1: 421 for a POST with its body');
}

# Every method, and what is not a path.
for my $method (qw(HEAD PUT DELETE OPTIONS TRACE PROPFIND)) {
    for my $protocol (@protocols) {
        my $response = client($protocol, 'www.example.test')
            ->get('admin.example.test', '/', method => $method);
        is($response->{status}, 421, "S1 $protocol: $method");
    }
}
is(h1('site', 'www.example.test')->get('admin.example.test', '*', method => 'OPTIONS')->{status},
    421, 'S1 HTTP/1.1: OPTIONS *');

# HTTP/1.1: the connection is closed, and the answer says so.
{
    my $connection = h1('site', 'www.example.test');
    for my $round (1 .. 3) {
        is($connection->get('static.example.test')->{status}, 200,
            "HTTP/1.1: request $round of a connection that is kept alive");
    }
    my $response = $connection->get('admin.example.test');
    is($response->{status}, 421, 'HTTP/1.1: each of its requests is looked at');
    is_deeply($response->{headers}{connection}, ['close'], 'HTTP/1.1: Connection: close');
    ok($connection->ended, 'HTTP/1.1: and it is closed');
}

{
    my $connection = h1('site', 'www.example.test');
    $connection->io->write(join '', map { "GET / HTTP/1.1\r\nHost: $_.example.test\r\n\r\n" }
        qw(static admin static));
    is($connection->response->{status}, 200, 'HTTP/1.1, pipelined: the first is answered');
    is($connection->response->{status}, 421, 'HTTP/1.1, pipelined: the second is refused');
    ok($connection->ended, 'HTTP/1.1, pipelined: the third is not answered');
}

finish();

sub fields {
    my ($protocol, $name, $value) = @_;
    return $protocol eq 'h2' ? [$name => $value] : ["$name: $value"];
}
