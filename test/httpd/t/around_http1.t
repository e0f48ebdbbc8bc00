# Attempts to reach a forbidden vhost over HTTP/1.1, on a connection whose handshake chose
# `www`. In what is sent {} stands for a forbidden name: one that httpd alone would serve
# there, and one that wants a client certificate. Behind each attempt, in the same write,
# comes a request for `www`, which is answered "200 www" where the connection has gone on:
# never after a 421. A path that `www` has not it answers with 302 to the forbidden one.

use Aty::Around;
use Aty::Test;

around_server('around-http1')->log->announce(qr/AH02031: /);    # HTTP/0.9

# A value of Host => what comes of it.
my @hosts = (
    ['{}',                          '421'],
    ['{upper}',                     '421'],
    ['{}.',                         '421'],
    ['{upper}.:443',                '421'],
    ['{}:443',                      '421'],
    ['{}:9',                        '421'],
    ['{}:0',                        '400'],
    ['{}:00443',                    '421'],
    ['{}:99999',                    '400'],
    ['{}:4294967739',               '421'],
    ['{}:-443',                     '400'],
    ['{}:443:443',                  '400'],
    ['{}:',                         '400'],
    ['{}:http',                     '400'],
    ["  \t{}\t  ",                  '421'],
    ['{}..',                        '400'],
    ['.{}',                         '421'],
    ['{}/',                         '400'],
    ['{}?',                         '400'],
    ['{}#',                         '400'],
    ['{}%00',                       '400'],
    ["{}\0",                        '400'],
    ["{}\x7f",                      '400'],
    ['user@{}',                     '400'],
    ['www.example.test@{}',         '400'],
    ['www.example.test:80@{}',      '400'],
    ['www.example.test {}',         '400'],
    ['www.example.test,{}',         '400'],
    ['www.example.test, {}',        '400'],
    ['https://{}',                  '400'],
    ['//{}',                        '400'],
    ['\\{}',                        '400'],
    ['*',                           '400'],
    ['*.example.test',              '400'],
    ['',                            '400'],
);

# Host values that are not made of a forbidden name.
my @other_hosts = (
    # Names in other letters.
    ['xn--mnchen-3ya.example.test',      '421'],
    ['XN--MNCHEN-3YA.EXAMPLE.TEST',      '421'],
    ["m\xc3\xbcnchen.example.test",      '400'],
    ["m\xfcnchen.example.test",          '400'],
    ["partner\xe3\x80\x82example.test",  '400'],
    ["\xef\xbd\x90artner.example.test",  '400'],
    ['%70artner.example.test',           '400'],
    # Names that nobody has.
    ['nobody.example.test',              '421'],
    ['partner',                          '421'],
    ['partner.example',                  '421'],
    # Addresses: an alias of the forbidden vhost, and what falls to the default vhost.
    ['192.0.2.7',                        '421'],
    ['[2001:db8::7]',                    '200 www, 200 www'],
    ['127.0.0.1',                        '200 www, 200 www'],
    ['[::1]',                            '200 www, 200 www'],
    ['[::ffff:127.0.0.1]',               '200 www, 200 www'],
    ['[::ffff:192.0.2.7]',               '200 www, 200 www'],
    ['[2001:DB8:0:0:0:0:0:7]',           '200 www, 200 www'],
    ['2001:db8::7',                      '400'],
    ['[2001:db8::7',                     '400'],
    ['[::1%25lo]',                       '400'],
    ['127.1',                            '400'],
    ['2130706433',                       '400'],
    ['3221225991',                       '400'],
    ['0300.0.02.07',                     '400'],
    ['0xc0.0.2.7',                       '400'],
    ['0xc0000207',                       '421'],
    ['192.0.2.7.',                       '421'],
);

# The lines of a request => what comes of it.
my @requests = (
    ['two Host, the forbidden second', ['GET / HTTP/1.1', 'Host: www.example.test', 'Host: {}'],
        '400'],
    ['two Host, the forbidden first', ['GET / HTTP/1.1', 'Host: {}', 'Host: www.example.test'],
        '400'],
    ['the forbidden Host twice', ['GET / HTTP/1.1', 'Host: {}', 'Host: {}'], '400'],
    ['an empty Host and a forbidden one', ['GET / HTTP/1.1', 'Host:', 'Host: {}'], '400'],
    ['no Host', ['GET / HTTP/1.1'], '400'],
    ['a space before the colon', ['GET / HTTP/1.1', 'Host : {}'], '400'],
    ['Host with a space before it', ['GET / HTTP/1.1', ' Host: {}'], '400'],
    ['Host folded into the next line', ['GET / HTTP/1.1', 'Host:', ' {}'], '421'],
    ['Host with a second line', ['GET / HTTP/1.1', 'Host: www.example.test', ' {}'], '400'],
    ['Host in the second line of another field',
        ['GET / HTTP/1.1', 'Host: www.example.test', 'X-One: two', ' Host: {}'],
        '200 www, 200 www'],
    ['lines that end with LF alone', ["GET / HTTP/1.1\nHost: {}\nX-One: two"], '400'],
    ['a CR inside a field', ['GET / HTTP/1.1', "Host: www.example.test\rHost: {}"], '400'],
    ['fields that name other hosts',
        ['GET / HTTP/1.1', 'Host: www.example.test', 'X-Forwarded-Host: {}', 'X-Host: {}',
            'X-Original-URL: https://{}/', 'X-Rewrite-URL: https://{}/', 'Forwarded: host={}',
            'X-HTTP-Host-Override: {}', 'X-Forwarded-Server: {}', ':authority: {}'],
        '400'],
    ['fields that name other hosts, but for :authority',
        ['GET / HTTP/1.1', 'Host: www.example.test', 'X-Forwarded-Host: {}', 'X-Host: {}',
            'X-Original-URL: https://{}/', 'X-Rewrite-URL: https://{}/', 'Forwarded: host={}',
            'X-HTTP-Host-Override: {}', 'X-Forwarded-Server: {}'],
        '200 www, 200 www'],

    # The target names a host.
    ['an absolute target', ['GET https://{}/ HTTP/1.1', 'Host: www.example.test'], '421'],
    ['an absolute target, HTTPS', ['GET HTTPS://{upper}/ HTTP/1.1', 'Host: www.example.test'],
        '421'],
    ['an absolute target with a dot and a port',
        ['GET https://{}.:9/ HTTP/1.1', 'Host: www.example.test'], '421'],
    ['an absolute target without a path',
        ['GET https://{} HTTP/1.1', 'Host: www.example.test'], '421'],
    ['an absolute target against a forbidden Host',
        ['GET https://www.example.test/ HTTP/1.1', 'Host: {}'], '200 www, 200 www'],
    ['an absolute target, HTTP/1.0', ['GET https://{}/ HTTP/1.0', 'Host: www.example.test'],
        '421'],
    ['an absolute target, HTTP/1.0, no Host', ['GET https://{}/ HTTP/1.0'], '421'],
    ['an absolute target, HTTP/1.1, no Host', ['GET https://{}/ HTTP/1.1'], '400'],
    ['a target of http', ['GET http://{}/ HTTP/1.1', 'Host: www.example.test'],
        '200 www, 200 www'],
    ['a target of http against a forbidden Host',
        ['GET http://www.example.test/ HTTP/1.1', 'Host: {}'], '421'],
    ['a target of ftp', ['GET ftp://{}/ HTTP/1.1', 'Host: www.example.test'], '400'],
    ['a target of ws', ['GET wss://{}/ HTTP/1.1', 'Host: www.example.test'], '400'],
    ['a target with a user', ['GET https://user@{}/ HTTP/1.1', 'Host: www.example.test'], '400'],
    ['a target whose user is a name',
        ['GET https://www.example.test@{}/ HTTP/1.1', 'Host: www.example.test'], '400'],
    ['a target with a backslash',
        ['GET https://www.example.test\\@{}/ HTTP/1.1', 'Host: www.example.test'], '400'],
    ['a target that begins with //', ['GET //{}/ HTTP/1.1', 'Host: www.example.test'],
        '302 www, 200 www'],
    ['a target without an authority', ['GET https:///{}/ HTTP/1.1', 'Host: www.example.test'],
        '302 www, 200 www'],
    ['a target of one slash', ['GET https:/{}/ HTTP/1.1', 'Host: www.example.test'],
        '302 www, 200 www'],
    ['a target with two dots', ['GET https://{}../ HTTP/1.1', 'Host: www.example.test'], '400'],
    ['a target that is an authority', ['GET {}:443 HTTP/1.1', 'Host: www.example.test'], '400'],
    ['OPTIONS *', ['OPTIONS * HTTP/1.1', 'Host: {}'], '421'],
    ['CONNECT', ['CONNECT {}:443 HTTP/1.1', 'Host: {}'], '421'],
    ['CONNECT, Host of www', ['CONNECT {}:443 HTTP/1.1', 'Host: www.example.test'], '421'],
    ['CONNECT to www, a forbidden Host',
        ['CONNECT www.example.test:443 HTTP/1.1', 'Host: {}'], '405, 200 www'],

    # Versions.
    ['HTTP/1.0', ['GET / HTTP/1.0', 'Host: {}'], '421'],
    ['HTTP/1.0, kept alive', ['GET / HTTP/1.0', 'Host: {}', 'Connection: keep-alive'], '421'],
    ['HTTP/1.2', ['GET / HTTP/1.2', 'Host: {}'], '421'],
    ['HTTP/2.0', ['GET / HTTP/2.0', 'Host: {}'], '421'],
    ['HTTP/0.9', ["GET /\r\nHost: {}"], 'no status line'],
    # With H2Direct that is HTTP/2, and what follows are no frames.
    ['the preface of HTTP/2', ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1", 'Host: {}'],
        'no status line'],

    # Requests behind, or inside, others.
    ['pipelined', ['GET / HTTP/1.1', 'Host: www.example.test', '', 'GET / HTTP/1.1', 'Host: {}'],
        '200 www, 421'],
    ['kept alive by HTTP/1.0, and then',
        ['GET / HTTP/1.0', 'Host: www.example.test', 'Connection: keep-alive', '',
            'GET / HTTP/1.0', 'Host: {}'],
        '200 www, 421'],
    ['behind a chunked body',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Transfer-Encoding: chunked', '',
            '5', 'hello', '0', '', 'GET / HTTP/1.1', 'Host: {}'],
        '200 www, 421'],
    ['behind a chunked body with extensions and trailers',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Transfer-Encoding: chunked', '',
            '5;host={}', 'hello', '0', 'Host: {}', '', 'GET / HTTP/1.1', 'Host: {}'],
        '200 www, 421'],
    ['Host in a trailer',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Transfer-Encoding: chunked',
            'Trailer: Host', '', '5', 'hello', '0', 'Host: {}'],
        '200 www, 200 www'],
    ['as the body of another',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Content-Length: {length}', '',
            'GET / HTTP/1.1', 'Host: {}'],
        '200 www, 200 www'],
    ['both lengths: chunks end first',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Content-Length: 200',
            'Transfer-Encoding: chunked', '', '0', '', 'GET / HTTP/1.1', 'Host: {}'],
        '200 www'],
    ['both lengths: the other order',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Transfer-Encoding: chunked',
            'Content-Length: 5', '', '0', '', 'GET / HTTP/1.1', 'Host: {}'],
        '200 www'],
    ['two lengths',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Content-Length: 0',
            'Content-Length: 50', '', 'GET / HTTP/1.1', 'Host: {}'],
        '400'],
    ['a coding that is not known',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Transfer-Encoding: xchunked', '',
            '0', '', 'GET / HTTP/1.1', 'Host: {}'],
        '400'],
    ['chunked, with a space before the colon',
        ['POST / HTTP/1.1', 'Host: www.example.test', 'Transfer-Encoding : chunked', '',
            '0', '', 'GET / HTTP/1.1', 'Host: {}'],
        '400'],
    ['chunked in HTTP/1.0',
        ['POST / HTTP/1.0', 'Host: www.example.test', 'Connection: keep-alive',
            'Transfer-Encoding: chunked', '', '0', '', 'GET / HTTP/1.0', 'Host: {}'],
        '200 www, 421'],
    ['in the body of a refused one',
        ['POST / HTTP/1.1', 'Host: {}', 'Content-Length: {length}', '',
            'GET / HTTP/1.1', 'Host: {}'],
        '421'],
    ['in the chunks of a refused one',
        ['POST / HTTP/1.1', 'Host: {}', 'Transfer-Encoding: chunked', '', '0', '',
            'GET / HTTP/1.1', 'Host: {}'],
        '421'],
    ['empty lines before it', ['', '', 'GET / HTTP/1.1', 'Host: {}'], '421'],
    ['the body announced only',
        ['POST / HTTP/1.1', 'Host: {}', 'Expect: 100-continue', 'Content-Length: 5'], '421'],

    # Other protocols on the same connection.
    ['Upgrade: h2', ['GET / HTTP/1.1', 'Host: {}', 'Connection: Upgrade, HTTP2-Settings',
            'Upgrade: h2', 'HTTP2-Settings: AAMAAABkAAQAAP__'], '421'],
    ['Upgrade: h2c', ['GET / HTTP/1.1', 'Host: {}', 'Connection: Upgrade, HTTP2-Settings',
            'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'], '421'],
    ['Upgrade: TLS/1.2', ['OPTIONS * HTTP/1.1', 'Host: {}', 'Connection: Upgrade',
            'Upgrade: TLS/1.2'], '421'],
    ['Upgrade: websocket', ['GET / HTTP/1.1', 'Host: {}', 'Connection: Upgrade',
            'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
            'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='], '421'],
);

my $behind = "GET /index.html HTTP/1.1\r\nHost: www.example.test\r\n\r\n";

sub fill {
    my ($text, $name) = @_;
    $text =~ s/\{\}/$name/g;
    $text =~ s/\{upper\}/\U$name/g;
    my $inner = "GET / HTTP/1.1\r\nHost: $name\r\n\r\n";
    $text =~ s/\{length\}/length $inner/ge;
    return $text;
}

# Every attempt with one name: [what, octets, what comes of it].
sub attempts {
    my ($name) = @_;
    my @of_hosts = map { ["Host: $_->[0]", "GET / HTTP/1.1\r\nHost: $_->[0]\r\n\r\n", $_->[1]] }
        @hosts, @other_hosts;
    my @of_requests = map { [$_->[0], join("\r\n", @{$_->[1]}, '', ''), $_->[2]] } @requests;
    return map { [$_->[0], fill($_->[1], $name) . $behind, $_->[2]] } @of_hosts, @of_requests;
}

my @names = qw(partner.example.test admin.example.test);
for my $version (qw(TLSv1.2 TLSv1.3)) {
    for my $name (@names) {
        my @wrong;
        for my $attempt (attempts($name)) {
            my ($what, $bytes, $wanted) = @$attempt;
            my $got = try_http1("$version, $name: $what", 'www.example.test', $bytes,
                version => $version);
            push @wrong, "$what: $got, not $wanted" if $got ne $wanted;
        }
        none_wrong(\@wrong, "I10 $version: what leads to $name, or might");
    }
}

# Where httpd reads requests and hosts in other ways, more is 400, or less is. A 421 for the
# plain name it is everywhere, and the mark nowhere (finish_around).
for my $directive ('HttpProtocolOptions Unsafe', 'StrictHostCheck On', 'UseCanonicalName On',
    'MergeSlashes Off')
{
    my $site = file(var('top_dir') . '/servers/around.conf.in');
    around_server('around-' . lc $directive =~ tr/a-zA-Z//cdr, site_text => "$directive\n$site")
        ->log->may(qr{AH02031: |AH10157: });
    for my $name (@names) {
        my %count;
        for my $attempt (attempts($name)) {
            my ($what, $bytes) = @$attempt;
            my $got = try_http1("$directive, $name: $what", 'www.example.test', $bytes);
            $count{$got =~ /(?:\A|, )421\z/ ? 421 : $got =~ /\A400\z/ ? 400 : 'other'}++;
        }
        cmp_ok($count{421}, '>', 30, "$directive: most of what leads to $name is 421");
        cmp_ok($count{other}, '<', 30, 'and little else than that is answered at all')
            or diag(explain(\%count));
    }
}

finish_around();
