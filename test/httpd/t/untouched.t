# What the module leaves alone: subrequests, internal redirects, certificates that HTTP/1.1
# asks for after the handshake, vhosts that say so.

use Aty::Test;

my @protocols = var('mpm') eq 'prefork' ? ('HTTP/1.1') : ('HTTP/1.1', 'h2');

sub client {
    my ($protocol, $port, $sni, %option) = @_;
    return $protocol eq 'h2' ? h2($port, $sni, %option)
        : h1($port, $sni, alpn => ['http/1.1'], %option);
}

for my $protocol (@protocols) {
    my $mark = error_log->mark;
    my $connection = client($protocol, 'site', 'www.example.test');
    my $page = $connection->get('static.example.test', '/page.shtml');
    is($page->{status}, 200, "$protocol: a page with a subrequest");
    like($page->{body}, qr/before .*document of the vhost.* after/s,
        "$protocol: holds what the subrequest brought");
    my $missing = $connection->get('static.example.test', '/missing');
    is($missing->{status}, 404, "$protocol: an internal redirect to an ErrorDocument");
    like($missing->{body}, qr/document of the vhost/, "$protocol: brings its document");
    is(verdict($connection, 'static.example.test', path => '/missing'), 'shared',
        "$protocol: and the verdict stays that of the request as it came");
    is($connection->get('static.example.test', '/')->{status}, 200,
        "$protocol: an internal redirect to an index");
    is_deeply([grep { /ATY301/ } error_log->lines($mark)], [], "$protocol: nothing refused");
}

# HTTP/1.1 may ask for the client certificate later: post-handshake authentication under
# TLS 1.3, renegotiation under TLS 1.2.
for my $version (qw(TLSv1.3 TLSv1.2)) {
    my $connection = client('HTTP/1.1', 'site', 'location.example.test', version => $version,
        pha => 1, staff => 1);
    is(verdict($connection, 'location.example.test'), 'same', "$version: before");
    my $response = $connection->get('location.example.test', '/private/');
    is($response->{status}, 200, "$version: a <Location> gets its client certificate");
    like($response->{body}, qr/PRIVATE/, "$version: and gives its document");
    is(verdict($connection, 'location.example.test'), 'same', "$version: after");
    is(verdict($connection, 'www.example.test'), 'misdirected client-ca',
        "$version: and shares no more than before");
}

# h2 cannot; that is httpd's answer and stays it.
if ($protocols[-1] eq 'h2') {
    announce(qr/\[ssl:error\].*(?:AH\d+).*/);
    my $connection = h2('site', 'location.example.test');
    my $response = $connection->get('location.example.test', '/private/');
    is($response->{rst}, 13, 'h2: HTTP_1_1_REQUIRED for that <Location>, as ever');
    is($connection->get('location.example.test')->{status}, 200, 'the connection goes on');
}

# AuthorityEngine off: for requests its own vhost counts, and mod_ssl is still there.
for my $protocol (@protocols) {
    is(verdict(client($protocol, 'off', 'off.example.test'), 'off-zone.example.test'),
        'misdirected other-zone', "$protocol: a vhost with AuthorityEngine on is protected");
    is(client($protocol, 'off', 'off-zone.example.test')->get('off.example.test')->{status},
        200, "$protocol: one with AuthorityEngine off answers whom httpd lets through");
    announce(qr/AH02032: Hostname off-admin\.example\.test .* off\.example\.test/);
    is(client($protocol, 'off', 'off-admin.example.test', staff => 1)
            ->get('off.example.test')->{status},
        421, "$protocol: mod_ssl's own check stays in force behind it");
    is(verdict(client($protocol, 'off', 'silent.example.test'), 'off-zone.example.test'),
        'misdirected other-zone', "$protocol: AuthorityOrigin off refuses as ever");
}

# UnknownAuthority serve.
for my $protocol (@protocols) {
    is(verdict(client($protocol, 'serve', 'serve.example.test'), 'nobody.example.test'),
        'same', "$protocol: UnknownAuthority serve gives unknown names to the default vhost");
    is(verdict(client($protocol, 'serve', 'serve-too.example.test'), 'nobody.example.test'),
        'shared', "$protocol: also on a connection that it shares");
}

# A single vhost on its address answers every name httpd gives it, but for unknown ones.
for my $protocol (@protocols) {
    is(verdict(client($protocol, 'lone', 'lone.example.test'), 'lone.example.test'),
        'same', "$protocol: a vhost alone on its address");
    is(verdict(client($protocol, 'lone', 'lone.example.test'), 'www.example.test'),
        'misdirected unknown-authority', "$protocol: it is not asked for other addresses' names");
}

# Clear text.
{
    my $id = Aty::Test::id();
    my $connection = h1('clear', undef, clear => 1);
    is($connection->get('admin.example.test', '/', headers => ["X-Id: $id"])->{status}, 200,
        'a request in clear text is served');
    is(logged($id)->{verdict}, '-', 'and has no verdict');
    is(h1('site', undef, clear => 1)->get('www.example.test')->{status}, 400,
        'clear text on the TLS port: what mod_ssl says');
}

finish();
