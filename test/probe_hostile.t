#!/usr/bin/perl
# authorityc probe and servers that do not behave (probe/hostile/): of each it says in a line
# what is wrong, within its deadline, in little memory, and without a byte that a terminal
# obeys. RFC rules that they break: F1, F2, O1, O2, O4, O6, O7.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/probe/hostile";
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Hostile;
use Outcome;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use Tree;

my $SECONDS = 40;        # a probe that takes longer hangs: it waits for 2 s a few times
my $MEMORY  = 150_000;   # KiB of addresses; a probe of a server that behaves takes half

my $program = abs_path(out() . '/authorityc/authorityc');
-x $program or die "build authorityc first\n";
my $is_sanitized = `nm -D \Q$program\E` =~ /__asan_init/;    # which takes terabytes of them
my $place = tempdir('probe-hostile-XXXXXX', DIR => out(), CLEANUP => 1);
write_file("$place/certificates", "#: a.pem a.test *.a.test\n");
system('test/make-certificates', '-d', $place, "$place/certificates") == 0
    or die "no certificates\n";

my $late    = qr/within 2 s/;    # the others have more: a busy machine is no fault of theirs
my $no_http = qr/what comes after TLS is no HTTP\/2: '/;
my $broken  = qr/the server's HTTP\/2 is broken/;
my $endless = qr/the server sends without end: \d+ frames, most of them/;
my $gone    = qr/the server closed the connection|connection reset by peer/;
my $no_h1   = qr/what answers is no HTTP\/1\.1: '/;
my $no_frame = qr/which clients ignore/;
my $no_origin = qr/in an ORIGIN frame is no origin/;

# What is said of each server, whatever breaks the lines, and the exit code where it is not 1.
my %expected = (
    # TCP and TLS
    'silent'                  => qr/no answer to the TLS handshake $late/,
    'closes-at-once'          => qr/(?:$gone) during the TLS handshake/,
    'resets-at-once'          => $gone,
    'closes-in-handshake'     => qr/the server closed the connection during the TLS handshake/,
    'resets-in-handshake'     => qr/connection reset by peer during the TLS handshake/,
    'plain-http'              => qr/HTTP without TLS: 'HTTP\/1\.1 400 Bad Request/,
    'ssh'                     => qr/what answers is no TLS: 'SSH-2\.0-OpenSSH_9\.2p1/,
    'garbage'                 => qr/what answers is no TLS: '/,
    'alert-handshake-failure' => qr/TLS alert 'handshake failure'/,
    'alert-unrecognized-name' => qr/TLS alert 'unrecognized name'/,
    'alert-of-no-name'        => qr/TLS alert 'unknown'/,
    'half-a-record'           => qr/no answer to the TLS handshake $late/,
    'drips-handshake'         => qr/no answer to the TLS handshake $late/,
    'endless-hello-requests'  => qr/no answer to the TLS handshake $late/,
    'endless-warnings'        => qr/the server's TLS is broken: too many warn alerts/,
    'endless-empty-records'   => qr/the server's TLS is broken/,
    'endless-garbage'         => qr/what answers is no TLS: 'xxxx/,
    'garbage-after-tls'       => qr/the server's TLS is broken/,
    'other-protocol'          => qr/TLS alert 'no application protocol'/,
    'demands-certificate'     => [
        qr/the server demands a client certificate \(TLS alert 'certificate required'\); --client-cert/,
        0, 1],
    'demands-certificate-tls12' =>
        [qr/the server demands a client certificate .*; --client-cert/, 0, 1],
    'h1-demands-certificate' => [qr/[^o] client certificate wanted/, 0, 1],
    'proxied'      => qr/(?:$gone) during the TLS handshake/,
    'proxied-v6'   => qr/(?:$gone) during the TLS handshake/,
    'legacy-tls10' => [qr/TLSv1[^.]/, 0],

    # the beginning of HTTP/2
    'closes-after-tls'       => qr/(?:$gone) right after the TLS handshake/,
    'resets-after-tls'       => qr/(?:$gone) right after the TLS handshake/,
    'says-nothing-after-tls' => qr/no HTTP\/2 SETTINGS $late/,
    'speaks-http1'           => qr/${no_http}HTTP\/1\.1 400 Bad Request/,
    'speaks-garbage'         => $no_http,
    'begins-with-ping'       => qr/first frame is PING, not SETTINGS/,                 # F1
    'begins-with-ack'        => qr/first frame is an ACK of SETTINGS, not SETTINGS/,
    'begins-with-goaway'     => qr/the server said GOAWAY \(INADEQUATE_SECURITY\)/,
    'settings-of-5-bytes'    => qr/$broken \(FRAME_SIZE_ERROR\)/,
    'settings-too-large'     => qr/$broken \(FLOW_CONTROL_ERROR\)/,
    'drips-settings'         => qr/no HTTP\/2 SETTINGS $late/,
    'closes-after-settings'  => $gone,
    'goaway-after-settings'  => qr/GOAWAY \(ENHANCE_YOUR_CALM: 'calm .*down'\)/,

    # without end
    'endless-settings'      => qr/$endless SETTINGS/,
    'endless-ping'          => qr/$endless PING/,
    'endless-ping-ack'      => qr/$endless PING/,
    'endless-origin'        => qr/$endless ORIGIN/,
    'endless-empty-origins' => qr/$endless ORIGIN/,
    'endless-unknown'       => qr/$endless of type 0x1f/,
    'endless-priority'      => qr/$endless PRIORITY/,
    'endless-window-update' => qr/$endless WINDOW_UPDATE/,
    'endless-continuation'  => qr/CONTINUATION frames without end/,
    'endless-header'        => qr/CONTINUATION frames without end/,
    'endless-interim'       => qr/$endless HEADERS/,
    'endless-data'          => [qr/\b200\b/, 0, 1],
    'endless-empty-data'    => [qr/\b200\b/, 0, 1],
    'endless-push'          => qr/$broken \(PROTOCOL_ERROR\): PUSH_PROMISE/,
    'endless-streams'       => qr/$broken \(PROTOCOL_ERROR\): RST_STREAM/,

    # ORIGIN
    'origin-good'        => [qr/https:\/\/a\.test\b.*https:\/\/b\.test:8443/, 0, 1],
    'origin-empty'       => [qr/\b200\b/, 0, 1],
    'origin-twice'       => [qr/https:\/\/a\.test\b.*https:\/\/b\.test\b/, 0, 1],
    'origin-too-large'   => qr/\[origin-too-large\] .* a frame of 20000 bytes/,         # F2
    'origin-huge'        => qr/\[origin-too-large\] .* a frame of 16777215 bytes/,
    'origin-cut'         => qr/ORIGIN frame of 32 bytes ends inside an entry/,          # O1
    'origin-one-byte'    => qr/ORIGIN frame of 1 bytes ends inside an entry/,
    'origin-on-stream'   => qr/ORIGIN frame on stream 1, $no_frame/,                    # O2
    'origin-with-flags'  => qr/ORIGIN frame with flags \(0x01\), $no_frame/,            # O4
    'origin-with-path'   => qr/'https:\/\/a\.test\/' $no_origin/,                       # O6
    'origin-wildcard'    => qr/'https:\/\/\*\.a\.test' $no_origin/,                     # O7
    'origin-of-controls' => $no_origin,

    # answers in HTTP/2
    'never-answers'        => qr/no answer $late/,
    'closes-on-request'    => $gone,
    'resets-on-request'    => $gone,
    'goaway-on-request'    => qr/the server said GOAWAY \(NO_ERROR\)/,
    'goaway-in-the-middle' => [qr/\b200\b/, 0, 1],
    'begins-and-hangs'     => [qr/\b200\b/, 0, 1],
    'begins-and-closes'    => [qr/\b200\b/, 0, 1],
    'drips-answer'         => qr/no answer $late/,
    'no-status'            => qr/the answer is no valid HTTP\/2/,
    'bad-status'           => qr/the answer is no valid HTTP\/2/,
    'upper-case-header'    => qr/the answer is no valid HTTP\/2/,
    'controls-in-header'   => qr/the answer is no valid HTTP\/2/,
    'bad-hpack'            => qr/$broken \(COMPRESSION_ERROR\)/,
    'data-without-header'  => qr/$broken \(PROTOCOL_ERROR\): DATA/,
    'interim-and-end'      => qr/the answer is no valid HTTP\/2/,
    'header-bomb'          => qr/the header of the answer is larger than 64 KiB/,
    'no-streams-allowed'   => qr/SETTINGS_MAX_CONCURRENT_STREAMS is 0/,
    'one-stream-allowed'   => [qr/\b200\b/, 0],
    'answers-well'         => [qr/\b200\b/, 0],
    (map { ("rst-$_->[0]" => qr/RST_STREAM $_->[1]/) }
        [0, 'NO_ERROR'], [1, 'PROTOCOL_ERROR'], [2, 'INTERNAL_ERROR'],
        [3, 'FLOW_CONTROL_ERROR'], [4, 'SETTINGS_TIMEOUT'], [5, 'STREAM_CLOSED'],
        [6, 'FRAME_SIZE_ERROR'], [7, 'REFUSED_STREAM'], [8, 'CANCEL'],
        [9, 'COMPRESSION_ERROR'], [10, 'CONNECT_ERROR'], [11, 'ENHANCE_YOUR_CALM'],
        [12, 'INADEQUATE_SECURITY'], [13, 'HTTP_1_1_REQUIRED'], [99, 'code 99'],
        [4294967295, 'code 4294967295']),

    # answers in HTTP/1.1
    'h1-answers-well'          => [qr/\b200\b/, 0],
    'h1-interim'               => [qr/\b200\b/, 0],
    'h1-never-answers'         => qr/no answer $late/,
    'h1-closes'                => $gone,
    'h1-resets'                => $gone,
    'h1-garbage'               => $no_h1,
    'h1-garbage-before-request' => qr/${no_h1}220 mail\.example ESMTP/,
    'h1-no-status'             => qr/${no_h1}Server: none'/,
    'h1-status-of-letters'     => qr/${no_h1}HTTP\/1\.1 OK'/,
    'h1-status-999'            => qr/${no_h1}HTTP\/1\.1 999 Far'/,
    'h1-http09'                => qr/${no_h1}<html>hello/,
    'h1-no-colon'              => qr/a header line is none: 'this is no field'/,
    'h1-controls-in-header'    => [qr/\b200\b/, 0, 1],
    'h1-switches'              => qr/status 101, where nobody asked for it/,
    'h1-endless-status'        => qr/the header of the answer is larger than 64 KiB/,
    'h1-endless-line'          => qr/the header of the answer is larger than 64 KiB/,
    'h1-endless-fields'        => qr/the header of the answer is larger than 64 KiB/,
    'h1-endless-interim'       => qr/interim answers \(1xx\) without end/,
    'h1-drips'                 => qr/no answer $late/,
    'h1-hangs-in-header'       => qr/no answer $late/,
    'h1-closes-in-header'      => $gone,
    (map { ("h1-endless-$_" => [qr/\b200\b/, 0, 1]) }
        qw(body chunks chunk-line extensions trailers)),

    # made here
    'refused'            => [qr/connection refused/, 1, 2],
    'takes-nobody'       => [qr/no answer $late/, 1, 2],
    'endless-key-updates' => qr/$late/,
);

my %port = (
    hostile_servers("$place/a.pem", "$place/a.key", "$place/test-ca.pem"),
    'refused'             => port_of_nobody(),
    'takes-nobody'        => port_of_full_backlog(),
    'endless-key-updates' => port_of_key_updates("$place/a.pem", "$place/a.key"),
);
is_deeply([sort keys %port], [sort keys %expected], 'of each server something is expected');

sub words {
    my ($name, $seconds, @options) = @_;
    my $host = $name =~ /-v6$/ ? '[::1]' : '127.0.0.1';
    my @words = ($program, qw(probe --names a.test --connect), "$host:$port{$name}",
        '--timeout', $seconds, @options);
    return $is_sanitized ? @words : ('sh', '-c', "ulimit -v $MEMORY && exec \"\$@\"", 'sh', @words);
}

# The pattern and the exit codes.
sub expected {
    my ($name) = @_;
    return ref $expected{$name} eq 'ARRAY' ? @{$expected{$name}} : ($expected{$name}, 1);
}

# Whether a server is waited for in vain.
sub is_late {
    my ($name) = @_;
    my ($pattern, $code) = expected($name);
    return $pattern =~ /within|MAX_CONCURRENT/ || $name eq 'begins-and-hangs' ? 1 : 0;
}

sub check {
    my ($name, $code, $output, $errors, $seconds) = @_;
    my ($pattern, @codes) = expected($name);
    my $text = "$output$errors";
    my $flat = $text =~ s/\s+/ /gr;
    like($flat, $pattern, "$name: it is told") or diag($text);
    ok((grep { $code eq $_ } @codes), "$name: exit code $code") or diag($text);
    unlike($text, qr/[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/, "$name: nothing a terminal obeys");
    unlike($text, qr/Sanitizer|runtime error/, "$name: no sanitizer has anything to say");
    cmp_ok($seconds, '<', $SECONDS, "$name: $seconds s");
    return;
}

# Those that only wait all at once, then the others, which have work to do, four at a time.
my %only_waits = map { $_ => is_late($_) && !/^endless-/ ? 1 : 0 } keys %port;
my %running;
my @names = sort { $only_waits{$b} <=> $only_waits{$a} || $a cmp $b } keys %port;
while (@names || %running) {
    while (@names && ($only_waits{$names[0]} || keys %running < 4)) {
        my $name = shift @names;
        $running{$name} = begin($place, words($name, is_late($name) ? 2 : 10));
    }
    for my $name (sort keys %running) {
        my @result = result($running{$name}) or next;
        check($name, @result);
        delete $running{$name};
    }
    sleep 0.02;
}

# With what they ask for, the demanding ones are content.
for my $served (
    ['proxied',                   '--proxy-protocol'],
    ['proxied-v6',                '--proxy-protocol'],
    ['demands-certificate',       '--client-cert', 'a.pem', '--key', 'a.key'],
    ['demands-certificate-tls12', '--client-cert', 'a.pem', '--key', 'a.key'],
    ['h1-demands-certificate',    '--client-cert', 'a.pem', '--key', 'a.key'],
    )
{
    my ($name, @options) = @$served;
    my $asking = begin($place, words($name, 10, @options));
    my @result;
    sleep 0.01 until @result = result($asking);
    is($result[0], 0, "$name, @options") or diag($result[1], $result[2]);
    like($result[1], qr/\b200\b/, "$name is answered");
}

# Files that cannot be used.
for my $case (
    [qr/'none\.pem'/,                                    qw(--ca none.pem)],
    [qr/there is no PEM certificate in 'a\.key'/,         qw(--ca a.key)],
    [qr/'none\.pem'/,                                    qw(--client-cert none.pem --key a.key)],
    [qr/there is no PEM certificate .* in 'a\.key'/,      qw(--client-cert a.key --key a.key)],
    [qr/there is no PEM key .* in 'a\.pem'/,              qw(--client-cert a.pem --key a.pem)],
    [qr/the key in 'test-ca\.key': key values mismatch/,  qw(--client-cert a.pem --key test-ca.key)],
    )
{
    my ($pattern, @options) = @$case;
    my $asking = begin($place, words('answers-well', 10, @options));
    my @result;
    sleep 0.01 until @result = result($asking);
    is($result[0], 2, "@options: exit code");
    like($result[2], $pattern, "@options: it is told");
}

# A signal ends a wait at once.
my $waiting = begin($place, words('silent', 60));
sleep 1;
kill INT => $waiting->{pid};
my $signalled = time;
my @result;
sleep 0.01 until @result = result($waiting);
cmp_ok(time - $signalled, '<', 2, 'SIGINT ends a wait of a minute');
ok($result[0] eq '1' || $result[0] eq '2', "exit code $result[0]");

done_testing();
