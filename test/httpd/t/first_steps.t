# authority.conf, the configuration to begin with: it looks on, keeps its log, and has a
# status page; the lines that it tells to take out turn the module on.

use Aty::Test;

my $h2 = var('mpm') ne 'prefork';
my $server = server('first-steps', 'first_steps.conf.in');
compile_for($server);
$server->start;
$server->log->announce(qr/ATY102: .*stranger\.example\.test/);

sub client {
    return $h2 ? h2($server->port('site'), 'www.example.test')
        : h1($server->port('site'), 'www.example.test', alpn => ['http/1.1']);
}

sub authority_lines {
    return grep { /\]/ } split /\n/, file($server->root . '/logs/authority.log');
}

{
    # Behind it mod_ssl refuses admin, and only then its ErrorDocument wants a certificate.
    $server->log->announce(qr/AH02032: |AH10158: |SSL Library Error: .*extension not received/);
    is(verdict(client(), 'admin.example.test', server => $server),
        'would-421 client-auth', 'step 1: what would be refused is called so');
    is(verdict(client(), 'partner.example.test', server => $server),
        'would-421 other-zone', 'step 1: also where httpd answers');
    is(verdict(client(), 'static.example.test', server => $server), 'shared',
        'step 1: what is shared as ever');
    if ($h2) {
        my $connection = client();
        is($connection->get('partner.example.test')->{status}, 200,
            'step 1: nobody is refused');
        $connection->barrier;
        is(scalar $connection->frames('ORIGIN'), 0, 'step 1: and nobody is told');
    }
    my @lines = authority_lines();
    ok(@lines >= 2, 'step 1: the log has what would be refused');
    is_deeply([grep { !/\] www\.example\.test \S+\.example\.test would-421 [a-z0-9-]+ \d{3} / } @lines],
        [], 'step 1: connection, authority, verdict, reason and status, and nothing else');
    ok(defined $server->log->wait_for(qr/ATY302: .*partner\.example\.test/, 0),
        'step 1: and the error log the lines of the policy');
}

# The page is for this machine, in clear text as well.
for my $query ('', '?auto', '?json', '?prometheus') {
    my $page = h1($server->port('clear'), undef, clear => 1)
        ->get('www.example.test', "/authority-status$query");
    is($page->{status}, 200, "the status page answers $query");
}

{
    my $conf = file(var('first_steps'));
    $conf =~ s/^ *AuthorityEngine observe\n//m or die;
    my $own = $server->root . '/authority.conf';
    Aty::Template::store($own, $conf);
    $server->configure(first_steps => $own);
    ok($server->restart, 'step 3: the line is taken out');
    is(verdict(client(), 'partner.example.test', server => $server),
        'misdirected other-zone', 'step 3: and the module is on');
    my $refused = qr/ misdirected other-zone 421 /;
    # After the suite's own log, which `verdict` has read.
    ok(eventually(20, sub { (reverse authority_lines())[0] =~ $refused }),
        'step 3: the log goes on');
}

finish();
