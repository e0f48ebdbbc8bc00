# I10: the many ways to write a host, and the connections without a name.

use Aty::Test;

my @protocols = var('mpm') eq 'prefork' ? ('HTTP/1.1') : ('HTTP/1.1', 'h2');

sub client {
    my ($protocol, $sni, %option) = @_;
    return $protocol eq 'h2' ? h2('site', $sni, %option) : h1('site', $sni, %option);
}

# SNI, host => outcome. A status alone: httpd answers before any vhost is asked.
my @cases = (
    ['www.example.test', 'STATIC.Example.TEST',        'shared'],
    ['www.example.test', 'static.example.test.',       'shared'],
    ['www.example.test', 'static.example.test:443',    'shared'],
    ['www.example.test', 'static.example.test:9',      'shared'],
    ['www.example.test', 'WWW.example.test.:443',      'same'],
    ['www.example.test', 'ADMIN.EXAMPLE.test',         'misdirected client-auth'],
    ['www.example.test', 'admin.example.test.',        'misdirected client-auth'],
    ['www.example.test', 'admin.example.test.:8443',   'misdirected client-auth'],
    ['www.example.test', 'admin.example.test:443',     'misdirected client-auth'],
    ['www.example.test', 'xn--mnchen-3ya.example.test', 'misdirected unknown-authority'],
    ['www.example.test', '127.0.0.1',                  'same'],
    ['www.example.test', '[::1]',                      'same'],
    ['www.example.test', '[::1]:443',                  'same'],
    ['www.example.test', '192.0.2.7:443',              'same'],
    ['static.example.test', '127.0.0.1',               'shared'],
    ['partner.example.test', '127.0.0.1',              'misdirected other-zone'],
    ['partner.example.test', '[2001:db8::1]',          'misdirected other-zone'],
    ['www.example.test', 'static.example.test..',      400],
    ['www.example.test', 'user@static.example.test',   400],
    ['www.example.test', 'static.example.test/x',      400],
    ['www.example.test', 'anybody.users.example.test', 'shared'],
    # Covered by no certificate: no better connection exists.
    ['www.example.test', 'a.b.c.users.example.test',   'shared'],
    ['www.example.test', 'example.users.test',         'misdirected unknown-authority'],
    ['nowhere.example.test', 'nowhere.example.test',   'misdirected unknown-authority'],
    ['nowhere.example.test', 'admin.example.test',     'misdirected client-auth'],
    ['nowhere.example.test', 'static.example.test',    'shared'],
    ['static.example.test.', 'static.example.test',    'shared'],
    ['admin.example.test.', 'admin.example.test',      'misdirected client-auth'],
    ['WWW.EXAMPLE.TEST', 'www.example.test',           'same'],
    [undef, 'www.example.test',                        'same'],
    [undef, 'static.example.test',                     'shared'],
    [undef, 'nowhere.example.test',                    'same'],
    [undef, '127.0.0.1',                               'same'],
    [undef, 'admin.example.test',                      'misdirected client-auth'],
    [undef, 'second.example.test',                     'misdirected certificate'],
);

for my $protocol (@protocols) {
    for my $case (@cases) {
        my ($sni, $host, $wanted) = @$case;
        my $what = "I10 $protocol: " . ($sni // 'no SNI') . " asked for $host";
        my $connection = client($protocol, $sni);
        if ($wanted =~ /\A\d+\z/) {
            my $response = $connection->get($host);
            my $refused = ($response->{status} || 0) == $wanted || defined $response->{rst};
            ok($refused, "$what: refused by httpd itself");
            next;
        }
        is(verdict($connection, $host), $wanted, $what);
    }
}

for my $protocol (@protocols) {
    my $response = client($protocol, 'late.example.test')->get('late.users.example.test');
    is_deeply($response->{headers}{'x-vhost'}, ['users'],
        "I11 $protocol: an earlier wildcard beats a later name, as in httpd");
    is(verdict(client($protocol, 'late.users.example.test'), 'users.example.test'), 'same',
        "I11 $protocol: for the SNI as well");
}

# Absolute-form targets: the URI's host counts, if its scheme is the connection's.
{
    my @targets = (
        ['https://static.example.test/', 'www.example.test',    'shared'],
        ['https://admin.example.test/',  'www.example.test',    'misdirected client-auth'],
        ['https://ADMIN.example.test:8/', 'www.example.test',   'misdirected client-auth'],
        ['https://www.example.test/',    'admin.example.test',  'same'],
        ['https://nowhere.example.test/', 'www.example.test',   'misdirected unknown-authority'],
    );
    for my $case (@targets) {
        my ($target, $host, $wanted) = @$case;
        my $id = Aty::Test::id();
        h1('site', 'www.example.test')->get($host, $target, headers => ["X-Id: $id"]);
        my $line = logged($id);
        my $got = join ' ', grep { $_ ne '-' } @$line{qw(verdict reason)};
        is($got, $wanted, "I10 HTTP/1.1: GET $target with Host: $host");
    }
}

# Requests without a host.
{
    my $id = Aty::Test::id();
    my $response = h1('site', undef)->get(undef, '/', version => 'HTTP/1.0',
        headers => ["X-Id: $id"]);
    is($response->{status}, 200, 'HTTP/1.0 without Host, no SNI: the default vhost answers');
    is(logged($id)->{verdict}, 'same', 'HTTP/1.0 without Host, no SNI: same');

    is(h1('site', 'admin.example.test', staff => 1)
            ->get(undef, '/', version => 'HTTP/1.0')->{status},
        421, 'HTTP/1.0 without Host on a connection that the default vhost shares not');

    announce(qr/AH02031: Hostname www\.example\.test provided via SNI, but no hostname/);
    is(h1('site', 'www.example.test')->get(undef, '/', version => 'HTTP/1.0')->{status}, 400,
        'HTTP/1.0 without Host, with SNI: still what mod_ssl says');

    is(h1('site', 'www.example.test')->get(undef, '/')->{status}, 400,
        'HTTP/1.1 without Host: still what httpd says');
}

# HTTP/2: pseudo headers against fields.
if ($protocols[-1] eq 'h2') {
    my $connection = h2('site', 'www.example.test');
    is(verdict($connection, 'static.example.test'), 'shared', 'h2: :authority');
    my %of = (
        'h2: :authority beats Host' =>
            [{authority => 'static.example.test'}, ['host' => 'admin.example.test'], 'shared'],
        'h2: and the other way' =>
            [{authority => 'admin.example.test'}, ['host' => 'static.example.test'],
            'misdirected client-auth'],
        'h2: Host alone' => [{}, ['host' => 'admin.example.test'], 'misdirected client-auth'],
        'h2: :scheme http on TLS is no way around' =>
            [{authority => 'admin.example.test', scheme => 'http'}, [],
            'misdirected client-auth'],
    );
    for my $what (sort keys %of) {
        my ($pseudo, $fields, $wanted) = @{$of{$what}};
        my $id = Aty::Test::id();
        $connection->response($connection->request(%$pseudo,
            headers => ['x-id' => $id, @$fields]));
        my $line = logged($id, undef, $connection);
        is(join(' ', grep { $_ ne '-' } @$line{qw(verdict reason)}), $wanted, $what);
    }
    my $response = $connection->response($connection->request(
        authority => 'admin.example.test', method => 'CONNECT', path => undef,
        scheme => undef));
    isnt($response->{status} // 0, 200, 'h2: CONNECT opens nothing');
    is($connection->get('www.example.test')->{status}, 200, 'h2: the connection goes on');
}

finish();
