#!/usr/bin/perl
# `authorityc probe` as a command: what it takes, what it prints, when it ends. The servers
# are probe/answers.mjs; each answer of JSON is asked once more by the curl command beside it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use IPC::Open2 qw(open2);
use JSON::PP qw(decode_json);
use List::Util qw(max);
use Outcome;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $place = abs_path(tempdir('probe-XXXXXX', DIR => out(), CLEANUP => 1));
my $FAST = 1000;      # requests a second, where time is not asked about
my @NAMES = qw(www.a.test api.a.test admin.a.test);

write_file("$place/certificates", "#: certs/a.pem a.test *.a.test\n#: certs/b.pem a.test *.a.test\n",
    "#: certs/c.pem c.test\n");
system('test/make-certificates', "$place/certificates") == 0 or die "no certificates\n";
my $pid = open2(my $told, my $stop, 'node', 'test/probe/answers.mjs',
    (map { ("$place/certs/$_.pem", "$place/certs/$_.key") } qw(a b)), "$place/certs/test-ca.pem");
my %port;
while (my $line = readline $told) {
    last if $line eq "ready\n";
    my ($name, $port) = split ' ', $line;
    $port{$name} = $port;
}

sub probe {
    my (@words) = @_;
    return outcome($place, $program, 'probe', @words);
}

sub at { return map { ('--connect', "127.0.0.1:$port{$_}") } @_ }
sub names { return ('--rate', $FAST, '--names', join ',', @NAMES) }

# The answer of a probe with --json, and its exit code.
sub asked {
    my (@words) = @_;
    my ($code, $output, $errors) = probe('--json', @words);
    my $answer = eval { decode_json($output) };
    ok($answer, "JSON of @words") or diag("$output$errors");
    return ($answer // {}, $code);
}

sub faults_of {
    my ($answer) = @_;
    return join ' ', map { $_->{fault} } @{$answer->{faults}};
}

# Wrong words.
write_file("$place/site.policy", <<'POLICY');
SSLCertificateFile certs/a.pem
<VirtualHost 192.0.2.1:443>
    ServerName www.a.test
</VirtualHost>
<VirtualHost 192.0.2.1:443>
    ServerName api.a.test
</VirtualHost>
POLICY
write_file("$place/two.policy", slurp("$place/site.policy"), <<'POLICY');
<VirtualHost 192.0.2.2:443>
    ServerName two.a.test
</VirtualHost>
POLICY
write_file("$place/wrong.policy", "ServerNaem x\n");
my @connect = ('--connect', '127.0.0.1:1');
for my $case (
    [2, qr/^usage: authorityc probe/],
    [2, qr/^usage: authorityc probe/, @connect],
    [2, qr/^usage: authorityc probe/, @connect, 'site.policy', 'two.policy'],
    [2, qr/^usage: authorityc probe/, '--names', 'a.test', 'site.policy'],
    [2, qr/unrecognized option '--cnonect'/, '--cnonect', 'a:1', 'site.policy'],
    [2, qr/say what to ask: --connect HOST:PORT, or --dns/, 'site.policy'],
    [2, qr/--connect and --dns exclude each other/, @connect, '--dns', 'site.policy'],
    [2, qr/--connect takes HOST:PORT .* not 'a:b'/, '--connect', 'a:b', 'site.policy'],
    [2, qr/--connect takes .* not 'a:65536'/, '--connect', 'a:65536', 'site.policy'],
    [2, qr/--connect takes .* not 'a b:1'/, '--connect', 'a b:1', 'site.policy'],
    [2, qr/--connect takes .* not '\[::1\]x'/, '--connect', '[::1]x', 'site.policy'],
    [2, qr/--connect takes .* not '\[1::g\]:1'/, '--connect', '[1::g]:1', 'site.policy'],
    [2, qr/no vhost is declared for 2001:db8::1, port 9;/, '--connect', '[2001:DB8:0::1]:9', 'two.policy'],
    [2, qr/--connect takes .* not nothing/, '--connect', ',', 'site.policy'],
    [2, qr/--names takes host names, not 'a_\/b'/, '--names', 'a_/b'],
    [2, qr/--names takes host names, not '192\.0\.2\.1'/, '--names', '192.0.2.1'],
    [2, qr/--names takes host names, not nothing/, '--names', ','],
    [2, qr/need a policy/, '--names', 'a.test', '--dns'],
    [2, qr/need a policy/, '--names', 'a.test', '--server', 'httpd'],
    [2, qr/--port is for --names/, @connect, '--port', '1', 'site.policy'],
    [2, qr/--port takes a number from 1 to 65535, not '0'/, '--names', 'a.test', '--port', '0'],
    [2, qr/--rate takes a number from 1 to 100000, not '-1'/, @connect, '--rate', '-1', 'site.policy'],
    [2, qr/--timeout takes a number from 1 to 600, not '1s'/, @connect, '--timeout', '1s', 'site.policy'],
    [2, qr/--path begins with '\/', not 'x'/, @connect, '--path', 'x', 'site.policy'],
    [2, qr/--path begins with '\/'/, @connect, '--path', "/ HTTP/1.1\r\nX: y", 'site.policy'],
    [2, qr/--vhost-header takes the name of a header/, @connect, '--vhost-header', 'a:', 'site.policy'],
    [2, qr/--server is 'authority', 'httpd' or 'other', not 'nginx'/, @connect, '--server', 'nginx', 'site.policy'],
    [2, qr/--client-cert and --key belong together/, @connect, '--key', 'x', 'site.policy'],
    [2, qr/missing\.pem/, @connect, '--ca', 'missing.pem', 'site.policy'],
    [2, qr/cannot read 'missing'/, @connect, 'missing'],
    [1, qr/wrong\.policy:1:1: error: unknown directive/, @connect, 'wrong.policy'],
    [2, qr/no vhost is declared for 127\.0\.0\.1, port 1; .*: 192\.0\.2\.1:443, 192\.0\.2\.2:443/,
        @connect, 'two.policy'],
    [2, qr/'192\.0\.2\.3:443' of --address; declared are/, @connect, '--address', '192.0.2.3:443', 'two.policy'],
    [2, qr/'nowhere\.invalid' leads nowhere/, '--connect', 'nowhere.invalid:443', 'site.policy'],
    [2, qr/none of the names leads anywhere/, '--names', 'nowhere.invalid'],
) {
    my ($expected, $message, @words) = @$case;
    my ($code, $output, $errors) = probe(@words);
    is($code, $expected, "probe @words: exit code");
    like($errors, $message, '... and why');
}
my ($helped, $help) = probe('--help');
is($helped, 0, '--help');
like($help, qr/^usage: authorityc probe.*^exit status: 0 /ms, '... says how to use it');

# Names without a policy: what is answered, and what follows.
my ($code, $text) = probe(names(), at('split'));
is($code, 0, 'names: exit code');
my ($answers) = $text =~ /^answers:.*\n(.*(?:\n .*)*)/m;
is($answers =~ s/ +/ /gr, " 1 2 3\n 1 200 200 421\n 2 200 200 421\n 3 421 421 200", 'names: answers');
my $flat = $text =~ s/\n +/ /gr;
like($flat, qr/1 for 3: Not & here Ask again\. 2 for 3/, 'names: what a 421 says');
like($flat, qr/covers 1, 2, 3, .*, no client certificate wanted, ORIGIN https:\/\/www\.a\.test/,
    'names: what a handshake shows');
like($flat, qr/admin\.a\.test: on connections for api\.a\.test and www\.a\.test browsers that do not honour ORIGIN \(Chromium, Safari\) send its requests, get a 421/,
    'names: what browsers make of it that do not honour ORIGIN');
like($flat, qr/www\.a\.test: on connections for admin\.a\.test browsers send its requests, get a 421/,
    '... and what all make of it');
like($flat, qr/www\.a\.test: on connections for api\.a\.test browsers send its requests as well, and are answered/,
    '... and where it is well');
my ($answer, $json_code) = asked(names(), at('split'));
is($json_code, 0, 'names, JSON: exit code');
my %coalesces = map { my $sni = $_->{sni}; map { ("$sni $_->{authority}" => $_->{coalesces}) }
    @{$_->{requests}} } @{$answer->{connections}};
is($coalesces{'www.a.test www.a.test'}, 'own', 'coalesces: its own');
is($coalesces{'api.a.test www.a.test'}, 'yes', 'coalesces: listed');
is($coalesces{'www.a.test api.a.test'}, 'not-listed', 'coalesces: not listed');

# Each answer, asked once more by curl.
for my $connection (@{$answer->{connections}}) {
    for my $request (@{$connection->{requests}}) {
        my $said = qx($request->{curl} 2>&1);
        is($said, "$request->{status}\n", "curl: $connection->{sni} for $request->{authority}")
            or diag($request->{curl});
    }
}
my ($row) = $text =~ /^  (for host in .*api\.a\.test:$port{split}:.*)/m;
is(qx($row 2>&1), "200\n200\n421\n", 'the command for a row');

# HTTP/1.1, and a server that has nothing else: a closed connection is followed by another.
my ($old) = asked(names(), at('old'));
my ($http1) = asked(names(), '--http1', at('split'));
for my $named (['HTTP/1.1 only', $old], ['--http1', $http1]) {
    my ($what, $of) = @$named;
    is(join(' ', map { map { $_->{status} // '-' } @{$_->{requests}} } @{$of->{connections}}),
        '200 200 421 200 200 421 421 421 200', "$what: answers");
    is($of->{connections}[0]{alpn}, 'http/1.1', "$what: ALPN");
    is($of->{connections}[0]{requests}[2]{coalesces}, 'http1', "$what: no browser coalesces");
}

# A server that wants a client certificate says so when it ends the connection.
for my $server (qw(staff oldstaff)) {
    ($code, $text) = probe('--rate', $FAST, '--names', join(',', @NAMES, 'a.test'), at($server));
    my $flat = $text =~ s/\n +/ /gr;
    my @told = $flat =~ /client certificate wanted, no ORIGIN frame; the server demands a client certificate \(TLS alert 'certificate required'\); --client-cert gives it one/g;
    is(scalar @told, 4, "$server: each name's connection says why it ended") or diag($text);
    unlike($text, qr/given up/, '... and is no reason to give up the address');
}

# A name that leads somewhere by itself.
my ($local, $local_code) = asked('--names', 'localhost', '--port', $port{open});
is($local_code, 1, 'localhost: exit code');
is(faults_of($local), 'wrong-certificate', 'localhost: the certificate is not for it');
is($local->{connections}[0]{address}, '127.0.0.1', 'localhost: where it leads');

# A policy, against servers that do what it says, and that do not.
my $admin = <<'POLICY';
<VirtualHost 192.0.2.1:443>
    ServerName admin.a.test
    SSLVerifyClient require
    SSLCACertificateFile certs/a.pem
</VirtualHost>
POLICY
write_file("$place/admin.policy", slurp("$place/site.policy"), $admin);
my @fast = ('--rate', $FAST);
($code, $text) = probe(@fast, at('open'), '--server', 'other', 'site.policy');
is($code, 0, 'a site as the policy says: exit code');
like($text, qr/^127\.0\.0\.1:\d+, 192\.0\.2\.1:443 of site\.policy: 4 names in handshakes, 9 requests$/m,
    '... how much was asked');
like($text, qr/^no fault$/m, '... and that all is well');
($code, $text) = probe(@fast, at('open'), '--server', 'httpd', 'admin.policy');
is($code, 1, 'a site that is open: exit code');
like($text, qr/^danger: .*\[opened\].*^danger: .*\[client-certificate-not-asked\]/ms,
    '... and what is dangerous comes first');
like($text, qr/^  admin\.a\.test asked for on a connection for www\.a\.test, 127\.0\.0\.1:$port{open}
    expected: 421, since by SNIPolicy secure mod_ssl compares what differs: client-auth,
    client-ca
    got:      200 by 'admin\.a\.test'
    written:  SSLVerifyClient none of www\.a\.test \(default\)
              <VirtualHost> of www\.a\.test \(admin\.policy:2\)
              SSLVerifyClient require of admin\.a\.test \(admin\.policy:10\)
              SSLCACertificateFile certs\/a\.pem of admin\.a\.test \(admin\.policy:11\)$/m, '... with its lines');
my ($opened) = asked(@fast, at('open'), 'admin.policy');
my ($fault) = grep { $_->{fault} eq 'opened' && $_->{authority} eq 'admin.a.test' } @{$opened->{faults}};
is($fault->{reason}, 'client-auth', 'JSON: the reason');
is($fault->{severity}, 'danger', 'JSON: the severity');
is_deeply([grep { $_ } map { $_->{place}{line} } @{$fault->{written}}], [2, 10], 'JSON: the lines');

# A required client certificate is asked for, and whether it is demanded shows in what comes
# without it.
write_file("$place/staff.policy", "SSLCertificateFile certs/a.pem\n", $admin);
write_file("$place/staff12.policy", "SSLProtocol TLSv1.2\n", slurp("$place/staff.policy"));
write_file("$place/oldstaff.policy", "Protocols http/1.1\n", slurp("$place/staff.policy"));
my @client = map { ("--$_->[0]", "certs/a.$_->[1]") } ['client-cert', 'pem'], ['key', 'key'];
for my $case (
    [0, 'staff', 'staff'],
    [0, 'oldstaff', 'oldstaff'],
    [0, 'staff12', 'tls12'],
    [1, 'staff', 'lenient'],
    [1, 'oldstaff', 'oldlenient'],
) {
    my ($is_open, $policy, $server) = @$case;
    for my $client ([], \@client) {
        my $what = "$server, " . (@$client ? 'with' : 'without') . ' a client certificate';
        my ($answer, $code) = asked(@fast, at($server), '--server', 'httpd',
            '--vhost-header', 'X-Other', @$client, "$policy.policy");
        my @found = grep { $_->{name} && $_->{name} eq 'admin.a.test' } @{$answer->{faults}};
        is($code, $is_open, "$what: exit code");
        is_deeply([map { "$_->{fault}, $_->{got}, " . join ' ', map { $_->{place}{line} } @{$_->{written}} } @found],
            $is_open ? ['client-certificate-not-asked, one is asked for, and without it comes '
                . '200, ' . ($policy eq 'staff' ? 4 : 5)] : [], "$what: what is found");
        my ($own) = grep { ($_->{sni} // '') eq 'admin.a.test' } @{$answer->{connections}};
        is($own->{anonymous} && $own->{anonymous}{status}, $is_open ? 200 : undef,
            "$what: what came without one");
    }
}

# Where one may be left out, it must not be demanded.
for my $case (['staff', 'staff'], ['oldstaff', 'oldstaff'], ['staff12', 'tls12'], ['staff', 'lenient']) {
    my ($policy, $server) = @$case;
    my $is_open = $server eq 'lenient';
    write_file("$place/may.policy", slurp("$place/$policy.policy") =~ s/require/optional/r);
    for my $client ([], \@client) {
        my ($answer, $code) = asked(@fast, at($server), '--server', 'httpd',
            '--vhost-header', 'X-Other', @$client, 'may.policy');
        my @found = grep { $_->{name} && $_->{name} eq 'admin.a.test' } @{$answer->{faults}};
        is_deeply([$code, map { "$_->{fault}, $_->{got}" } @found],
            $is_open ? [0] : [1, 'client-certificate-asked, without one the server refuses'],
            "$server for an optional one, " . (@$client ? 'with' : 'without'));
    }
}

# What is wrong between two virtual hosts is told once, however many names they have.
write_file("$place/names.policy", <<'POLICY', $admin =~ s/(?<=admin.a.test\n)/    ServerAlias root.a.test\n/r);
SSLCertificateFile certs/a.pem
<VirtualHost 192.0.2.1:443>
    ServerName www.a.test
    ServerAlias w1.a.test w2.a.test w3.a.test
</VirtualHost>
POLICY
my @open = (@fast, at('open'), '--server', 'httpd', '--vhost-header', 'X-Other', 'names.policy');
($code, $text) = probe(@open);
like($text, qr/^danger: .*\[opened\], 17 times$/m, 'two virtual hosts with names: each pair counts');
is_deeply([$text =~ /^  (\S+) asked for on a connection for (\S+),/mg],
    [qw(admin.a.test www.a.test www.a.test admin.a.test)], '... one entry for each way');
like($text =~ s/\n +/ /gr, qr/ likewise: root\.a\.test on www\.a\.test, admin\.a\.test on w1\.a\.test, .* and 2 more /,
    '... with the others in a line');
like($text, qr/^  admin\.a\.test, .*\n(?:    .*\n)+    likewise: root\.a\.test\n/m,
    '... and so for handshakes');
like($text, qr/^19 faults in 3 entries$/m, '... and the sum says so');
my ($each) = asked(@open);
is(scalar @{$each->{faults}}, 19, 'JSON has each on its own');

# An IP address is asked for, and is no SNI (RFC 6066, section 3): no pair is left out.
write_file("$place/address.policy", slurp("$place/site.policy") =~ s/(www\.a\.test\n)/$1    ServerAlias 192.0.2.1\n/r);
$text = (probe(@fast, at('open'), '--server', 'other', '--all-pairs', 'address.policy'))[1];
like($text, qr/4 names in handshakes, 11 requests$/m, 'a name that is an IP address is asked for');
unlike($text, qr/^left out/m, '... and all its pairs are asked');

# A directory whose name is no UTF-8: JSON is JSON, and its commands work.
my $latin = "m\xfcnchen % 'x'";
mkdir "$place/$latin" or die "mkdir: $!\n";
write_file("$place/$latin/site.policy", slurp("$place/site.policy") =~ s/certs/$place\/certs/r);
write_file("$place/$latin/ca.pem", slurp("$place/certs/test-ca.pem"));
my ($strange, $strange_code) = asked(@fast, at('open'), '--server', 'other',
    '--ca', "$latin/ca.pem", "$latin/site.policy");
is($strange_code, 0, 'a directory in Latin-1: exit code');
is($strange->{policy}, "m\x{fffd}nchen % 'x'/site.policy", '... its name in JSON');
is_deeply([map { scalar @{$_->{requests}} } @{$strange->{connections}}], [3, 2, 2, 2],
    '... nothing is left out');
my $again = $strange->{connections}[0]{requests}[0]{curl} // 'false';
is(qx(cd $place && $again 2>&1), "200\n", '... and curl finds it') or diag($again);
my $shown_path = (probe(@fast, at('open'), '--server', 'other', "$latin/site.policy"))[1];
like($shown_path, qr/ of m\xef\xbf\xbdnchen % 'x'\/site\.policy: /, '... and in a text');

# Without the table's certificate files.
is((outcome($place, $program, qw(compile -q site.policy -o site.table)))[0], 0, 'a table');
is((probe(@fast, at('open'), '--server', 'other', 'site.table'))[0], 0, 'a table is as good');

# Fleets.
($answer, $code) = asked(names(), '--each-address', at(qw(split alike)));
is($code, 0, 'a fleet that is alike: exit code');
is(scalar @{$answer->{connections}}, 6, '... each name on each');
($answer, $code) = asked(names(), '--each-address', '--connect',
    join ',', map {"127.0.0.1:$port{$_}"} qw(split open alike));
is($code, 1, 'a fleet with one that is open: exit code');
is_deeply([sort keys %{{map { ("$_->{fault} $_->{port}" => 1) } @{$answer->{faults}}}}],
    ["fleet-differs $port{open}"], '... which one it is');
($answer) = asked(names(), '--each-address', at(qw(split alike renewed)));
is_deeply([map { "$_->{name} $_->{port}" } @{$answer->{faults}}],
    [map {"$_ $port{renewed}"} @NAMES], 'a fleet with one renewed certificate');
like($answer->{faults}[0]{got}, qr/fingerprint [0-9a-f]{64}/, '... by its fingerprint');
($answer) = asked(names(), at(qw(split renewed)));
is(faults_of($answer), '', 'without --each-address nothing is held against each other');

# What the servers were asked, since the last time this was looked at.
sub asked_of {
    my ($server, $marker) = @_;
    my @lines;
    qx(curl -sk -o /dev/null https://127.0.0.1:$port{$server}/ -H 'Host: $marker');
    while (my $line = readline $told) {
        last if $line =~ / GET \Q$marker\E$/;
        push @lines, [split ' ', $line];
    }
    return grep { $_->[1] eq $server && $_->[2] ne '-' } @lines;
}

# The rate: connections and requests together, in any second.
asked_of('split', 'begin.test');
my $began = time;
probe('--rate', 10, at('split'), '--names', join ',', @NAMES);
my $took = time - $began;
my @times = map { $_->[0] } asked_of('split', 'end.test');
is(scalar @times, 16, 'three connections, nine requests, and four for what a 421 says');
cmp_ok($took, '>', (@times - 3) / 10, 'the rate is kept on the whole');
my $most = max(map { my $from = $_; scalar grep { $_ >= $from && $_ < $from + 1000 } @times } @times);
cmp_ok($most, '<=', 14, '... and in every second');

# A signal, when the server has seen something of the probe: what is known so far.
sub interrupted {
    my ($ready, @words) = @_;
    my $output = "$place/interrupted";
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        chdir $place;
        open STDOUT, '>', $output or die "$output: $!\n";
        exec $program, 'probe', @words or POSIX::_exit(127);
    }
    $ready->();
    kill INT => $child;
    my $signalled = time;
    waitpid $child, 0;
    return ($? & 127 ? "signal $?" : $? >> 8, slurp($output), time - $signalled);
}

# Waits for a first answer of the server; what was asked before is of no interest.
sub first_answer {
    asked_of('split', 'before.test');
    return sub {
        1 while (readline($told) // die "the server is gone\n") !~ / HEAD /;
        sleep 0.5;
    };
}

my @slowly = ('--rate', 5, at('split'), '--names', join ',', @NAMES);
my ($ended, $known, $late) = interrupted(first_answer(), @slowly);
is($ended, 1, 'SIGINT: exit code');
like($known, qr/^interrupted: this is from [12] of 3 connections and [1-8] of 9 requests$/m,
    '... how far it came');
like($known, qr/^   1  200/m, '... and what is known');
cmp_ok($late, '<', 5, '... soon');
($ended, $known) = interrupted(first_answer(), '--json', @slowly);
my $part = decode_json($known);
ok($part->{interrupted}, 'SIGINT: JSON says so');
ok(!$part->{fine}, '... and not that all is fine');
my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die "socket: $!\n";
($ended, $known, $late) = interrupted(sub { IO::Select->new($silent)->can_read(60) },
    '--timeout', 60, '--connect', '127.0.0.1:' . $silent->sockport, 'site.policy');
is($ended, 2, 'SIGINT where nothing answers: exit code') or diag($known);
cmp_ok($late, '<', 5, '... soon');

# Which virtual host has answered is known by a header.
($code, $text) = probe(@fast, at('open'), '--server', 'other', '--vhost-header', 'X-Other', 'site.policy');
is($code, 0, 'no header names the virtual host: exit code');
like($text, qr/^not known: which virtual host answers, since no answer has the header X-Other$/m,
    '... and it is told');

# A server that is not there.
my $free = $silent->sockport;
close $silent;
($code, $text) = probe('--connect', "127.0.0.1:$free", 'site.policy');
is($code, 1, 'nobody listens: exit code');
is(() = $text =~ /\[unreachable\]/g, 1, '... told once');

# Progress, on a terminal alone.
local $ENV{TERM} = 'xterm';
my $shown = qx(script -qec "$program probe --rate 50 --names @{[join ',', @NAMES]} --connect 127.0.0.1:$port{split}" /dev/null </dev/null);
like($shown, qr/\r\e\[Kauthorityc: \d+ of 12 connections and requests\r\e\[K/, 'a terminal sees how far it is');
unlike((probe(names(), at('split')))[2], qr/\e/, 'a pipe does not');

close $stop;
waitpid $pid, 0;
done_testing();
