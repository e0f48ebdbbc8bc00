# A 421 ends one stream and nothing else.

use Aty::Test;

needs_h2();

my $BIG    = 400_000;    # bytes of big.txt
my $WINDOW = 0x4;        # SETTINGS_INITIAL_WINDOW_SIZE

{
    my $connection = h2('site', 'www.example.test', hold => 1,
        settings => {$WINDOW => 2000});
    my $slow = $connection->request(authority => 'www.example.test', path => '/big.txt');
    is($connection->status($slow), 200, 'a response begins on one stream');
    for my $name (qw(admin partner second nowhere)) {
        is($connection->get("$name.example.test")->{status}, 421,
            "421 for $name on another stream, while the first waits for its window");
    }
    ok(!$connection->{streams}{$slow}{done}, 'the first stream is still under way');
    $connection->release($slow);
    my $response = $connection->response($slow);
    is(length $response->{body}, $BIG, 'the first stream completes');
    ok(!defined $response->{rst}, 'and was not reset');
    is($connection->get('static.example.test')->{status}, 200, 'the connection goes on');
    is($connection->goaway, undef, 'no GOAWAY');
}

{
    my $connection = h2('site', 'www.example.test');
    my $upload = $connection->request(authority => 'static.example.test', method => 'POST',
        open => 1, path => '/index.html');
    $connection->send_data($upload, 'x' x 1000);
    is($connection->get('admin.example.test')->{status}, 421, '421 while a body is sent');
    $connection->send_data($upload, 'x' x 1000, 1);
    is($connection->response($upload)->{status}, 200, 'the request with the body completes');
}

# Good and misdirected requests mixed, many at a time.
{
    my $connection = h2('site', 'www.example.test');
    my @names = qw(static admin img second users partner web nowhere);
    for my $round (1 .. 5) {
        my %stream;
        for my $i (0 .. 39) {
            my $authority = "$names[$i % @names].example.test";
            $stream{$connection->request(authority => $authority)} = $authority;
        }
        my @wrong;
        for my $stream (sort { $a <=> $b } keys %stream) {
            my $wanted = $stream{$stream} =~ /^(?:admin|second|partner|nowhere)/ ? 421 : 200;
            my $status = $connection->response($stream)->{status} // 'none';
            push @wrong, "$stream{$stream}: $status" if $status != $wanted;
        }
        none_wrong(\@wrong, "forty streams at a time, half of them misdirected ($round)");
    }
    is($connection->goaway, undef, 'no GOAWAY after a hundred 421s');
}

# A client that retries on the same connection, as some do for ever.
{
    my $connection = h2('site', 'www.example.test');
    my %status;
    $status{$connection->get('admin.example.test')->{status}}++ for 1 .. 200;
    is_deeply(\%status, {421 => 200}, '200 times the same 421');
    is($connection->get('www.example.test')->{status}, 200, 'and then a good one');
}

finish();
