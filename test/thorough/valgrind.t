#!/usr/bin/perl
# The module in httpd, and authorityc, under valgrind's memcheck: no error in any process,
# whoever's code it is in, and no memory lost that code of ours had asked for.
#
#   VALGRIND=all test/thorough/valgrind.t
#
# runs the whole suite under each MPM, and all tests of authorityc: more than an hour. Without,
# some files of the suite under event, and each command of authorityc.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../httpd/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use IPC::Open2 qw(open2);
use Outcome;
use Test::More;
use Tree;

use Aty::Memcheck;

my $all = ($ENV{VALGRIND} // '') eq 'all';

# What of the suite is run, by MPM.
my %SUITE = $all
    ? map { $_ => [] } qw(event worker prefork)
    : (event => [map { "t/$_.t" } qw(misdirected origin origin_lists restart status survival)]);

# The tests of authorityc, each of which starts it a hundred times and more.
my @TOOL = $all
    ? qw(diff examples golden import input json misspelt plan policies probe probe_hostile report)
    : ();

# What authorityc is asked of the sample policies, and its exit code.
my @ASKED = (
    [0, 'check cdn.policy'],
    [1, 'check --upgrade legacy-tls.policy'],
    [1, 'check broken.policy'],
    [0, 'compile hosting.policy -o hosting.table'],
    [1, 'compile broken.policy -o broken.table'],
    [0, 'dump hosting.table'],
    [0, 'dump --json balancer.policy'],
    [1, 'dump broken.policy'],
    [1, 'explain hosting.table shop.example.com blog.example.org'],
    [0, 'explain --json --pairs pairs hosting.table'],
    [0, 'explain --all www.example.com cdn.policy'],
    [0, 'explain --groups --json per-group-certificates.policy'],
    [1, 'diff wildcard.policy per-group-certificates.policy'],
    [1, 'diff --json hosting.table hosting-old.policy'],
    [1, 'plan --unify --http1 --certificates --addresses --log access.log hosting.policy'],
    [0, 'plan --json --certificates --apply -o planned.policy wildcard.policy'],
    [0, 'import --httpd HTTPD --module MODULE -f httpd.conf -o imported.policy'],
    [2, 'import --dump broken.policy'],
    [0, 'report hosting.policy -o hosting.html'],
    [0, 'probe --rate 1000 --connect 127.0.0.1:PORT --names www.a.test,api.a.test,admin.a.test'],
    [1, 'probe --rate 1000 --json --connect 127.0.0.1:1 --names a.test,b.test'],
);

my $out = abs_path(out()) or die "nothing is built; say 'make'\n";
my $program = "$out/authorityc/authorityc";
my $module = "$out/mod_authority/mod_authority.so";
my $make_certificates = abs_path('test/make-certificates');
my $suppressions = abs_path('test/httpd/valgrind.supp');

# An empty place for the logs of some processes.
sub logs {
    my ($name) = @_;
    my $logs = "$out/memcheck/logs/$name";
    remove_tree($logs);
    make_path($logs);
    chmod 01777, $logs or die "$logs: $!\n";    # some tests ask as another user
    return $logs;
}

sub judge {
    my ($logs, $name) = @_;
    my $found = Aty::Memcheck::judge($logs);
    my @faults = Aty::Memcheck::faults($found);
    ok(!@faults, "$name: " . Aty::Memcheck::summary($found)) or diag(join "\n", @faults);
    return;
}

# The sample policies with their certificates, and what the commands ask for besides.
sub make_samples {
    my $room = "$out/memcheck/samples";
    remove_tree($room);
    make_path($room);
    my @policies = files(qr{^policies/[^/]+\.policy$});
    for my $file (@policies, 'test/import/names.conf') {
        copy($file, $room) or die "$file: $!\n";
    }
    write_file("$room/names.test", "#: certs/a.pem a.test *.a.test\n");
    for my $file (map { s,.*/,,r } @policies, qw(names.conf names.test)) {
        my ($code, undef, $errors) = outcome($room, $make_certificates, $file);
        $code == 0 or die "make-certificates $file: $errors\n";
    }
    write_file("$room/broken.policy", "Listen x\n<VirtualHost\nServerName a..b\n");
    write_file("$room/pairs", "shop.example.com blog.example.org\n- nobody.test\n");
    write_file("$room/hosting-old.policy",
        slurp("$room/hosting.policy") =~ s/^(\s*Isolate ).*$/$1off/mgr);
    write_file("$room/access.log", 'shop.example.com:443 192.0.2.1 - - '
            . qq([01/Jan/2026:00:00:00 +0000] "GET / HTTP/2.0" 200 5 "-" "-"\n));
    return $room;
}

# Starts the servers of probe.t; the port of the one that keeps admins apart, and what they
# run for.
sub start_answers {
    my ($room) = @_;
    my @files = map { "$room/certs/$_" } qw(a.pem a.key a.pem a.key test-ca.pem);
    open2(my $told, my $held, 'node', 'test/probe/answers.mjs', @files);
    my $port;
    while (my $line = readline $told) {
        $port = $1 if $line =~ /^split (\d+)$/;
        return ($port, [$told, $held]) if $line eq "ready\n";
    }
    die "node test/probe/answers.mjs does not answer\n";
}

# An httpd that only reads its configuration.
sub write_httpd_conf {
    my ($room) = @_;
    my $modules = apxs('LIBEXECDIR');
    write_file("$room/httpd.conf", "ServerRoot \"$room\"\nServerName main.example.com\n",
        (map { "LoadModule ${_}_module $modules/mod_$_.so\n" }
            qw(mpm_event authz_core setenvif ssl socache_shmcb http2)),
        "DefaultRuntimeDir \"$room\"\nErrorLog \"$room/error_log\"\n",
        "Include \"$room/names.conf\"\n");
    return;
}

sub apxs {
    my ($what) = @_;
    my $apxs = $ENV{APXS} || 'apxs';
    chomp(my $answer = qx(\Q$apxs\E -q $what));
    return $answer;
}

sub test_commands {
    my $room = make_samples();
    my ($port, $servers) = start_answers($room);
    write_httpd_conf($room);
    my $logs = logs('commands');
    my $httpd = Aty::Memcheck::wrap("$room/httpd", apxs('SBINDIR') . '/' . apxs('PROGNAME'),
        $logs, $suppressions);
    my %word = (HTTPD => $httpd, MODULE => $module);
    for my $case (@ASKED) {
        my ($wanted, $words) = @{$case};
        my @words = map { $word{$_} // s/\bPORT\b/$port/r } split ' ', $words;
        my ($code, undef, $errors) =
            outcome($room, Aty::Memcheck::words($logs, $suppressions), $program, @words);
        is($code, $wanted, "authorityc $words") or diag($errors);
    }
    judge($logs, 'authorityc');
    return;
}

# A test of authorityc, with one in the place of the program that runs it under memcheck; not
# what it is between fork and exec, for httpd or openssl.
sub test_tool {
    my ($name) = @_;
    my $room = "$out/memcheck";
    my $logs = logs($name);
    make_path(map { "$room/$_" } qw(authorityc mod_authority));
    Aty::Memcheck::wrap("$room/authorityc/authorityc", $program, $logs, $suppressions,
        '--child-silent-after-fork=yes');
    copy($module, "$room/mod_authority") or die "copy: $!\n";
    my $said = qx(OUT=\Q$room\E perl test/$name.t 2>&1);
    is($?, 0, "$name: the test passes") or diag($said);
    judge($logs, $name);
    return;
}

# Files of the suite, or all of it, under an MPM.
sub test_suite {
    my ($mpm, @files) = @_;
    my $said = qx(test/httpd/run -mpm $mpm -valgrind @files 2>&1);
    is($?, 0, "the suite under $mpm passes, without errors and losses")
        or diag($said =~ s/^\[.*\bok +\d+ ms .*\n//mgr);
    like($said, qr/^run: valgrind: [1-9]\d* processes /m, "... as valgrind has it") or return;
    note $said =~ /^run: (valgrind: .*)/m;
    return;
}

test_commands();
test_tool($_) for @TOOL;
test_suite($_, @{$SUITE{$_}}) for sort keys %SUITE;
done_testing();
