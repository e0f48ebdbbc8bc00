# Websockets over HTTP/1.1 (RFC 6455) and HTTP/2 (extended CONNECT, RFC 8441): 421 comes
# before anything is opened, and what is behind the vhost hears nothing of it.

use Aty::Test;
use Aty::WebSocketBackend;

my $top    = var('top_dir');
my $server = server('websockets', 'authority.conf.in',
    site_text => file("$top/servers/websockets.conf.in"));
compile_for($server, file("$top/policy/websockets.policy.in"));
$server->start;
my $record = $server->root . '/backend.octets';
my $backend = Aty::WebSocketBackend->start(port => $server->port('websocket'),
    record => $record);

my @port = ($server->port('around'), 'www.example.test');
my $text = "\x81\x85\0\0\0\0again";    # a masked text frame; the mask is zero
my $ENABLE_CONNECT_PROTOCOL = 0x8;

# Opens a websocket; returns the status, and what comes back for a frame where it is open.
sub h1_websocket {
    my ($host, $path, $mark) = @_;
    my $connection = h1(@port, alpn => ['http/1.1']);
    my $response = $connection->get($host, $path, headers => ['Connection: Upgrade',
            'Upgrade: websocket', 'Sec-WebSocket-Version: 13', "X-Mark: $mark",
            'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==']);
    return ($response->{status}, '') if $response->{status} != 101;
    my $heard = $connection->rest;
    $connection->io->write($text);
    while ($heard !~ /again/) {
        my $more = $connection->io->read // last;
        $heard .= $more;
    }
    return (101, $heard);
}

sub h2_websocket {
    my ($host, $path, $mark, $connection) = @_;
    $connection ||= h2(@port);
    my $stream = $connection->request(method => 'CONNECT', protocol => 'websocket',
        authority => $host, path => $path, open => 1,
        headers => ['sec-websocket-version' => 13, 'x-mark' => $mark]);
    my $status = $connection->status($stream) // 'reset';
    return ($status, '') if $status ne '200';
    $connection->send_data($stream, $text);
    my $answer = $connection->{streams}{$stream};
    while ($answer->{body} !~ /again/ && !$answer->{done}) {
        $connection->next_frame or last;
    }
    my $heard = $answer->{body};
    $connection->send_data($stream, '', 1);
    return (200, $heard);
}

my %open = ('HTTP/1.1' => [\&h1_websocket, 101]);
if (var('mpm') ne 'prefork') {
    $open{h2} = [\&h2_websocket, 200];
    my $connection = h2(@port);
    $connection->barrier;
    my ($settings) = map { $_->{payload} } $connection->frames('SETTINGS');
    my %setting = unpack '(nN)*', $settings;
    is($setting{$ENABLE_CONNECT_PROTOCOL}, 1, 'RFC 8441: extended CONNECT is offered');
}

for my $protocol (sort keys %open) {
    my ($open, $opened) = @{$open{$protocol}};
    for my $path ('/ws/', '/http/') {
        for my $name (qw(www static)) {
            my ($status, $heard) = $open->("$name.example.test", $path, "meant-for-$name");
            is($status, $opened, "$protocol, $path: a websocket to $name is opened");
            like($heard, qr/hello.*again/s, "$protocol, $path: and speaks both ways");
        }
        for my $name (qw(partner admin ADMIN nobody)) {
            my ($status, $heard) = $open->("$name.example.test", $path, 'forbidden-mark');
            is($status, 421, "$protocol, $path: none to $name");
            is($heard, '', "$protocol, $path: and nothing comes of it");
        }
    }
}

# Beside one that is open.
if ($open{h2}) {
    my $connection = h2(@port);
    my $stream = $connection->request(method => 'CONNECT', protocol => 'websocket',
        authority => 'www.example.test', path => '/ws/', open => 1,
        headers => ['sec-websocket-version' => 13]);
    is($connection->status($stream), 200, 'RFC 8441: a websocket is open');
    my ($status) = h2_websocket('partner.example.test', '/ws/', 'forbidden-mark', $connection);
    is($status, 421, 'RFC 8441: on its connection, too, none to another vhost');
    $connection->send_data($stream, $text);
    my $answer = $connection->{streams}{$stream};
    while ($answer->{body} !~ /again/ && !$answer->{done}) {
        $connection->next_frame or last;
    }
    like($answer->{body}, qr/again/, 'RFC 8441: and the open one goes on');
}

undef $backend;
my $heard = file($record);
like($heard, qr/^X-Mark: meant-for-www\r$/mi, 'the service behind was asked by www');
unlike($heard, qr/forbidden-mark/, 'and by nobody whom the policy forbids');

finish();
