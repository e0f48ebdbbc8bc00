package Clients::Processes;

# The processes of a browser, which starts more of them by itself.

use strict;
use warnings;

use POSIX ();
use Time::HiRes qw(sleep time);

# Those that are still there: the session that a pid leads, and those that have left it, which
# have the browser's home directory in their arguments or environment.
sub of {
    my ($leader, $home) = @_;
    return grep { $_ != $$ && _belongs($_, $leader, $home) } map { m{(\d+)} } glob '/proc/[0-9]*';
}

sub _belongs {
    my ($pid, $leader, $home) = @_;
    my ($state, $session) = _slurp("/proc/$pid/stat") =~ /.*\) (\S) \S+ \S+ (\S+)/;
    return if !defined $state || $state eq 'Z';
    return $session == $leader
        || grep { index(_slurp("/proc/$pid/$_"), "$home/") >= 0 } qw(cmdline environ);
}

# Waits until none is left; ends those that still are after some seconds. The leader is a
# child of this process.
sub wait_for_end {
    my ($leader, $home) = @_;
    my $end = time + 5;
    while (waitpid($leader, POSIX::WNOHANG()) == 0 || of($leader, $home)) {
        kill KILL => of($leader, $home) if time > $end;
        sleep 0.02;
    }
}

# The text of a file, or nothing where it has gone.
sub _slurp {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return <$file> // '';
}

1;
