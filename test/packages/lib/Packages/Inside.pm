# Inside.pm: a room of room.sh from within: programs run in it, its httpd asked, its files
# compared. Points are printed as TAP without numbers; packages.t counts them.
package Packages::Inside;

use strict;
use warnings;

use Digest::MD5;
use Exporter qw(import);
use Fcntl qw(S_ISCHR S_ISDIR S_ISLNK S_ISREG);
use File::Find qw(find);
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(point enter run runs_well says_no apt_install ask ask_status wait_until
    write_inside read_inside snapshot changes httpd_pid watch);

my ($place, $root);

# What a command of the room sees, and nothing else of the caller's.
my @ENVIRONMENT = qw(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    HOME=/root LC_ALL=C.UTF-8 TERM=dumb DEBIAN_FRONTEND=noninteractive);

# The prototype makes a match that fails one false value, not none.
sub point($$;@) {
    my ($held, $name, @remarks) = @_;
    print $held ? 'ok' : 'not ok', " - $name\n";
    print STDERR map {"# $_\n"} map { split /\n/ } "failed: $name", @remarks if !$held;
    return $held;
}

# Goes into the room: its /proc, its loopback.
sub enter {
    ($place) = @_;
    $root = "$place/root";
    $| = 1;
    system(qw(mount -t proc proc), "$root/proc") == 0 or die "no /proc in the room\n";
    system(qw(ip link set lo up)) == 0 or die "no loopback in the room\n";
    return;
}

# Runs a line of shell in the room; its exit code, and all that it said.
sub run {
    my ($line) = @_;
    open my $pipe, '-|', 'timeout', '-k', 5, 200, 'chroot', $root, @ENVIRONMENT, 'sh', '-c',
        "exec 2>&1 </dev/null; cd /root; $line" or die "chroot: $!\n";
    local $/;
    my $said = readline($pipe) // '';
    close $pipe;
    return ($? >> 8 || $? & 127, $said);
}

sub runs_well {
    my ($line, $name) = @_;
    my ($code, $said) = run($line);
    return point($code == 0, $name // $line, "exit code $code", $said) ? $said || 'nothing' : '';
}

# A command that must fail, and what it has to say.
sub says_no {
    my ($line, $pattern, $name) = @_;
    my ($code, $said) = run($line);
    point($code != 0 && $said =~ $pattern, $name // $line, "exit code $code", $said);
    return $said;
}

sub apt_install {
    my (@words) = @_;
    return "apt-get -q -y --no-download --no-install-recommends "
        . "-o Dpkg::Use-Pty=0 install @words";
}

# A request by curl, with the options that it gets; the status, or 000 where none came.
sub ask {
    my (@options) = @_;
    my (undef, $said) = run("curl -sk -m 30 -o /dev/null -w '%{http_code}' @options");
    return $said;
}

# What the status page says of the keys, in their order.
sub ask_status {
    my (@keys) = @_;
    my (undef, $said) = run('curl -s -m 30 http://127.0.0.1/authority-status?auto');
    my %value = $said =~ /^([^:\n]+): (.*)$/mg;
    return join ' ', map { $value{$_} // 'nothing' } @keys;
}

sub wait_until {
    my ($true) = @_;
    my $end = time + 30;
    sleep 0.1 until $true->() || time > $end;
    return $true->();
}

sub write_inside {
    my ($path, $text) = @_;
    open my $file, '>', "$root$path" or die "$path: $!\n";
    print {$file} $text;
    close $file or die "$path: $!\n";
    return;
}

sub read_inside {
    my ($path) = @_;
    open my $file, '<', "$root$path" or return '';
    local $/;
    return readline $file;
}

sub httpd_pid {
    my ($pid) = read_inside('/run/apache2/apache2.pid') =~ /(\d+)/;
    return $pid // 0;
}

# Of these the package managers keep books; and what is scratch.
my $BOOKS = qr{^/(?:var/lib/(?:dpkg|apt|systemd|ucf)|var/cache|var/tmp|tmp|root|dev|proc)(?:/|$)};

# Logs and pids change by themselves: of these only whether they are there.
my $LIVELY = qr{^/(?:var/log|run)/};

# Every path that is not as on the machine below, with what it is.
sub snapshot {
    my %state;
    my $collect = sub {
        my $path = substr $File::Find::name, length "$place/upper";
        return if $path eq '' || $path =~ $BOOKS;
        my ($here, $below) = map { _state($_, $path) } $File::Find::name, $path;
        $state{$path} = $here if $here ne $below;
    };
    find({wanted => $collect, no_chdir => 1}, "$place/upper");
    return \%state;
}

sub _state {
    my ($file, $path) = @_;
    my ($mode, $device) = (lstat $file)[2, 6];
    return 'nothing' if !defined $mode || S_ISCHR($mode) && !$device;    # overlay's own mark
    return 'directory' if S_ISDIR($mode);
    return 'is there' if $path =~ $LIVELY;
    my $state = sprintf '%06o', $mode;
    return "$state " . readlink $file if S_ISLNK($mode);
    return $state if !S_ISREG($mode);
    open my $content, '<:raw', $file or die "$file: $!\n";
    return "$state " . Digest::MD5->new->addfile($content)->hexdigest;
}

# The paths that two snapshots tell apart.
sub changes {
    my ($before, $after) = @_;
    return sort grep { ($before->{$_} // '') ne ($after->{$_} // '') }
        keys %{{%{$before}, %{$after}}};
}

# Asks httpd all the time while CODE runs; returns how often, and how often in vain.
sub watch {
    my ($code) = @_;
    pipe my $counts, my $told or die "pipe: $!\n";
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        my ($end, $asked, $failed) = (0, 0, 0);
        local $SIG{TERM} = sub { $end = 1 };
        while (!$end) {
            $asked++;
            $failed++ if !_answered();
            sleep 0.02;
        }
        syswrite $told, "$asked $failed\n";
        exit 0;
    }
    $code->();
    sleep 1;
    kill TERM => $child;
    close $told;
    my ($asked, $failed) = split ' ', readline $counts;
    waitpid $child, 0;
    return ($asked, $failed);
}

sub _answered {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1:80', Timeout => 30) or return 0;
    print {$socket} "GET / HTTP/1.0\r\n\r\n";
    my $line = readline $socket;
    return defined $line && $line =~ m{^HTTP/1\.[01] 200 };
}

1;
