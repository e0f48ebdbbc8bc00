# httpd of other kinds: vhosts without TLS beside those with it, the PROXY protocol, IPv6,
# HTTP/2 for modern TLS alone. What is loaded, and in which order, is in loading.t; that
# prefork answers 421 over HTTP/1.1 is shown by all files, which run under it as well.

use Aty::Test;
use IO::Socket::IP;
use Socket qw(inet_pton AF_INET AF_INET6);

my @protocols = var('mpm') eq 'prefork' ? ('HTTP/1.1') : ('HTTP/1.1', 'h2');
my $ipv6 = IO::Socket::IP->new(LocalHost => '::1', Listen => 1);

my $top    = var('top_dir');
my $site   = file("$top/servers/kinds.conf.in");
my $policy = file("$top/policy/kinds.policy.in");
$policy .= file("$top/policy/kinds_ipv6.policy.in") if $ipv6;
my $server = server('kinds', 'authority.conf.in',
    site_text => ($ipv6 ? "Define IPV6\n" : '') . $site);
compile_for($server, $policy);
$server->start;

sub client {
    my ($protocol, $port, $sni, %option) = @_;
    $port = $server->port($port);
    return $protocol eq 'h2' ? h2($port, $sni, %option)
        : h1($port, $sni, alpn => ['http/1.1'], %option);
}

# The verdict on one authority on a new connection.
sub judged {
    my ($protocol, $port, $sni, $authority, %option) = @_;
    return verdict(client($protocol, $port, $sni, %option), $authority, server => $server);
}

sub origins {
    my ($port, $sni, %option) = @_;
    my $connection = client('h2', $port, $sni, %option);
    $connection->barrier;
    return join ' ', map { m{https://([^.]+)} } $connection->origins;
}

# A vhost without TLS is no vhost of a TLS connection: httpd alone finds it by Host, and by
# the name in the handshake as well, for which it then has the certificate of the default
# vhost.
for my $protocol (@protocols) {
    my $what = "SSLEngine off, $protocol";
    is(judged($protocol, 'mixed', 'www.example.test', 'plain.example.test'),
        'misdirected not-in-policy', "$what: on a TLS connection of another vhost");
    is(judged($protocol, 'mixed', 'plain.example.test', 'plain.example.test'),
        'misdirected not-in-policy', "$what: on one for its own name, which is the default's");
    is(judged($protocol, 'mixed', 'www.example.test', 'static.example.test'), 'shared',
        "$what: those with TLS share as ever");
    announce_mod_ssl();
    my $response = client($protocol, 'mixed', 'plain.example.test')->get('www.example.test');
    is($response->{status}, 421, "$what: its name opens no connection for others (mod_ssl)");
}
is(origins('mixed', 'www.example.test'), 'www static', 'SSLEngine off: in no ORIGIN frame')
    if @protocols > 1;
is(h1($server->port('mixed'), undef, clear => 1)->get('plain.example.test')->{status}, 400,
    'SSLEngine off: in clear text it is not served there either, but told so by httpd');

sub announce_mod_ssl {
    $server->log->announce(qr/AH02032: Hostname plain\.example\.test .* www\.example\.test/);
}

# Where the default vhost of an address has no TLS, mod_ssl does not serve any there.
{
    my $response = h1($server->port('plain'), undef, clear => 1)->get('second.example.test');
    is($response->{status}, 200, 'no TLS at all: httpd serves in clear text');
    ok(!eval { tls($server->port('plain'), 'second.example.test'); 1 },
        'no TLS at all: and shakes no hands');
}

# The PROXY protocol: what stands in front of the handshake says who the client is, and
# nothing of which vhost or address it has come to.
my %headers = (
    'version 1'        => "PROXY TCP4 192.0.2.55 192.0.2.80 4711 443\r\n",
    'version 1, IPv6'  => "PROXY TCP6 2001:db8::55 2001:db8::80 4711 443\r\n",
    'version 2'        => second_version(0x11, inet_pton(AF_INET, '192.0.2.55')
            . inet_pton(AF_INET, '192.0.2.80') . pack 'nn', 4711, 443),
    'version 2, IPv6'  => second_version(0x21, inet_pton(AF_INET6, '2001:db8::55')
            . inet_pton(AF_INET6, '2001:db8::80') . pack 'nn', 4711, 443),
);

sub second_version {
    my ($family, $addresses) = @_;
    return "\r\n\r\n\0\r\nQUIT\n\x21" . pack 'Cn/a*', $family, $addresses;
}

for my $header (sort keys %headers) {
    my $client = $header =~ /IPv6/ ? '2001:db8::55' : '192.0.2.55';
    my @before = (before => $headers{$header});
    for my $protocol (@protocols) {
        my $what = "PROXY protocol, $header, $protocol";
        my $connection = client($protocol, 'proxied', 'www.example.test', @before);
        my $id = Aty::Test::id();
        my $response = $connection->get('static.example.test', '/',
            headers => $protocol eq 'h2' ? ['x-id' => $id] : ["X-Id: $id"]);
        is($response->{headers}{'x-vhost'}[0], 'static', "$what: what shares is served");
        is(logged($id, $server, $connection)->{verdict}, 'shared',
            "$what: and judged as ever");
        # Written after the log that `logged` has read.
        my $from = eventually(20, sub {
            file($server->root . '/logs/from_log') =~ /^\Q$id\E (\S+)/m ? $1 : undef;
        });
        is($from, $client, "$what: the client is the one that the balancer has named");
        my $mark = $server->log->mark;
        is(verdict($connection, 'admin.example.test', server => $server),
            'misdirected client-auth', "$what: what does not share is refused");
        like($server->log->wait_for(qr/ATY301/, $mark) // '',
            qr{\[(?:client|remote) \Q$client\E[:\]]},
            "$what: and the line in the log names that client");
    }
    is(origins('proxied', 'www.example.test', @before), 'www static',
        "PROXY protocol, $header: the ORIGIN frame") if @protocols > 1;
}
$server->log->may(qr/AH03503|AH03504|AH03507|RemoteIPProxyProtocol/);
ok(!eval { tls($server->port('proxied'), 'www.example.test'); 1 },
    'PROXY protocol: no connection without its header');

# H2ModernTLSOnly, and a client that has modern TLS. Others get GOAWAY: see origin_none.t.
if (@protocols > 1) {
    for my $version (qw(TLSv1.2 TLSv1.3)) {
        is(origins('strict', 'www.example.test', version => $version), 'www static',
            "H2ModernTLSOnly, $version: the ORIGIN frame");
        is(judged('h2', 'strict', 'www.example.test', 'static.example.test',
                version => $version), 'shared', "H2ModernTLSOnly, $version: shared");
        is(judged('h2', 'strict', 'www.example.test', 'partner.example.test',
                version => $version), 'misdirected other-zone',
            "H2ModernTLSOnly, $version: misdirected");
    }
}

# IPv6, where the machine has it: [port, address, SNI, authority, verdict].
my @both = (
    ['both', '127.0.0.1', 'four.example.test', 'both.example.test',  'shared'],
    ['both', '127.0.0.1', 'four.example.test', 'six.example.test',
        'misdirected unknown-authority'],
    ['both', '127.0.0.1', 'both.example.test', 'admin.example.test', 'misdirected client-auth'],
    ['both', '127.0.0.1', 'four.example.test', '127.0.0.1',          'same'],
    ['both', '::1',       'six.example.test',  'both.example.test',  'shared'],
    ['both', '::1',       'six.example.test',  'four.example.test',
        'misdirected unknown-authority'],
    ['both', '::1',       'both.example.test', 'admin.example.test', 'misdirected client-auth'],
    ['both', '::1',       'six.example.test',  '[::1]',              'same'],
    ['both', '::1',       'both.example.test', '[::1]',              'shared'],
    (map { (
        ['any', $_, 'www.example.test',     'static.example.test',  'shared'],
        ['any', $_, 'www.example.test',     'partner.example.test', 'misdirected other-zone'],
        ['any', $_, 'partner.example.test', '[::1]',                'misdirected other-zone'],
    ) } '127.0.0.1', '::1'),
);
my %lists = (
    'both 127.0.0.1 four.example.test' => 'four both',
    'both ::1 six.example.test'        => 'six both',
    'both 127.0.0.1 both.example.test' => 'four both',
    'both ::1 both.example.test'       => 'six both',
    'any 127.0.0.1 www.example.test'   => 'www static',
    'any ::1 www.example.test'         => 'www static',
);
note('this machine has no ::1') if !$ipv6;
for my $protocol ($ipv6 ? @protocols : ()) {
    for my $case (@both) {
        my ($port, $address, $sni, $authority, $wanted) = @$case;
        is(judged($protocol, $port, $sni, $authority, address => $address), $wanted,
            "$protocol to $address: $sni asked for $authority");
    }
}
for my $case ($ipv6 && @protocols > 1 ? sort keys %lists : ()) {
    my ($port, $address, $sni) = split ' ', $case;
    is(origins($port, $sni, address => $address), $lists{$case},
        "ORIGIN for $sni at $address: what is served at that address");
}

finish();
