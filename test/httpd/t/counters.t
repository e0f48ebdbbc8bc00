# The counters against what clients counted: 100,000 requests of all verdicts, from several
# clients at once, over all that the MPM speaks. Not one may be missing, or too many.

use Aty::Status;
use Aty::Test;

my $CONNECTIONS = 3;    # of each client; prefork has 20 children

my $h2 = var('mpm') ne 'prefork';
# No child may be ended as a spare one, and no thread be so rare that idle connections are
# closed to have it: some would end before their time.
my $server = status_server('counters', more => $h2
    ? "StartServers 4\nMinSpareThreads 48\nMaxSpareThreads 1000" : 'MaxSpareServers 1000');
$server->log->may(qr/AH00161: /) if patience(1) > 1;    # under valgrind all children are busy
$server->start;

# One client: h2load, which takes SNI from its URI. Options: sni, authority, requests, h1.
sub start_client {
    my (%option) = @_;
    my @command = (
        'h2load', '-n', $option{requests}, '-c', $CONNECTIONS,
        '--connect-to=127.0.0.1:' . $server->port('site'),
        $option{h1} ? '--h1' : ('-m', 10),
        '-H', ":authority: $option{authority}.example.test",
        "https://$option{sni}.example.test:" . $server->port('site') . '/',
    );
    open my $output, '-|', join(' ', map { quotemeta } @command) . ' 2>&1' or die;
    return {%option, output => $output};
}

# What it says at its end: how many responses of 2xx and 4xx.
sub end_client {
    my ($client) = @_;
    my $text = do { local $/; readline $client->{output} };
    my $name = ($client->{h1} ? 'HTTP/1.1' : 'h2') . " $client->{sni} $client->{authority}";
    my %got;
    @got{qw(2xx 4xx)} = $text =~ /^status codes: (\d+) 2xx, \d+ 3xx, (\d+) 4xx/m
        or die "h2load: $text";
    is($got{'2xx'} + $got{'4xx'}, $client->{requests}, "$name: every request was answered");
    return \%got;
}

# Who asks for what, and what it counts as where it is answered so.
my @mix = (
    [qw(www www 2xx same)],
    [qw(www static 2xx shared)],
    [qw(static www 2xx shared)],
    [qw(www admin 4xx client-auth)],
    [qw(www nowhere 4xx unknown-authority)],
);

# The shares of the mix in turn. A 421 ends a connection of HTTP/1.1, so there are fewer.
my @share = $h2 ? (40_000, 20_000, 19_000, 10_000, 10_000) : (48_000, 24_000, 24_000, 2_000, 2_000);
my @h1 = $h2 ? (600, 100, 100, 100, 100) : ();

sub run_clients {
    my ($h1, @requests) = @_;
    my (%sum, @clients);
    for my $i (0 .. $#requests) {
        my ($sni, $authority, $class, $kind) = @{$mix[$i]};
        push @clients, start_client(sni => $sni, authority => $authority, class => $class,
            kind => $kind, h1 => $h1, requests => $requests[$i]);
    }
    for my $client (@clients) {
        $sum{$client->{kind}} += end_client($client)->{$client->{class}};
    }
    return \%sum;
}

my @runs = (run_clients(!$h2, @share), @h1 ? run_clients(1, @h1) : ());
my %counted;
for my $run (@runs) {
    $counted{$_} += $run->{$_} for keys %$run;
}
my $json = json_status($server);
my $requests = $json->{requests};
my $refused = $requests->{misdirected}{by_reason};
is($requests->{same}, $counted{same}, "same: $counted{same}");
is($requests->{shared}, $counted{shared}, "shared: $counted{shared}");
is($refused->{$_}, $counted{$_}, "$_: $counted{$_}") for qw(client-auth unknown-authority);
my $total = 0;
$total += $_ for values %counted;
is($total, 100_000, 'the clients had 100,000 answers of the kind that they asked for');
is($requests->{same} + $requests->{shared} + $requests->{misdirected}{total}, $total,
    'and nothing else was counted');
is($requests->{would_421}{total}, 0, 'nothing was only observed');
is($json->{origin_frames}, $CONNECTIONS * @mix, 'an ORIGIN frame for each connection over HTTP/2') if $h2;

my %pair = map { ($_->{requested} // '-') => $_->{misdirected} } @{$json->{pairs}};
is_deeply(\%pair,
    {'admin.example.test' => $counted{'client-auth'}, '-' => $counted{'unknown-authority'}},
    'the pairs have every request as well');

finish();
