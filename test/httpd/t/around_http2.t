# Attempts to reach a forbidden vhost over HTTP/2, on a connection whose handshake chose
# `www`. {} stands for a forbidden name, as in around_http1.t.

use Aty::Around;
use Aty::Test;

needs_h2();
my $server = around_server('around-http2');

# Values of :authority, and of Host where there is no :authority => what comes of it.
my @authorities = (
    ['{}',                         '421'],
    ['{upper}',                    '421'],
    ['{}.',                        '421'],
    ['{upper}.:443',               '421'],
    ['{}:9',                       '421'],
    ['{}:00443',                   '421'],
    ['{}:99999',                   '400'],
    ['{}:4294967739',              '421'],
    ['{}:0',                       '400'],
    ['{}:',                        '400'],
    ['{}..',                       '400'],
    ['.{}',                        '421'],
    ['user@{}',                    '400'],
    ['www.example.test@{}',        '400'],
    ['{}/',                        'reset'],
    ['{}?',                        'reset'],
    ['www.example.test {}',        'reset'],
    ['www.example.test,{}',        '400'],
    ['https://{}',                 'reset'],
    ["{}\0",                       'reset'],
    [" {}",                        'reset'],
    [" \t{} ",                     'reset'],
);

my @other_authorities = (
    ['xn--mnchen-3ya.example.test',     '421'],
    ['XN--MNCHEN-3YA.EXAMPLE.TEST',     '421'],
    ["m\xc3\xbcnchen.example.test",     'reset'],
    ["partner\xe3\x80\x82example.test", 'reset'],
    ['%70artner.example.test',          '400'],
    ['nobody.example.test',             '421'],
    ['192.0.2.7',                       '421'],
    ['192.0.2.7.',                      '421'],
    ['127.0.0.1',                       '200 www'],
    ['[::1]:443',                       '200 www'],
    ['[::ffff:192.0.2.7]',              '200 www'],
    ['[::1%25lo]',                      '400'],
    ['127.1',                           '400'],
    ['3221225991',                      '400'],
    ['0300.0.02.07',                    '400'],
    ['0xc0000207',                      '421'],
    ['',                                'reset'],
);

my @requests = (
    ['Host of www', {authority => '{}'}, [host => 'www.example.test'], '421'],
    ['Host of the forbidden, :authority of www', {authority => 'www.example.test'},
        [host => '{}'], '200 www'],
    ['Host alone', {}, [host => '{}'], '421'],
    ['two Host, the forbidden second', {}, [host => 'www.example.test', host => '{}'], 'reset'],
    ['two Host, the forbidden first', {}, [host => '{}', host => 'www.example.test'], 'reset'],
    ['an empty :authority and Host', {authority => ''}, [host => '{}'], 'reset'],
    ['two :authority', {authority => 'www.example.test'}, [':authority' => '{}'], 'reset'],
    ['two :authority, the forbidden first', {authority => '{}'},
        [':authority' => 'www.example.test'], 'reset'],
    [':authority behind a field', {}, ['x-one' => 'two', ':authority' => '{}'], 'reset'],
    ['a pseudo field that nobody knows', {authority => 'www.example.test'}, [':host' => '{}'],
        'reset'],
    [':scheme http', {authority => '{}', scheme => 'http'}, [], '421'],
    [':scheme ftp', {authority => '{}', scheme => 'ftp'}, [], '421'],
    [':scheme that is no scheme', {authority => '{}', scheme => 'https://{}/'}, [], 'reset'],
    ['no :scheme', {authority => '{}', scheme => undef}, [], 'reset'],
    ['an absolute :path', {authority => 'www.example.test', path => 'https://{}/'}, [], 'reset'],
    ['an absolute :path, upper case',
        {authority => 'www.example.test', path => 'HTTPS://{upper}/'}, [], 'reset'],
    ['an absolute :path to www', {authority => '{}', path => 'https://www.example.test/'}, [],
        'reset'],
    ['a :path that begins with //', {authority => 'www.example.test', path => '//{}/'}, [],
        '302 www'],
    [':path *', {authority => '{}', path => '*', method => 'OPTIONS'}, [], '421'],
    ['CONNECT', {authority => '{}:443', method => 'CONNECT', scheme => undef, path => undef},
        [], '421'],
    ['CONNECT to www, Host', {authority => 'www.example.test:443', method => 'CONNECT',
            scheme => undef, path => undef}, [host => '{}'], '405'],
    ['extended CONNECT where it is not offered', {authority => '{}', method => 'CONNECT',
            protocol => 'websocket'}, [], 'reset'],
    ['fields that name other hosts', {authority => 'www.example.test'},
        ['x-forwarded-host' => '{}', 'x-host' => '{}', 'x-original-url' => 'https://{}/',
            'x-rewrite-url' => 'https://{}/', 'forwarded' => 'host={}'], '200 www'],
    ['te: trailers', {authority => '{}'}, [te => 'trailers'], '421'],
    ['a priority', {authority => '{}'}, [priority => 'u=0, i'], '421'],
    ['an upgrade', {authority => '{}'}, [connection => 'upgrade', upgrade => 'h2c'], 'reset'],
    ['a body', {authority => '{}', method => 'POST', body => 'x' x 1000}, [], '421'],
    ['a body that is a request', {authority => 'www.example.test', method => 'POST',
            body => "GET / HTTP/1.1\r\nHost: {}\r\n\r\n"},
        [], '200 www'],
    ['line ends in a field', {authority => 'www.example.test'},
        ['x-one' => "two\r\nHost: {}\r\n\r\nGET / HTTP/1.1\r\nHost: {}"], 'reset'],
    ['line ends in :path', {authority => 'www.example.test',
            path => "/ HTTP/1.1\r\nHost: {}\r\n\r\nGET /"}, [], 'reset'],
    ['line ends in :method', {authority => 'www.example.test',
            method => "GET / HTTP/1.1\r\nHost: {}\r\n\r\nGET"}, [], 'reset'],
    ['a space in :path', {authority => 'www.example.test', path => '/ HTTP/1.1 {}'}, [], 'reset'],
);

# What takes more than one frame, or other ones => what comes of it.
my @frames = (
    ['in three pieces', '421', sub {
        my ($connection, $name) = @_;
        return section($connection, $name, pieces => 3);
    }],
    ['with padding', '421', sub {
        my ($connection, $name) = @_;
        return section($connection, $name, padding => 50);
    }],
    ['the second of two equal ones', '421', sub {
        my ($connection, $name) = @_;
        $connection->get('www.example.test');
        $connection->get($name);
        return $connection->request(authority => $name);
    }],
    ['between good ones', '421', sub {
        my ($connection, $name) = @_;
        my @streams = map { $connection->request(authority => $_) }
            'www.example.test', $name, 'static.example.test';
        my @status = map { $connection->response($_)->{status} } @streams[0, 2];
        is("@status", '200 200', "the requests before and behind the one for $name");
        return $streams[1];
    }],
    ['with Host in the trailers of a good one', '200 www or reset', sub {
        my ($connection, $name) = @_;
        my $stream = $connection->request(authority => 'www.example.test', method => 'POST',
            open => 1);
        $connection->send_data($stream, 'body');
        $connection->send_headers($stream, [host => $name], 1);
        return $stream;
    }],
    ['with Host of www in its trailers', '421 or reset', sub {
        my ($connection, $name) = @_;
        my $stream = $connection->request(authority => $name, method => 'POST', open => 1);
        $connection->send_data($stream, 'body');
        $connection->send_headers($stream, [host => 'www.example.test'], 1);
        return $stream;
    }],
    ['with :authority in the trailers of a good one', '200 www or reset', sub {
        my ($connection, $name) = @_;
        my $stream = $connection->request(authority => 'www.example.test', method => 'POST',
            open => 1);
        $connection->send_data($stream, 'body');
        $connection->send_headers($stream, [':authority' => $name], 1);
        return $stream;
    }],
    ['on a stream that was refused before', 'ended', sub {
        my ($connection, $name) = @_;
        my $stream = $connection->request(authority => $name);
        $connection->response($stream);
        $connection->{streams}{$stream} = {body => ''};
        $connection->send_headers($stream, fields($name), 1);
        $connection->barrier;
        $connection->{streams}{$stream}{done} = 1;
        return $stream;
    }],
    ['with a Host in upper case behind', 'reset', sub {
        my ($connection, $name) = @_;
        my $stream = $connection->{next};
        my $literal = "\0" . pack 'C/a*C/a*', 'Host', $name;
        $connection->{streams}{$stream} = {body => ''};
        $connection->send_headers($stream, fields('www.example.test'), 1, more => $literal);
        return $stream;
    }],
);

sub fields {
    my ($name) = @_;
    return [':method' => 'GET', ':scheme' => 'https', ':authority' => $name, ':path' => '/'];
}

sub section {
    my ($connection, $name, %option) = @_;
    my $stream = $connection->{next};
    $connection->{next} += 2;
    $connection->{streams}{$stream} = {body => ''};
    $connection->send_headers($stream, fields($name), 1, %option);
    return $stream;
}

sub fill {
    my ($text, $name) = @_;
    return $text if !defined $text || ref $text;
    return $text =~ s/\{\}/$name/gr =~ s/\{upper\}/\U$name/gr;
}

sub attempt {
    my ($what, $name, $version, $wanted, $request, $fields, %option) = @_;
    $what = "$version, $name: $what";
    my %request = map { $_ => fill($request->{$_}, $name) } keys %{$request || {}};
    $request{headers} = [map { fill($_, $name) } @{$fields || []}];
    my $got = try_http2($what, 'www.example.test', \%request, %option,
        tls => {version => $version});
    return grep({ $got eq $_ } split / or /, $wanted) ? () : "$what: $got, not $wanted";
}

for my $version (qw(TLSv1.2 TLSv1.3)) {
    for my $name (qw(partner.example.test admin.example.test)) {
        my @common = ($name, $version);
        none_wrong([map { attempt(":authority $_->[0]", @common, $_->[1],
                    {authority => $_->[0]}) } @authorities],
            "I10 $version: ways to write $name");
        none_wrong([map { attempt("Host $_->[0]", @common, $_->[1], {}, [host => $_->[0]]) }
                @authorities],
            "I10 $version: ways to write $name in Host");
        none_wrong([map { attempt($_->[0], @common, $_->[3], $_->[1], $_->[2]) } @requests],
            "I10 $version: requests that lead to $name");
        for my $case (@frames) {
            my ($what, $wanted, $send) = @$case;
            none_wrong([attempt($what, @common, $wanted, undef, undef,
                        send => sub { $send->($_[0], $name) })],
                "I10 $version: $name, $what");
        }
    }
    none_wrong([map { attempt(":authority $_->[0]", '-', $version, $_->[1],
                {authority => $_->[0]}) } @other_authorities],
        "I10 $version: names in other letters, and addresses");
}

# HTTP/2 that did not begin with ALPN, but with Upgrade.
{
    my $http1 = h1($server->port('around'), 'www.example.test', alpn => ['http/1.1']);
    my ($status, $connection) = Aty::H2->upgrade($http1, 'www.example.test', 'h2',
        'partner.example.test', 'admin.example.test', 'static.example.test');
    is($status, 101, 'Upgrade: h2 over TLS');
    is(join(' ', map { $connection->response($_)->{status} } 1, 3, 5, 7), '200 421 421 200',
        'Upgrade: h2: each stream is judged');
    watch('Upgrade: h2', $_->{body}) for values %{$connection->{streams}};
}

# Server push and early hints (103) are for names of the connection alone, and nobody gets
# them for a forbidden one.
for my $push (1, 0) {
    my $connection = h2($server->port('around'), 'www.example.test', settings => {2 => $push});
    my $what = 'clients that take ' . ($push ? 'pushes' : 'none');
    my $response = $connection->get('www.example.test', '/early/');
    is_deeply($response->{interim}, [103], "$what: early hints of www");
    my $refused = $connection->get('partner.example.test', '/early/');
    is($refused->{status}, 421, "$what: 421 for the forbidden vhost");
    is($refused->{interim}, undef, "$what: without early hints of it");
    $connection->barrier;
    my @promised = map { "$_->{':authority'}$_->{':path'}" }
        grep { $_ } map { $_->{promised} } values %{$connection->{streams}};
    is_deeply(\@promised, [$push ? 'www.example.test/pushed.txt' : ()],
        "$what: pushed is what www has");
    watch($what, $_->{body}) for values %{$connection->{streams}};
}

finish_around();
