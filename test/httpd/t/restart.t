# Graceful restarts: a server that has served is never ended by a bad table, and never
# opened; a good one heals it. What was begun ends under the table it began with (I13).

use Aty::Test;

my $h2 = var('mpm') ne 'prefork';
my $server = server('restart', 'authority.conf.in');
compile_for($server);
my $table = $server->variables->{table};
my $good = file($table);
$server->start;
$server->log->announce(qr/ATY102: .*stranger\.example\.test/);

# Asks once for each of: own vhost, a vhost that shares, one that does not.
sub ask {
    my ($protocol) = @_;
    my $new = sub {
        return $protocol eq 'h2' ? h2($server->port('site'), 'www.example.test')
            : h1($server->port('site'), 'www.example.test', alpn => ['http/1.1']);
    };
    return join ', ', map { verdict($new->(), "$_.example.test", server => $server) }
        qw(www static admin);
}

sub origins {
    my $connection = h2($server->port('site'), 'www.example.test');
    $connection->barrier;
    return scalar $connection->frames('ORIGIN');
}

sub all_is {
    my ($what, $wanted, $frames) = @_;
    is(ask($_), $wanted, "$what: $_") for 'HTTP/1.1', $h2 ? 'h2' : ();
    is(origins(), $frames, "$what: $frames ORIGIN frames") if $h2;
}

my $open   = 'same, shared, misdirected client-auth';
my $closed = 'same, misdirected no-table, misdirected no-table';

all_is('at first', $open, 1);

my @bad = (
    ['a wrong octet', sub { substr(my $bytes = $good, 500, 1, 'X'); $bytes }],
    ['half a table',  sub { substr $good, 0, length($good) / 2 }],
    ['nothing',       sub { undef }],
    ['another file',  sub { "# not a table\n" }],
);
for my $case (@bad) {
    my ($what, $bytes) = @$case;
    $bytes = $bytes->();
    my $mark = $server->log->mark;
    $server->log->announce(qr/ATY101: /);

    # Half a request to a vhost that shares, under the good table.
    my $old = h1($server->port('site'), 'www.example.test', alpn => ['http/1.1']);
    $old->io->write("GET / HTTP/1.1\r\nHost: static.example.test\r\n");

    unlink $table;
    replace($bytes) if defined $bytes;
    ok($server->restart, "$what: the server goes on after a graceful restart");
    ok($server->alive, "$what: its parent lives");
    my @lines = grep { /ATY101/ } $server->log->lines($mark);
    is(scalar @lines, 1, "$what: one error line");
    like($lines[0] // '', qr/\[authority:error\].*\Q$table\E/, "$what: with the file");
    all_is($what, $closed, 0);

    $old->io->write("\r\n");
    is($old->response->{status}, 200, "I13 $what: an old connection keeps the old table");

    $mark = $server->log->mark;
    replace($good);
    ok($server->restart, "$what: the next good restart");
    is(scalar(grep { /ATY101/ } $server->log->lines($mark)), 0, "$what: without an error");
    all_is("$what, healed", $open, 1);
}

# A table overwritten in place does nothing until the restart.
{
    open my $file, '+<:raw', $table or die;
    print {$file} 'X' x length $good;
    close $file;
    all_is('overwritten under a running server', $open, 1);
    replace($good);
}

# Another policy: static leaves the group.
{
    my $policy = file(var('top_dir') . '/policy/site.policy.in');
    $policy =~ s/^( *ServerName *static\.example\.test\n)/$1    Zone elsewhere\n/m or die;
    my $held = $h2 && h2($server->port('site'), 'www.example.test', hold => 1);
    my $slow = $held && $held->request(authority => 'static.example.test', path => '/big.txt');
    is($held->status($slow), 200, 'I13 O9: a response that begins before a restart') if $h2;
    compile_for($server, $policy);
    ok($server->restart, 'another policy, by a graceful restart');
    all_is('another policy', 'same, misdirected other-zone, misdirected client-auth', 1);
    if ($h2) {
        $held->release($slow);
        is(length $held->response($slow)->{body}, 400_000, 'I13 O9: completes after it');
        my $connection = h2($server->port('site'), 'www.example.test');
        $connection->barrier;
        is_deeply([grep { /static|img/ } $connection->origins], [],
            'O9: new connections are told the shorter list');
    }
}

# The module comes back at another address of memory: what the process remembers of it must
# not lie in the old one.
{
    compile_for($server);
    my $conf = file($server->root . '/httpd.conf');
    my ($modules) = file(var('modules')) =~ m{ (\S+)/mod_ssl\.so$}m or die;
    my $more = join '', map { "LoadModule ${_}_module $modules/mod_$_.so\n" }
        qw(dav dav_fs cache cache_disk session dbd);
    for my $round (1 .. 4) {
        Aty::Template::store($server->root . '/httpd.conf', $round % 2 ? $more . $conf : $conf);
        ok($server->restart, "other modules before it, restart $round");
    }
    ok($server->alive, 'other modules before it: the parent lives');
    all_is('other modules before it', $open, 1);
}

# Without AuthorityTable the module does nothing.
{
    compile_for($server);
    my $conf = file($server->root . '/httpd.conf');
    $conf =~ s/^AuthorityTable .*\n//m or die;
    Aty::Template::store($server->root . '/httpd.conf', $conf);
    ok($server->restart, 'no AuthorityTable');
    # Its ErrorDocument runs inside the misdirected vhost then, and wants a certificate.
    $server->log->announce(qr/AH02032: |AH10158: |SSL Library Error: .*extension not received/);
    my $id = Aty::Test::id();
    is(h1($server->port('site'), 'www.example.test')
            ->get('admin.example.test', '/', headers => ["X-Id: $id"])->{status},
        421, 'no AuthorityTable: mod_ssl is by itself');
    is(logged($id, $server)->{verdict}, '-', 'no AuthorityTable: nothing is judged');
    is(origins(), 0, 'no AuthorityTable: no ORIGIN frame') if $h2;
}

# As administrators do it: beside, then renamed.
sub replace {
    my ($bytes) = @_;
    Aty::Template::store("$table.new", $bytes);
    rename "$table.new", $table or die;
}

finish();
