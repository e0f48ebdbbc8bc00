#!/usr/bin/perl
# What the tests of httpd take for a fault in its error log: every line of level warn or worse
# that nobody announced, but not what stock httpd itself says as its children end.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/$_" } qw(lib httpd/lib);
use Aty::Log;
use File::Temp qw(tempdir);
use Outcome qw(write_file);
use Test::More;

my $path = tempdir(CLEANUP => 1) . '/error_log';

sub line {
    my ($module, $text) = @_;
    return "[Mon Nov 23 01:28:40.452919 2026] [$module] [pid 23780:tid 23803] $text\n";
}

sub faults_are {
    my ($count, $what, @lines) = @_;
    write_file($path, @lines);
    my @faults = Aty::Log->new($path)->faults;
    is(scalar @faults, $count, $what) or diag(@faults);
    return;
}

my $closed = line('mpm_event:error',
    '(9)Bad file descriptor: AH03093: process_socket: apr_pollset_add failure for keep alive');
my $full = line('mpm_event:error',
    '(28)No space left on device: AH03093: process_socket: apr_pollset_add failure for keep alive');
my $slow = line('core:warn',
    'AH00045: child process 9145 still did not exit, sending a SIGTERM');
my $killed = line('core:error',
    'AH00046: child process 9145 still did not exit, sending a SIGKILL');
my $crash = line('core:notice',
    'AH00052: child pid 9145 exit signal Segmentation fault (11)');
my $served = line('authority:info',
    'ATY301: misdirected on a connection of www') =~ s/23780/23790/r;
my $ours = line('authority:warn', 'ATY104: a vhost differs from the table');

for my $end (line('mpm_event:notice', 'AH00491: caught SIGTERM, shutting down'),
    line('mpm_worker:notice', 'AH00295: caught SIGTERM, shutting down'),
    line('mpm_event:notice', 'AH00494: SIGHUP received.  Attempting to restart'))
{
    my ($what) = $end =~ /(AH\d+)/;
    faults_are(0, "$what: nothing but the end", $end);
    faults_are(0, "$what: a socket was closed for the end, a child was slow", $closed, $slow, $end);
    faults_are(1, "$what: a socket was closed after the last end", $end, $closed);
    faults_are(1, "$what: a child was slow after it", $end, $slow);
    faults_are(1, "$what: a pollset fails for another reason", $full, $end);
    faults_are(1, "$what: a child had to be killed", $slow, $killed, $end);
    faults_are(0, "$what: children crash as they end", $crash, $closed, $crash, $end);
    faults_are(1, "$what: one crashes before", $crash, $served, $end);
    faults_are(1, "$what: one crashes after it", $end, $crash);
    faults_are(1, "$what: a line of ours before it", $ours, $closed, $end);
}
faults_are(2, 'neither is expected of a server that goes on', $closed, $slow);
faults_are(1, 'a line that has no level', "double free or corruption\n");
done_testing();
