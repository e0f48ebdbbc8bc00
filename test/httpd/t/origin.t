# The ORIGIN frame on the wire: where it stands, in what shape, once.

use Aty::Test;

needs_h2();

for my $version (qw(TLSv1.3 TLSv1.2)) {
    my $connection = h2('site', 'www.example.test', version => $version);
    ok($connection->barrier, "$version: the connection serves");
    my ($first, $second) = $connection->frames;
    my @origin = $connection->frames('ORIGIN');

    is($first->{type}, $Aty::H2::TYPE{SETTINGS},
        "F1 $version: SETTINGS is the first frame of the server");
    is($second->{type}, 0x0c, "O1 O17 $version: ORIGIN (0xc) follows SETTINGS directly");
    is(scalar @origin, 1, "O18 $version: it is one frame");
    is($origin[0]{stream}, 0, "O2 $version: on stream 0");
    is($origin[0]{flags},  0, "O4 $version: without flags");
    is($first->{first_record}, 0, "$version: SETTINGS begins the first TLS record");
    is($second->{last_record}, 0,
        "O17 $version: ORIGIN ends in the same TLS record as SETTINGS");
    cmp_ok(length $origin[0]{payload}, '<=', 16384,
        "F2 $version: the payload fits the initial SETTINGS_MAX_FRAME_SIZE");
    cmp_ok(length $origin[0]{payload}, '<=', 4096, "O19 $version: and the default budget");
    cmp_ok(($connection->io->records)[0], '>', 15 + 9 + length $origin[0]{payload},
        "$version: the first record holds both");
}

{
    my $connection = h2('site', 'www.example.test');
    my @streams = map { $connection->request(authority => 'static.example.test') } 1 .. 5;
    $connection->response($_) for @streams;
    $connection->barrier;
    my @types = map { $_->{type} } $connection->frames;
    my ($headers) = grep { $types[$_] == $Aty::H2::TYPE{HEADERS} } 0 .. $#types;
    my @origin = grep { $types[$_] == $Aty::H2::TYPE{ORIGIN} } 0 .. $#types;
    cmp_ok($origin[-1], '<', $headers, 'O17 F3: no ORIGIN after the first HEADERS');
    is(scalar @origin, 1, 'O9: no second frame comes later');
}

# The shape of the entries.
{
    my $connection = h2('site', 'www.example.test');
    $connection->barrier;
    my ($frame) = $connection->frames('ORIGIN');
    my @origins = $connection->origins;
    my $length = 0;
    $length += 2 + length for @origins;
    is(length $frame->{payload}, $length,
        'O1: the payload is entries of Origin-Len (two octets) and ASCII-Origin, no more');
    is_deeply([grep { !m{\Ahttps://[a-z0-9-]+(\.[a-z0-9-]+)*:[1-9][0-9]*\z} } @origins], [],
        'O6: lower-case scheme and host, port in decimal, no path, no trailing slash');
    is_deeply([grep { /[*?]/ } @origins], [], 'O7: no wildcards');
    is($origins[0], 'https://www.example.test:' . port('site'),
        'O8: the origin of the SNI stands in it, with the port of the connection');
    my %seen;
    is_deeply([grep { $seen{$_}++ } @origins], [], 'no origin twice');
}

# What the client says first does not matter, and what it may not know does it no harm.
{
    my $connection = h2('site', 'www.example.test', mute => 1);
    $connection->next_frame for 1 .. 2;
    is(scalar $connection->frames('ORIGIN'), 1,
        'O17: ORIGIN comes before the client has said anything');
    $connection->begin;
    is($connection->get('static.example.test')->{status}, 200, 'and the connection serves');
}

{
    my $connection = h2('site', 'www.example.test');
    $connection->send_frame(0x0c, 0, 0, pack('n/a*', 'https://evil.example.test'));
    $connection->send_frame(0xfa, 0, 0, 'unknown');
    is($connection->get('static.example.test')->{status}, 200,
        'F4: the server discards an ORIGIN frame and an unknown frame of the client');
}

# A small frame size of the client, and windows of nothing: ORIGIN is under neither.
{
    my $connection = h2('site', 'www.example.test', hold => 1,
        settings => {0x4 => 0, 0x5 => 16384});
    ok($connection->barrier, 'a client with closed windows');
    is(scalar $connection->origins, 7, 'O17: gets the frame all the same');
}

# 50 connections, each gets its own.
{
    my @connections = map { h2('site', 'static.example.test') } 1 .. 50;
    $_->barrier for @connections;
    my %frames;
    $frames{join ' ', $_->origins}++ for @connections;
    is_deeply([values %frames], [50], 'fifty connections at a time get the same frame');
}

finish();
