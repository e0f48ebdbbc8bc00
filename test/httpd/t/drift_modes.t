# AuthorityDrift: what becomes of a server that is not what its table says.

use Aty::Drift;
use Aty::Test;

my $h2 = var('mpm') ne 'prefork';

my $alias = aliases('static', 'img.example.test pic.example.test new.example.test');
my $drift = {quarantined => {'static.example.test' => 1}};
my $fact  = qr/ATY104: vhost 'static\.example\.test' .*names: httpd has 'new\.example\.test', the table has not \(site\.policy:\d+\); /;

sub with { return "AuthorityDrift $_[0]\n" . $_[1] }

sub pairs_are {
    my ($server, $what, $drifted) = @_;
    for my $http1 ($h2 ? (0, 1) : 1) {
        my $found = $server->outcomes($drifted, http1 => $http1);
        none_wrong($found->{wrong},
            "$what: $found->{asked} pairs over " . ($http1 ? 'HTTP/1.1' : 'h2'));
    }
}

# refuse: not at the start, and never at a restart.
{
    my $server = Aty::Drift->new('drift-refuse');
    my $good = with('refuse', base_text());
    my $bad = $alias->($good);
    $server->compile($good);
    $server->configure($bad);

    my ($status, $output, @lines) = $server->run('-t');
    is($status, 0, 'refuse: httpd -t is content, since it sets up no TLS') or diag($output);
    like($output, qr/^Syntax OK$/m, 'refuse: and says so');
    is_deeply([grep { /ATY/ } $output, @lines], [], 'refuse: and nothing else');

    ($status, $output, @lines) = $server->run('-DFOREGROUND');
    is($status, 1, 'refuse: the first start fails');
    is(scalar(grep { /\[authority:error\].*$fact/ } @lines), 1, 'refuse: with the line that says why');
    is(scalar(grep { /\[authority:error\].*ATY104: .*AuthorityDrift refuse/ } @lines), 1,
        'refuse: and one with the directive');
    is(scalar(grep { /ATY/ && Aty::Log::is_serious($_) } @lines), 2, 'refuse: and no other');
    is(scalar(grep { /resuming normal operations/ } @lines), 0, 'refuse: it has not served');

    $server->configure($good);
    is_deeply([$server->start], [], 'refuse: a server that agrees starts');
    pairs_are($server, 'refuse, agreeing', {});
    $server->configure($bad);
    @lines = $server->restart;
    is(scalar @lines, 1, 'refuse: a graceful restart goes on, with one line');
    like($lines[0], qr/\[authority:error\].*${fact}it is quarantined/, 'refuse: as quarantine has it');
    ok($server->httpd->alive, 'refuse: the parent lives');
    pairs_are($server, 'refuse, at a restart', $drift);

    $server->configure($good);
    is_deeply([$server->restart], [], 'refuse: healed');
    pairs_are($server, 'refuse, healed', {});
    $server->httpd->stop;

    $server->configure(without_vhost('users')->($good));
    ($status, $output, @lines) = $server->run('-DFOREGROUND');
    is($status, 1, 'refuse: a vhost that is gone is drift as well');
    is(scalar(grep { /ATY104: vhost 'users\..* is not there/ } @lines), 1, 'refuse: with its line');

    # The table says nothing of it that could be wrong.
    $server->configure($good . <<'END');
<VirtualHost 127.0.0.1:@drift_one_port@>
    ServerName further.example.test
    SSLEngine  on
</VirtualHost>
END
    @lines = $server->start;
    is(scalar(grep { /ATY102: vhost 'further\./ } @lines), 1, 'refuse: a vhost more is no drift');
    is(scalar @lines, 1, 'refuse: and it starts');
    $server->httpd->log->announce(qr/AH00020: Configuration Failed, exiting/);
    $server->httpd->stop;
}

# ignore: told, and nothing else.
{
    my $server = Aty::Drift->new('drift-ignore');
    $server->compile(base_text());
    $server->files({'pair.pem' => 'pair-fewer.pem', 'pair.key' => 'pair-fewer.key'});
    $server->configure(with('ignore', base_text()));
    my @lines = $server->start;
    is(scalar @lines, 2, 'ignore: a line for each of two at the first start');
    like($_, qr/\[authority:warn\].*ATY104: .*certificate: the table has .*; nothing is done about it \(AuthorityDrift ignore\)/,
        'ignore: a warning that says so') for @lines;
    pairs_are($server, 'ignore', {});

    # What httpd no longer has, and what only httpd has.
    $server->files({});
    $server->configure(without_vhost('users')->(aliases('static', 'img.example.test')->(
        with('ignore', base_text()))));
    @lines = $server->restart;
    is(scalar @lines, 2, 'ignore: a line for each of two at a restart');
    like($lines[0], qr/\[authority:warn\].*ATY104: vhost 'static\..*'pic\.example\.test'/,
        'ignore: an alias');
    like($lines[1], qr/\[authority:warn\].*ATY104: vhost 'users\..*nothing is done about it/,
        'ignore: a vhost');
    if ($h2) {
        my $connection = h2($server->httpd->port('drift_one'), 'www.example.test');
        $connection->barrier;
        is(scalar(grep { /\b(?:pic|users)\.example/ } $connection->origins), 2,
            'ignore: the ORIGIN frame is the one of the table');
    }
    $server->httpd->stop;
}

# A log is not filled.
{
    my $server = Aty::Drift->new('drift-many');
    my $many = sub { join '', map { <<"END" } 1 .. 25 };
<VirtualHost 127.0.0.1:\@drift_two_port\@>
    ServerName  many-$_.example.test
    ServerAlias other-$_.example.test $_[0]
    SSLEngine   on
</VirtualHost>
END
    $server->compile(base_text() . $many->(''));
    $server->configure(base_text() . $many->('more.example.test'));
    my @lines = $server->start;
    is(scalar(grep { /ATY104: vhost 'many-\d+\.example/ } @lines), 20, '25 drifted vhosts: 20 lines');
    is(scalar(grep { /\[authority:error\].*ATY104: 5 more vhosts/ } @lines), 1,
        'and one with the number of the others');
    is(scalar @lines, 21, 'and no more');
    $server->configure(base_text());
    @lines = $server->restart;
    is(scalar(grep { /ATY104: vhost 'many-\d+\.example/ } @lines), 20, '25 vhosts gone: 20 lines');
    is(scalar(grep { /ATY104: 5 more vhosts/ } @lines), 1, 'and one with the number of the others');
    $server->compile(base_text());
    $server->configure(base_text() . $many->(''));
    @lines = $server->restart;
    is(scalar(grep { /ATY102: vhost 'many-\d+\.example/ } @lines), 20, '25 vhosts added: 20 lines');
    is(scalar(grep { /ATY102: 5 more vhosts/ } @lines), 1, 'and one with the number of the others');
    $server->httpd->stop;
}

# Where and with what it can stand.
{
    my $server = Aty::Drift->new('drift-words');
    $server->compile(base_text());
    for my $word (qw(quarantine refuse ignore Quarantine IGNORE)) {
        $server->configure(with($word, base_text()));
        is(($server->run('-t'))[0], 0, "AuthorityDrift $word");
    }
    for my $case (
        ['AuthorityDrift maybe', qr/AuthorityDrift: unknown argument 'maybe'; expected quarantine, refuse or ignore/],
        ['AuthorityDrift', qr/AuthorityDrift takes one argument/],
        ['AuthorityDrift ignore refuse', qr/AuthorityDrift takes one argument/],
    ) {
        my ($line, $message) = @$case;
        $server->configure("$line\n" . base_text());
        my ($status, $output) = $server->run('-t');
        is($status, 1, "$line: refused by httpd -t");
        like($output, $message, "$line: with a message");
    }
    $server->configure(added('static', 'AuthorityDrift ignore')->(base_text()));
    my ($status, $output) = $server->run('-t');
    is($status, 1, 'AuthorityDrift in a vhost: refused by httpd -t');
    like($output, qr/AuthorityDrift (?:cannot|not)/, 'AuthorityDrift in a vhost: with a message');
}

finish();
