# A vhost that mod_md has no certificate for yet: it answers 503 behind a certificate of its
# own making, and is pending, which is no drift. The restart that brings the certificate
# makes it a vhost like any other. A server that refuses drift starts with it.

use Aty::Certificates;
use Aty::Pairs;
use Aty::Status;
use Aty::Test;
use File::Path qw(make_path);

my $h2 = var('mpm') ne 'prefork';

my $site = <<'END';
LoadModule            md_module "@libexec@/mod_md.so"
AuthorityDrift        refuse
MDStoreDir            "@root@/md"
MDRenewMode           manual
MDCertificateAgreement accepted
MDContactEmail        admin@example.test
MDomain               soon.example.test too.example.test
Protocols             h2 http/1.1
SSLVHostSNIPolicy     secure
SSLProtocol           -all +TLSv1.2 +TLSv1.3
Listen                127.0.0.1:@pending_port@

<VirtualHost 127.0.0.1:@pending_port@>
    ServerName            www.example.test
    SSLEngine             on
    SSLCertificateFile    "@certs@/wild.pem"
    SSLCertificateKeyFile "@certs@/wild.key"
</VirtualHost>

<VirtualHost 127.0.0.1:@pending_port@>
    ServerName            static.example.test
    SSLEngine             on
    SSLCertificateFile    "@certs@/wild.pem"
    SSLCertificateKeyFile "@certs@/wild.key"
</VirtualHost>

<VirtualHost 127.0.0.1:@pending_port@>
    ServerName  soon.example.test
    SSLEngine   on
</VirtualHost>

<VirtualHost 127.0.0.1:@pending_port@>
    ServerName  too.example.test
    SSLEngine   on
</VirtualHost>
END

my @names = map { "$_.example.test" } qw(www static soon too);
my $server = server('pending', 'authority.conf.in', pending_port => 0, site_text => $site);
my $root = $server->root;
my $port = $server->port('pending');
$server->configure(table => "$root/site.table");

# The certificate as mod_md has it in its store; as it is gone.
sub issue {
    my ($name) = @_;
    my $domain = "$root/md/domains/soon.example.test";
    make_path($domain);
    for (['pem', 'pubcert'], ['key', 'privkey']) {
        my ($from, $to) = @$_;
        Aty::Template::store("$domain/$to.pem", file("$root/$name.$from"));
    }
}

sub withdraw { unlink map { "$root/md/domains/soon.example.test/$_.pem" } qw(pubcert privkey) }

system('cp', var('certs') . '/ca.pem', var('certs') . '/ca.key', $root) == 0 or die;
Aty::Certificates::server($root, 'both', 'soon.example.test', 'too.example.test');
Aty::Certificates::server($root, 'both-again', 'soon.example.test', 'too.example.test');
Aty::Certificates::server($root, 'one', 'soon.example.test');

# What authorityc makes of httpd's configuration as it is now, and what it says about it.
sub import_and_compile {
    my @command = (var('authorityc'), 'import', '-f', "$root/httpd.conf", '--httpd',
        var('httpd'), '--module', var('module'), '-o', "$root/site.policy", '--', '-d', $root);
    my $output = `@{[join ' ', map { quotemeta } @command]} 2>&1`;
    die "authorityc import: $output" if $?;
    compile("$root/site.policy", "$root/site.table");
    return $output;
}

# Starts or restarts; what mod_ssl and mod_md say of the missing certificate is theirs.
sub lines_of {
    my ($how) = @_;
    my $mark = $server->log->mark;
    $server->$how or die "httpd does not serve\n";
    return $server->log->lines($mark);
}

sub is_pending {
    my ($what, @lines) = @_;
    for my $name (qw(soon too)) {
        my @said = grep { /ATY106: vhost '$name\.example\.test' \(\S+site\.conf:\d+\) is pending: / } @lines;
        is(scalar @said, 1, "$what: $name is pending");
        like($said[0] // '', qr/\[authority:info\]/, "$what: which is information");
    }
    is_deeply([grep { /ATY/ && Aty::Log::is_serious($_) } @lines], [], "$what: and nothing is wrong");
}

sub is_quiet {
    my ($what, @lines) = @_;
    is_deeply([grep { Aty::Log::is_serious($_) || /ATY106/ } grep { !/AH10034/ } @lines], [],
        "$what: nothing is told");
}

# Every pair as authorityc says; who has no certificate answers 503.
sub pairs_are {
    my ($what, %unavailable) = @_;
    my @pairs = map { my $connection = $_; map { [$connection, $_] } @names } @names;
    for my $http1 ($h2 ? (0, 1) : 1) {
        my @said = explain_pairs(\@pairs, port => $port, table => "$root/site.table",
            http1 => $http1);
        my @answers = ask_pairs(\@pairs, port => $port, server => $server, http1 => $http1,
            connect => sub { connect_to($_[0], $http1) });
        my @wrong;
        for my $i (0 .. $#pairs) {
            my $status = $said[$i]{verdict} eq 'misdirected' ? 421
                : $unavailable{$pairs[$i][0]} ? 503 : 200;
            my $wanted = "$status $said[$i]{verdict} $said[$i]{reason}";
            my $got = "$answers[$i]{status} $answers[$i]{verdict} $answers[$i]{reason}";
            push @wrong, "@{$pairs[$i]}: $got, not $wanted" if $got ne $wanted;
        }
        none_wrong(\@wrong, "$what: @{[scalar @pairs]} pairs over " . ($http1 ? 'HTTP/1.1' : 'h2'));
    }
}

# Their stopgap certificate is signed by nobody.
sub connect_to {
    my ($name, $http1) = @_;
    my @to = ($port, $name, ca => undef);
    return $http1 ? h1(@to, alpn => ['http/1.1']) : h2(@to);
}

# Names to their ORIGIN frames: undef for none.
sub frames_are {
    my ($what, %wanted) = @_;
    return if !$h2;
    for my $name (sort keys %wanted) {
        my $connection = connect_to("$name.example.test");
        $connection->barrier;
        my $got = $connection->frames('ORIGIN')
            ? join ' ', map { m{//(\w+)} ? $1 : $_ } $connection->origins : undef;
        is($got, $wanted{$name}, "$what: ORIGIN frame of $name");
    }
}

my %without = map { ("$_.example.test" => 1) } qw(soon too);

# Imported before there is a certificate.
{
    like(import_and_compile(), qr/managed domain 'soon\.example\.test' is not known \(not issued yet\)/,
        'import says that there is no certificate');
    is_pending('at first', lines_of('start'));
    pairs_are('at first', %without);
    frames_are('at first', www => 'www static', soon => undef, too => undef);
    my $status = json_status($server);
    is($status->{state}, 'attention', 'at first: the status page says so');
    is($status->{summary}, '2 vhosts wait for their certificates', 'at first: and why');
    is_deeply([map { "$_->{name} $_->{state}" } @{$status->{vhosts}{list}}],
        ['soon.example.test pending', 'too.example.test pending'], 'at first: and which');
    is_pending('restarted', lines_of('restart'));
}

# The policy as it may be written by hand: the two of the domain are meant to share.
{
    my $policy = file("$root/site.policy");
    $policy =~ s/^ *Isolate.*\n//mg or die;
    Aty::Template::store("$root/site.policy", $policy);
    compile("$root/site.policy", "$root/site.table");
    is_pending('without Isolate', lines_of('restart'));
    pairs_are('without Isolate', %without);
    frames_are('without Isolate', www => 'www static', soon => undef, too => undef);
}

# Pending is no excuse for what has drifted besides.
{
    $server->configure(site_text => $site =~ s/(ServerName +too.*\n)/$1    ServerAlias further.example.test\n/r);
    my @lines = lines_of('restart');
    is(scalar(grep { /ATY104: vhost 'too\..*httpd has 'further\.example\.test'/ } @lines), 1,
        'pending and drifted: told');
    is(scalar(grep { /ATY106: vhost 'soon\./ } @lines), 1, 'pending and drifted: of the other not');
    is(scalar(grep { /ATY104/ } @lines), 1, 'pending and drifted: in one line');
    $server->log->announce(qr/ATY104: vhost 'too\./);
    my $connection = connect_to('soon.example.test', !$h2);
    is(verdict($connection, 'too.example.test', server => $server), 'misdirected drifted',
        'pending and drifted: quarantined');
    $server->configure(site_text => $site);
}

# The certificate comes.
{
    issue('both');
    is_quiet('issued', lines_of('restart'));
    pairs_are('issued');
    import_and_compile();
    is_quiet('issued and imported', lines_of('restart'));
    pairs_are('issued and imported');
    is(json_status($server)->{state}, 'good', 'issued and imported: the status page says so');
    frames_are('issued and imported', www => 'www static', soon => 'soon too', too => 'soon too');
    issue('both-again');
    is_quiet('renewed', lines_of('restart'));
    frames_are('renewed', soon => 'soon too', too => 'soon too');
}

# It loses a name, and is withdrawn: the table still has it.
{
    issue('one');
    my @lines = lines_of('restart');
    is(scalar(grep { /ATY104: vhost '(?:soon|too)\..*'too\.example\.test'/ } @lines), 2,
        'renewed with fewer names: told of both');
    $server->log->announce(qr/ATY104: vhost 'soon\./);
    frames_are('renewed with fewer names', www => 'www static', soon => 'soon', too => 'soon');

    withdraw();
    is_pending('withdrawn', lines_of('restart'));
    frames_are('withdrawn', www => 'www static', soon => undef, too => undef);
    pairs_are('withdrawn', %without);
}

$server->log->announce(qr/AH10085: .* will respond with '503 Service Unavailable' for now/);
$server->log->announce(qr/AH01909: too\.example\.test.* does NOT include an ID which matches/);
finish();
