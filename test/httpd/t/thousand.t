# A site of a thousand vhosts with three names each: it compiles, twice to the same bytes,
# loads, and answers.

use Aty::Pairs;
use Aty::Test;

my $COUNT = 1000;

# Every tenth wants a client certificate, every seventh is in a zone of its own kind, every
# thirteenth has no h2.
sub vhost {
    my ($i) = @_;
    return {
        names => [map { sprintf '%s%04d.example.test', $_, $i } qw(v a b)],
        staff => $i % 10 == 9,
        zone  => $i % 7 == 6,
        old   => $i % 13 == 12,
    };
}

my @vhosts = map { vhost($_) } 0 .. $COUNT - 1;
my $certs = var('certs');

sub site {
    my ($policy) = @_;
    my $text = '';
    for my $vhost (@vhosts) {
        my ($name, @aliases) = @{$vhost->{names}};
        $text .= "<VirtualHost 127.0.0.1:\@site_port\@>\nServerName $name\nServerAlias @aliases\n";
        $text .= $policy ? '' : "SSLEngine on\n";
        $text .= "SSLVerifyClient require\nSSLCACertificateFile $certs/staff-ca.pem\n"
            if $vhost->{staff};
        $text .= "Zone seventh\n" if $vhost->{zone} && $policy;
        $text .= "Protocols http/1.1\n" if $vhost->{old};
        $text .= "</VirtualHost>\n";
    }
    return $text;
}

my $common = "SSLProtocol -all +TLSv1.2 +TLSv1.3\n"
    . "SSLCertificateFile $certs/wild.pem\nSSLCertificateKeyFile $certs/wild.key\n";

my $server = server('thousand', 'authority.conf.in', site_text => "Protocols h2 http/1.1\n$common"
    . "Listen 127.0.0.1:\@site_port\@\n" . site(0));
my $output = compile_for($server, $common . site(1));
like($output, qr/\[over-budget\]/, 'the compiler says that the names are over the budget');
my $table = $server->variables->{table};
compile($server->root . '/site.policy', "$table.again");
ok(file($table) eq file("$table.again"), 'compiled twice: the same bytes');
cmp_ok(-s $table, '<', 3000 * 400, 'the table is ' . (-s $table) . ' bytes');

$server->start;
ok($server->alive, 'httpd loads it');

# Pairs drawn by a generator of fixed seed.
my $state = 20260101;
sub draw {
    my ($below) = @_;
    $state = ($state * 1103515245 + 12345) % 2**31;
    return int($state / 65536) % $below;
}

for my $http1 (0, 1) {
    next if !$http1 && var('mpm') eq 'prefork';
    my $http = $http1 ? 'HTTP/1.1' : 'h2';
    my @pairs;
    while (@pairs < 200) {
        my $vhost = $vhosts[draw($COUNT)];
        next if $vhost->{staff} || $vhost->{old} && !$http1;
        my $connection = $vhost->{names}[draw(3)];
        push @pairs, [$connection, $vhosts[draw($COUNT)]{names}[draw(3)]] for 1 .. 5;
        push @pairs, [$connection, $vhost->{names}[draw(3)]];
    }
    my @expected = explain_pairs(\@pairs, http1 => $http1, table => $table,
        port => $server->port('site'));
    my @answers = ask_pairs(\@pairs, port => $server->port('site'), http1 => $http1,
        server => $server);
    my @wrong = grep {
        my $status = $expected[$_]{verdict} eq 'misdirected' ? 421 : 200;
        "$answers[$_]{status} $answers[$_]{verdict} $answers[$_]{reason}" ne
            "$status $expected[$_]{verdict} $expected[$_]{reason}";
    } 0 .. $#pairs;
    none_wrong([map { "@{$pairs[$_]}: $answers[$_]{verdict} $answers[$_]{reason}" } @wrong],
        "$http: @{[scalar @pairs]} pairs are answered as authorityc says");
    my %verdicts;
    $verdicts{$_->{verdict}}++ for @expected;
    is(scalar keys %verdicts, 3, "$http: all three verdicts are among them");
}

if (var('mpm') ne 'prefork') {
    my $port = $server->port('site');
    my $connection = h2($port, 'v0500.example.test');
    $connection->barrier;
    my ($frame) = $connection->frames('ORIGIN');
    my @origins = $connection->origins;
    my @sharing = map { "https://$_:$port" }
        map { @{$_->{names}} } grep { !$_->{staff} && !$_->{zone} && !$_->{old} } @vhosts;
    cmp_ok(length $frame->{payload}, '<=', 4096, 'O19: the frame is within its budget');
    cmp_ok(length $frame->{payload}, '>', 4000, 'O18: and uses it');
    is_deeply(\@origins, [@sharing[0 .. $#origins]], 'O18: the first names, in file order');
    is($frame->{last_record}, 0, 'O17: in one TLS record with SETTINGS');

    my $last = h2($port, 'v0006.example.test');
    $last->barrier;
    my @seventh = map { @{$_->{names}} } grep { $_->{zone} && !$_->{staff} && !$_->{old} } @vhosts;
    my @listed = $last->origins;
    is_deeply(\@listed, [map { "https://$_:$port" } @seventh[0 .. $#listed]],
        'the frame of another group has other names');
}

# The largest frame there may be.
if (var('mpm') ne 'prefork') {
    compile_for($server, "OriginBudget 16384\n$common" . site(1));
    ok($server->restart, 'OriginBudget 16384');
    my $port = $server->port('site');
    for my $version (qw(TLSv1.2 TLSv1.3)) {
        my $connection = h2($port, 'v0500.example.test', version => $version);
        ok($connection->barrier, "F2 $version: a connection with the largest frame serves");
        my ($settings, $frame) = $connection->frames;
        is($frame->{type}, 0x0c, "O17 $version: it follows SETTINGS");
        cmp_ok(length $frame->{payload}, '<=', 16384, "F2 $version: 16,384 octets at most");
        cmp_ok(length $frame->{payload}, '>', 16300, "F2 $version: and nearly so many");
        cmp_ok(scalar $connection->origins, '>', 400, "O1 $version: all entries are whole");
        is($connection->get('v0500.example.test')->{status}, 200, "F2 $version: an answer");
    }
    my $output = `nghttp -nv -H ':authority: v0500.example.test' https://127.0.0.1:$port/ 2>&1`;
    like($output, qr/recv ORIGIN frame <length=16\d\d\d/, 'I6: nghttp reads it');
    like($output, qr/:status: 200/, 'I6: and is answered');
}

finish();
