package Restarts::Process;

# What /proc says of an httpd: the memory of its parent, its descriptors, its children.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(MEASURES measure processes);

# What is measured of a parent. rss, pss, private, anonymous and mapped (the address space)
# are KiB; anonymous is all that was allocated, whether children share it or not.
use constant MEASURES => qw(rss pss private anonymous mapped mappings descriptors);

sub measure {
    my ($pid) = @_;
    my %rollup = _numbers("/proc/$pid/smaps_rollup");
    my %status = _numbers("/proc/$pid/status");
    return {
        rss         => $rollup{Rss},
        pss         => $rollup{Pss},
        private     => $rollup{Private_Clean} + $rollup{Private_Dirty},
        anonymous   => $rollup{Anonymous},
        mapped      => $status{VmSize},
        mappings    => scalar _lines("/proc/$pid/maps"),
        descriptors => scalar(() = glob "/proc/$pid/fd/*"),
    };
}

sub _lines {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    my @lines = <$file>;
    return @lines;
}

sub _numbers {
    my ($path) = @_;
    return map { /\A(\w+):\s+(\d+) kB/ ? ($1 => $2) : () } _lines($path);
}

# The processes of a session, as "STATE PID"; zombies are among them.
sub processes {
    my ($session) = @_;
    my @found;
    for my $path (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $path or next;
        my ($pid, $state, $of) = (<$file> // '') =~ /\A(\d+) \(.*\) (\S) \d+ \d+ (\d+)/s or next;
        push @found, "$state $pid" if $of == $session;
    }
    return @found;
}

1;
