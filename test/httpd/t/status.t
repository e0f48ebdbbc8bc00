# The status page: what it tells of servers that are well, closed, drifted or observing, in
# all its formats; and that nothing a client sends gets out of its place.

use Aty::Status;
use Aty::Test;

my @formats = ('', 'auto', 'json', 'prometheus');

# Requests on one connection of the vhost, over HTTP/1.1 as far as it lasts.
sub ask {
    my ($server, $sni, @authorities) = @_;
    for my $authority (@authorities) {
        h1($server->port('site'), $sni, alpn => ['http/1.1'])->get($authority);
    }
}

# Every sample, by "name{labels}", as Prometheus' own parser for Python reads them.
sub samples {
    my ($server) = @_;
    my $file = $server->root . '/metrics';
    Aty::Template::store($file, page($server, 'prometheus')->{body});
    Aty::Template::store("$file.py", <<'PYTHON');
import sys
from prometheus_client.parser import text_string_to_metric_families
for family in text_string_to_metric_families(open(sys.argv[1], encoding="utf-8").read()):
    assert family.documentation, family.name
    assert family.type in ("gauge", "counter"), family.name
    for sample in family.samples:
        assert sample.name.startswith("authority_"), sample.name
        assert sample.name.endswith("_total") == (family.type == "counter"), sample.name
        labels = ",".join(k + "=" + v for k, v in sorted(sample.labels.items()))
        print("%s{%s} %d" % (sample.name, labels, sample.value))
PYTHON
    my @lines = `python3 \Q$file\E.py \Q$file\E 2>&1`;
    is($?, 0, 'Prometheus reads the metrics') or diag(@lines);
    my %samples = map { /\A(.*) (\d+)\Z/ ? ($1, $2) : () } @lines;
    is(scalar keys %samples, scalar @lines, 'and no sample stands there twice');
    return \%samples;
}

# What all formats must agree in.
sub agrees {
    my ($server, $what) = @_;
    my $json = json_status($server);
    my $auto = auto_status($server);
    my $samples = samples($server);
    my $html = page($server)->{body};
    my $requests = $json->{requests};
    is($auto->{AuthorityState}, $json->{state}, "$what: ?auto has the state");
    is($samples->{"authority_state{state=$json->{state}}"}, 1, "$what: so has ?prometheus");
    like($html, qr{<p class="state $json->{state}"><b>$json->{state}</b> }, "$what: so has HTML");
    is($auto->{AuthoritySummary}, $json->{summary}, "$what: ?auto has the summary");
    is($auto->{AuthorityTableId}, $json->{table}{sha256}, "$what: ?auto has the id");
    for my $reason (sort keys %{$requests->{misdirected}{by_reason}}) {
        for ([misdirected => 'misdirected', 'Misdirected'], [would_421 => 'would-421', 'Would421']) {
            my ($key, $label, $word) = @$_;
            my $number = $requests->{$key}{by_reason}{$reason};
            is($samples->{"authority_requests_total{reason=$reason,verdict=$label}"}, $number,
                "$what: $label, $reason: ?prometheus has $number")
                if $number;
            is($auto->{"Authority$word-$reason"}, $number, "$what: ?auto too") if $number;
        }
    }
    for my $verdict (qw(same shared)) {
        is($samples->{"authority_requests_total{reason=,verdict=$verdict}"},
            $requests->{$verdict}, "$what: $verdict requests in ?prometheus");
        is($auto->{'Authority' . ucfirst $verdict}, $requests->{$verdict}, "$what: in ?auto");
        like($html, qr{>$verdict</th>.*>$requests->{$verdict}</td>}, "$what: in HTML");
    }
    is($samples->{"authority_vhosts{state=$_}"}, $json->{vhosts}{$_}, "$what: vhosts $_")
        for qw(agrees unknown drifted pending missing);
    well_formed($html, $what);
    return $json;
}

# Whether every element that is opened is closed, in the right order.
sub well_formed {
    my ($html, $what) = @_;
    my @open;
    $html =~ s{<style>.*?</style>}{}s or die;
    while ($html =~ m{<(/?)(\w+)[^<>]*>}g) {
        my ($end, $name) = ($1, $2);
        next if $name =~ /\A(?:meta|br)\z/;
        push @open, $name and next if !$end;
        return fail("$what: </$name> closes <$open[-1]>") if pop @open ne $name;
    }
    is("@open", '', "$what: every element of the page is closed");
}

my $good = status_server('status-good', more => 'AuthorityDrift refuse');
$good->start;

{
    my %type = (
        ''         => 'text/html; charset=utf-8',
        auto       => 'text/plain; charset=utf-8',
        json       => 'application/json',
        prometheus => 'text/plain; version=0.0.4; charset=utf-8',
    );
    for my $format (@formats) {
        my $response = page($good, $format);
        is($response->{status}, 200, "'$format': 200");
        is($response->{headers}{'content-type'}[0], $type{$format}, "'$format': its type");
        is($response->{headers}{'cache-control'}[0], 'no-store', "'$format': not to be kept");
        my $head = page($good, $format, method => 'HEAD');
        is($head->{status}, 200, "'$format': HEAD");
        is($head->{body}, '', "'$format': without a body");
        is($head->{headers}{'content-type'}[0], $type{$format}, "'$format': the same type");
    }
    for my $query (qw(xml AUTO auto&refresh=5 json=1 %6ason), '<script>') {
        my $response = page($good, $query);
        is($response->{status}, 400, "?$query: 400");
        like($response->{body}, qr/\?auto .*\?json .*\?prometheus /s, "?$query: what there is");
        unlike($response->{body}, qr/script/, "?$query: not what was sent");
        is($response->{headers}{'content-type'}[0], 'text/plain; charset=utf-8',
            "?$query: as text");
    }
    is(page($good, '', method => $_)->{status}, 405, "$_: 405") for qw(POST PUT DELETE);
    like(page($good, '', method => 'POST')->{headers}{allow}[0], qr/\bGET\b/, '405: Allow');
    is(page($good, '', method => 'OPTIONS')->{status}, 200, 'OPTIONS: answered by httpd');
}

{
    my $json = agrees($good, 'before any request');
    is($json->{state}, 'good', 'all is well');
    is($json->{summary}, 'all 3 vhosts are what the table says', 'and it says so');
    is($json->{drift}, 'refuse', 'AuthorityDrift');
    is_deeply($json->{engine}, {on => 3, observe => 0, off => 0}, 'AuthorityEngine');
    is($json->{table}{path}, $good->root . '/site.table', 'the path of the table');
    my $bytes = file($json->{table}{path});
    is($json->{table}{sha256}, unpack('H*', substr $bytes, -32), 'its id is the SHA-256 in it');
    is($json->{table}{$_}, {vhosts => 3, names => 4, groups => 2}->{$_}, "its $_")
        for qw(vhosts names groups);
    is($json->{table}{sni_policy}, 'secure', 'its SNIPolicy');
    like($json->{table}{$_}, qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\z/, "when it was $_")
        for qw(written loaded);
    is($json->{connections}, 0, 'no connection yet');
    is_deeply($json->{pairs}, [], 'no pair yet');
}

{
    ask($good, 'www.example.test', 'www.example.test', ('static.example.test') x 2,
        ('admin.example.test') x 3, map { "n$_.example.test" } 1 .. 4);
    ask($good, undef, 'x.users.example.test', 'y.users.example.test');
    ask($good, 'static.example.test', 'admin.example.test');
    my $json = agrees($good, 'after some requests');
    is($json->{requests}{same}, 1, 'same');
    is($json->{requests}{shared}, 4, 'shared');
    is($json->{requests}{misdirected}{total}, 8, 'misdirected');
    is($json->{requests}{misdirected}{by_reason}{'client-auth'}, 4, 'by reason');
    is($json->{requests}{misdirected}{by_reason}{'unknown-authority'}, 4, 'and the other');
    is($json->{connections}, 13, 'connections');
    my @pairs = map { {%$_, last => !!$_->{last}} } @{$json->{pairs}};
    my %common = (sni => JSON::PP::true, would_421 => 0, last => !!1);
    is_deeply(\@pairs, [
        {%common, connection => 'www.example.test', requested => undef,
            example => 'n1.example.test', reason => 'unknown-authority', misdirected => 4},
        {%common, connection => 'www.example.test', requested => 'admin.example.test',
            example => 'admin.example.test', reason => 'client-auth', misdirected => 3},
        {%common, connection => 'static.example.test', requested => 'admin.example.test',
            example => 'admin.example.test', reason => 'client-auth', misdirected => 1},
    ], 'the pairs, most first; names that no vhost has are one');
    if (var('mpm') ne 'prefork') {
        h2($good->port('site'), 'www.example.test')->barrier;
        is(json_status($good)->{origin_frames}, 1, 'an ORIGIN frame is counted');
    }
}

{
    my $before = json_status($good);
    my $connection = h1($good->port('site'), 'www.example.test', alpn => ['http/1.1']);
    ok($good->restart, 'a graceful restart');
    $connection->get('www.example.test');
    my $after = json_status($good);
    is($after->{requests}{same}, $before->{requests}{same} + 1,
        'the counters go on, also for a child that is from before it');
    is_deeply($after->{requests}{misdirected}, $before->{requests}{misdirected}, 'all of them');
    is_deeply($after->{pairs}, $before->{pairs}, 'and the pairs');
}

{
    my $auto = auto_status($good, target => '/status');
    is($auto->{AuthorityState}, 'good', "mod_status' ?auto has the state");
    is($auto->{AuthorityMisdirected}, 8, 'and the counters');
    my $html = page($good, '', target => '/status')->{body};
    like($html, qr{<h2>mod_authority</h2>.*State: good.*8 misdirected}s, 'its page has a section');
    ask($good, 'www.example.test', 'www.example.test');
    is(h1($good->port('site'), 'www.example.test', alpn => ['http/1.1'])
            ->get('www.example.test', '/authority?json')->{status},
        200, 'it is served over TLS as well');
    if (var('mpm') ne 'prefork') {
        my $response = h2($good->port('site'), 'www.example.test')
            ->get('www.example.test', '/authority');
        like($response->{body}, qr{</html>\n\z}, 'and over HTTP/2');
    }
}

# Closed.
{
    my $table = $good->variables->{table};
    my $bytes = file($table);
    Aty::Template::store($table, substr $bytes, 0, 100);
    $good->log->announce(qr/ATY101/);
    ok($good->restart, 'a restart with half a table');
    ask($good, 'www.example.test', 'static.example.test');
    my $json = agrees($good, 'closed');
    is($json->{state}, 'bad', 'closed: bad');
    like($json->{summary}, qr/\Aclosed: .*\Q$json->{table}{failure}\E/, 'closed: why');
    is($json->{table}{usable}, JSON::PP::false, 'closed: no table');
    is($json->{table}{sha256}, undef, 'closed: so no id');
    is($json->{requests}{misdirected}{by_reason}{'no-table'}, 1, 'closed: 421 (no-table)');
    is($json->{pairs}[0]{misdirected}, 4, 'closed: older pairs are told as well');
    Aty::Template::store("$table.new", $bytes);
    rename "$table.new", $table or die;
    ok($good->restart, 'the table is back');
    is(json_status($good)->{state}, 'good', 'and all is well again');
}

# Without a table, and without any vhost that is judged.
{
    my $none = status_server('status-none', directives => '', uncompiled => 1);
    $none->start;
    ask($none, 'www.example.test', 'www.example.test');
    my $json = agrees($none, 'no table');
    is($json->{state}, 'bad', 'no table: bad');
    like($json->{summary}, qr/AuthorityTable is not set/, 'no table: why');
    is($json->{table}{path}, undef, 'no table: no path');
    is($json->{connections}, 0, 'no table: nothing is counted');

    my $off = status_server('status-off', more => 'AuthorityEngine off');
    $off->start;
    ask($off, 'www.example.test', 'www.example.test', 'static.example.test');
    $json = agrees($off, 'engine off');
    is($json->{state}, 'attention', 'engine off: attention');
    is($json->{summary}, 'AuthorityEngine is off for every vhost', 'engine off: why');
    is($json->{engine}{off}, 3, 'engine off: how many');
    is($json->{connections} + $json->{requests}{same} + $json->{requests}{shared}, 0,
        'engine off: nothing is counted');
}

# Vhosts that are not what the table says.
{
    my $differs = status_server('status-differs',
        site => vhosts(0) . Aty::Status::vhost('stranger.example.test', tls => ''),
        policy => (vhosts(1) =~ s/ServerAlias \*/ServerAlias gone.example.test */r)
            . Aty::Status::vhost('missing.example.test', policy => 1));
    $differs->log->announce(qr/ATY102: .*stranger/);
    $differs->log->announce(qr/ATY104: .*static/);
    $differs->log->announce(qr/ATY104: .*missing/);
    $differs->start;
    my $json = agrees($differs, 'drifted');
    is($json->{state}, 'attention', 'drifted: attention');
    is($json->{summary}, '1 vhost has drifted; 1 vhost of the table is missing; '
            . '1 vhost is not in the table', 'drifted: how many');
    my @list = @{$json->{vhosts}{list}};
    is_deeply([map { "$_->{name} $_->{state}" } @list],
        ['static.example.test drifted', 'missing.example.test missing',
            'stranger.example.test unknown'], 'drifted: which');
    like($list[0]{why}, qr/gone\.example\.test/, 'drifted: why');
    like($list[0]{place}, qr/site\.conf:\d+\z/, 'drifted: where');
    like($list[1]{place}, qr/site\.policy:\d+\z/, 'missing: where, in the policy');
    my $html = page($differs)->{body};
    like($html, qr/\Q$_->{name}\E/, "$_->{name} is on the page") for @list;
}

# Very many of them: a hundred are told, and how many more there are.
{
    my $many = status_server('status-many', site => vhosts(0)
            . join '', map { Aty::Status::vhost("stranger-$_.example.test", tls => '') } 1 .. 121);
    $many->log->announce(qr/ATY102/);
    $many->start;
    my $json = agrees($many, 'many');
    is($json->{summary}, '121 vhosts are not in the table', 'many: how many');
    is(scalar @{$json->{vhosts}{list}}, 100, 'many: a hundred in the list');
    is($json->{vhosts}{left_out}, 21, 'many: and how many are not');
    my $html = page($many)->{body};
    is(scalar(() = $html =~ /<td[^>]*>unknown</g), 100, 'many: likewise on the page');
    like($html, qr/and 21 more/, 'many: which says so');
}

# Observed, with what hostile clients send: nothing is refused, and each octet stays text.
{
    my @hostile = (
        [www    => q{"><svg onload=alert(1)>.example.test}],
        [static => qq{\x27\x22<b>u003c&lt;%3c\xff\xc3\xa9\xe2\x80\xae.example.test}],
        [admin  => qq{a"\tb{c="d"}.example.test}],
    );
    my $observing = status_server('status-observing');
    my $odd = $observing->root . qq{/o"\\d<\xff>.table};
    rename $observing->root . '/site.table', $odd or die;
    $observing->configure(directives => "AuthorityTable '$odd'\nAuthorityEngine observe\n"
            . 'HttpProtocolOptions Unsafe');
    $observing->log->announce(qr/AH02032: .*admin\.example\.test/);
    $observing->start;
    for my $case (@hostile) {
        my ($vhost, $authority) = @$case;
        my $connection = h1($observing->port('site'), "$vhost.example.test",
            alpn => ['http/1.1'], staff => $vhost eq 'admin');
        # mod_ssl refuses by itself what the default vhost is not fit for.
        my $status = $vhost eq 'admin' ? 421 : 200;
        is($connection->get($authority)->{status}, $status, "observed, not refused: $vhost");
    }
    my $json = agrees($observing, 'observing');
    is($json->{state}, 'attention', 'observing: attention');
    is($json->{summary}, '3 vhosts are only observed', 'observing: why');
    is($json->{requests}{would_421}{by_reason}{'unknown-authority'}, 3, 'observing: counted');
    is($json->{requests}{misdirected}{total}, 0, 'observing: nothing got 421');
    is($json->{pairs}[0]{would_421}, 1, 'observing: in the pairs too');
    is($json->{origin_frames}, 0, 'observing: no ORIGIN frames');
    is($json->{table}{path} =~ s{.*/}{}r, qq{o"\\d<\x{fffd}>.table}, 'a path is text as well');
    my %example = map { $_->{connection} => $_->{example} } @{$json->{pairs}};
    is($example{'www.example.test'}, $hostile[0][1], 'what was sent is in the JSON');
    is($example{'static.example.test'},
        qq{\x27\x22<b>u003c&lt;%3c\x{fffd}\x{e9}\x{202e}.example.test},
        'octets that are no UTF-8 are replaced');
    is($example{'admin.example.test'}, qq{a"\x{fffd}b{c="d"}.example.test},
        'so are control characters');
    my $html = page($observing)->{body};
    like($html, qr/&quot;&gt;&lt;svg onload=alert\(1\)&gt;/, 'HTML: escaped');
    unlike($html, qr/<svg|<b>u|<script|\\d</, 'HTML: no element that is not ours');
    like($html, qr/<bdi>'&quot;&lt;b&gt;u003c&amp;lt;%3c/, 'HTML: entities too');
    unlike(page($observing, 'prometheus')->{body}, qr/alert|svg|users/,
        'Prometheus: no label is of a client');
    my @control = grep { /[^\n\x20-\xff]/ } map { page($observing, $_)->{body} } @formats;
    is(scalar @control, 0, 'no control character in any format');
}

finish();
