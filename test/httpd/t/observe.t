# AuthorityEngine observe, for the whole server and vhost by vhost: all is decided, told in
# the environment and in the log, and nothing is changed. And off: nothing at all is said.

use Aty::Drift;
use Aty::Test;

my $h2 = var('mpm') ne 'prefork';
my @names = map { "$_.example.test" } qw(www static admin audit old users shop blog);

sub everywhere { return "AuthorityEngine $_[0]\n" . base_text() }

sub pairs_are {
    my ($server, $what, $drift) = @_;
    my $mark = $server->httpd->log->mark;
    for my $http1 ($h2 ? (0, 1) : 1) {
        my $found = $server->outcomes($drift, http1 => $http1);
        none_wrong($found->{wrong}, "$what: $found->{asked} pairs and $found->{frames} frames over "
            . ($http1 ? 'HTTP/1.1' : 'h2'));
    }
    return $server->httpd->log->lines($mark);
}

my $server = Aty::Drift->new('observe');
$server->compile(base_text());

# Everywhere.
{
    my $observe = {engine => {map { $_ => 'observe' } @names}};
    $server->configure(everywhere('observe'));
    is_deeply([$server->start], [], 'observe: it starts');
    my @lines = pairs_are($server, 'observe', $observe);
    is(scalar(grep { /ATY301/ } @lines), 0, 'observe: nobody is told to be refused');
    my @would = grep { /\[authority:info\].*ATY302: /} @lines;
    cmp_ok(scalar @would, '>', 20, 'observe: what would be refused is in the log');
    like($would[0], qr/ATY302: .*'[\w.]+\.example\.test'.*: request for '[\w.]+'.*: [a-z-]+: .*site\.policy:\d+/,
        'observe: with both names, the reason and the lines of the policy');
    cmp_ok(scalar(grep { /AH02032/ } @lines), '>', 0, 'observe: mod_ssl refuses as ever');

    # What httpd alone lets pass.
    for my $protocol ('HTTP/1.1', $h2 ? 'h2' : ()) {
        my @to = ($server->httpd->port('drift_one'), 'www.example.test');
        my $connection = $protocol eq 'h2' ? h2(@to) : h1(@to, alpn => ['http/1.1']);
        my $response = $connection->get('nowhere.example.test');
        is($response->{status}, 200, "observe, $protocol: a name of nobody is answered");
        is($connection->get('static.example.test')->{status}, 200,
            "observe, $protocol: and the connection goes on");
    }
}

# A table that is none, and one that is of another site.
{
    my $table = $server->httpd->variables->{table};
    my $good = file($table);
    Aty::Template::store($table, 'no table');
    my @lines = $server->restart;
    is(scalar(grep { /ATY101/ } @lines), 1, 'observe, no table: told');
    $server->httpd->log->announce(qr/ATY101: /);
    for my $case (['www', 'same'], ['static', 'would-421 no-table'], ['admin', 'would-421 no-table']) {
        my ($name, $wanted) = @$case;
        my @to = ($server->httpd->port('drift_one'), 'www.example.test');
        my $connection = $h2 ? h2(@to) : h1(@to, alpn => ['http/1.1']);
        is(verdict($connection, "$name.example.test", server => $server->httpd), $wanted,
            "observe, no table: $name");
        is(($h2 ? h2(@to) : h1(@to, alpn => ['http/1.1']))->get("$name.example.test")->{status},
            $name eq 'admin' ? 421 : 200, "observe, no table: $name is answered as by httpd alone");
    }
    Aty::Template::store($table, $good);

    my $drift = {
        engine      => {map { $_ => 'observe' } @names},
        quarantined => {'static.example.test' => 1},
    };
    $server->configure(aliases('static', 'img.example.test pic.example.test new.example.test')
        ->(everywhere('observe')));
    @lines = $server->restart;
    is(scalar(grep { /ATY104: vhost 'static/ } @lines), 1, 'observe, drifted: told');
    is(scalar @lines, 1, 'observe, drifted: in one line');
    pairs_are($server, 'observe, drifted', $drift);
}

# One vhost that is observed, or left alone, while the others enforce; and the other way
# round. The vhost of the request decides about 421, that of the connection about the frame.
for my $engine (qw(observe off)) {
    for my $name (qw(static admin www)) {
        $server->configure(added($name, "AuthorityEngine $engine")->(base_text()));
        is_deeply([$server->restart], [], "$name $engine: nothing is told");
        my @lines = pairs_are($server, "$name $engine",
            {engine => {"$name.example.test" => $engine}});
        my @of_name = grep { /ATY30[12]: .*\(vhost '$name\.example\.test'\)/ } @lines;
        is(scalar(grep { /ATY301/ } @of_name), 0, "$name $engine: no request for it is refused");
        is(scalar(grep { /ATY302/ } @of_name) > 0, $engine eq 'observe',
            "$name $engine: " . ($engine eq 'observe' ? 'told' : 'nothing is said'));
    }
}

{
    $server->configure(added('static', 'AuthorityEngine on')->(everywhere('observe')));
    is_deeply([$server->restart], [], 'static alone enforces: nothing is told');
    pairs_are($server, 'static alone enforces',
        {engine => {map { $_ => 'observe' } grep { !/static/ } @names}});
}

$server->httpd->log->announce(qr/AH02032: Hostname/);
finish();
