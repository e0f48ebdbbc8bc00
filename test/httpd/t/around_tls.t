# Attempts that begin with the handshake: names that lead to no vhost, no name at all, and a
# forbidden vhost that is the default vhost of its address.

use Aty::Around;
use Aty::Test;

my $server = around_server('around-tls');

my $h2 = var('mpm') ne 'prefork';

# Each leads to www, or to static, which shares with it: those two are served, and no other.
my @names = (
    'www.example.test',
    'WWW.EXAMPLE.TEST',
    'web.example.test',
    'one.users.example.test',
    'one.two.users.example.test',
    'ONE.USERS.EXAMPLE.TEST',
    '*.users.example.test',
    '.users.example.test',
    # These lead to no vhost: the handshake is the default vhost's.
    'users.example.test',
    'nobody.example.test',
    'partner.example.test.',
    'admin.example.test.',
    'partner.example.test:443',
    ' partner.example.test',
    "partner.example.test\x01",
    'https://partner.example.test',
    'user@partner.example.test',
    '192.0.2.8',
    '127.0.0.1',
    '::1',
    "m\xc3\xbcnchen.example.test",
    'x' x 255,
    undef,
);

sub ask {
    my ($sni, $host, %option) = @_;
    my $what = sprintf '%s asked for %s', $sni // 'no SNI', $host // 'nothing';
    if ($option{h2}) {
        return try_http2("$what, h2", $sni, {authority => $host}, port => $option{port},
            tls => $option{tls});
    }
    my $lines = $option{lines} || "GET / HTTP/1.1\r\nHost: $host\r\n";
    return try_http1($what, $sni, "$lines\r\n", port => $option{port}, %{$option{tls} || {}});
}

# What can be asked of each, over both protocols and both versions of TLS.
for my $version (qw(TLSv1.2 TLSv1.3)) {
    for my $protocol ('HTTP/1.1', $h2 ? 'h2' : ()) {
        my @wrong;
        for my $sni (@names) {
            my %wanted = (
                'www.example.test'       => '200 www',
                'static.example.test'    => '200 static',
                'one.users.example.test' => '200 static',
                map { $_ => '421' } qw(partner.example.test admin.example.test
                    xn--mnchen-3ya.example.test 192.0.2.7 partner.example.test.),
            );
            for my $host (sort keys %wanted) {
                my $got = ask($sni, $host, h2 => $protocol eq 'h2',
                    tls => {version => $version});
                push @wrong, sprintf '%s asked for %s: %s, not %s', $sni // 'no SNI', $host,
                    $got, $wanted{$host} if $got ne $wanted{$host};
            }
        }
        none_wrong(\@wrong, "I10 $version $protocol: names in the handshake");
    }
}

# The default vhost of an address is what all the rest leads to: unknown names, addresses,
# requests without a name. Where it is forbidden, none of them reaches it.
my @leftover = (
    'nobody.example.test', 'vault.example.test', 'www.example.test', '127.0.0.1',
    '192.0.2.7', '[::1]', '[::ffff:127.0.0.1]', '0x7f000001', 'vault', 'VAULT.example.test.',
);
for my $sni (qw(lobby.example.test LOBBY.example.test)) {
    for my $protocol ('HTTP/1.1', $h2 ? 'h2' : ()) {
        my @wrong;
        for my $host (@leftover) {
            my $got = ask($sni, $host, port => 'vault', h2 => $protocol eq 'h2');
            push @wrong, "$sni asked for $host: $got" if $got ne '421';
        }
        none_wrong(\@wrong, "I10 $protocol, $sni: what is left to a forbidden default vhost");
        is(ask($sni, 'lobby.example.test', port => 'vault', h2 => $protocol eq 'h2'),
            '200 lobby', "I10 $protocol, $sni: its own name is served");
    }
}
for my $lines ("GET / HTTP/1.0\r\n", "GET https:///x HTTP/1.0\r\n", "HEAD / HTTP/1.0\r\n",
    "GET / HTTP/1.0\r\nHost:\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n")
{
    my $got = ask('lobby.example.test', undef, port => 'vault', lines => $lines);
    like($got, qr/\A4(?:21|00)\z/, 'no name for a forbidden default vhost: '
            . $lines =~ s/\r\n/ /gr);
}
is(ask('lobby.example.test', undef, port => 'vault', lines => "GET /\r\n"), 'no status line',
    'HTTP/0.9 for a forbidden default vhost');

# Without SNI the default vhost has the handshake, and it is the other one that is forbidden.
for my $protocol ('HTTP/1.1', $h2 ? 'h2' : ()) {
    is(ask(undef, 'lobby.example.test', port => 'vault', h2 => $protocol eq 'h2'), '421',
        "I10 $protocol, no SNI: another vhost than the default one");
}

# A vhost that asks for a client certificate after the handshake: under TLS 1.2 by another
# handshake, in which the client gives another name. The connection stays what it was.
for my $version (qw(TLSv1.2 TLSv1.3)) {
    for my $name (qw(admin partner www)) {
        my $what = "$version: a certificate asked for later, with the name of $name";
        my $connection = h1($server->port('around'), 'asking.example.test', pha => 1,
            staff => 1, version => $version, alpn => ['http/1.1']);
        $connection->io->rename("$name.example.test");
        my $response = $connection->get('asking.example.test', '/forms/');
        is($response->{status}, 200, "$what: is given");
        $response = $connection->get("$name.example.test");
        is($response->{status}, 421, "$what: and opens no other vhost");
        watch($what, $response->{body});
    }
}

# HTTP/2 that nobody agreed upon. With H2Direct mod_http2 serves it, even under prefork.
{
    my $connection = Aty::H2->over(tls($server->port('around'), 'www.example.test'));
    for my $name (qw(partner admin nobody)) {
        my $response = $connection->get("$name.example.test");
        is($response->{status}, 421, "H2Direct: 421 for $name");
        watch('H2Direct', $response->{body});
    }
    is($connection->get('static.example.test')->{status}, 200, 'H2Direct: what shares is served');
}

finish_around();
