# Hostile.pm: starts servers that do not behave, and programs that meet them. All end with
# the test.
package Hostile;

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp qw(tempfile);
use IO::Socket::INET;
use POSIX ();
use Socket qw(SOCK_STREAM);
use Time::HiRes qw(time);

our @EXPORT = qw(hostile_servers port_of_nobody port_of_full_backlog port_of_key_updates
    begin result);

my $MOST = 60;    # seconds that a program may take
my $here = dirname(__FILE__);
my (@children, @held);

END {
    my $status = $?;
    kill TERM => @children;
    waitpid $_, 0 for @children;
    $? = $status;
}

# The servers of servers.mjs: name and port of each.
sub hostile_servers {
    my ($certificate, $key, $ca) = @_;
    pipe my $their_input, my $input or die "pipe: $!\n";
    pipe my $output, my $their_output or die "pipe: $!\n";
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        @children = ();
        open STDIN, '<&', $their_input or POSIX::_exit(127);
        open STDOUT, '>&', $their_output or POSIX::_exit(127);
        close $input;
        exec 'node', "$here/servers.mjs", $certificate, $key, $ca
            or POSIX::_exit(127);
    }
    push @children, $child;
    push @held, $input;    # they end with it
    close $their_output;
    my %port;
    while (defined(my $line = readline $output)) {
        return %port if $line eq "ready\n";
        my ($name, $port) = split ' ', $line;
        $port{$name} = $port;
    }
    die "the hostile servers do not start\n";
}

sub _listen {
    my ($backlog) = @_;
    return IO::Socket::INET->new(Listen => $backlog, LocalAddr => '127.0.0.1', Proto => 'tcp')
        || die "listen: $@\n";
}

# A port where nothing listens. It stays bound, so that nobody else gets it.
sub port_of_nobody {
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'tcp') || die "bind: $@\n";
    push @held, $socket;
    return $socket->sockport;
}

# A port whose queue is full: nobody accepts, and further connections get no answer.
sub port_of_full_backlog {
    my $server = _listen(1);
    push @held, $server;
    for (1 .. 4) {
        push @held, IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->sockport,
            Blocking => 0, Type => SOCK_STREAM) || die "connect: $@\n";
    }
    return $server->sockport;
}

# Without a connection, which such a server would take for a client.
sub _is_listening {
    my ($port) = @_;
    open my $sockets, '<', '/proc/net/tcp' or die "/proc/net/tcp: $!\n";
    my $entry = sprintf ':%04X 00000000:0000 0A', $port;
    return scalar grep { index($_, $entry) >= 0 } readline $sockets;
}

# A server of openssl that sends KeyUpdate (RFC 8446 section 4.6.3) as fast as it is told to.
sub port_of_key_updates {
    my ($certificate, $key) = @_;
    my $chosen = _listen(1);
    my $port = $chosen->sockport;
    close $chosen;
    pipe my $commands, my $input or die "pipe: $!\n";
    for my $run (
        sub {
            open STDIN, '<&', $commands or POSIX::_exit(127);
            close $input;
            exec 'openssl', 's_server', '-accept', "127.0.0.1:$port", '-cert', $certificate,
                '-key', $key, '-alpn', 'h2', '-tls1_3';
        },
        sub {
            close $commands;
            open STDOUT, '>&', $input or POSIX::_exit(127);
            exec 'yes', 'K';
        })
    {
        my $child = fork // die "fork: $!\n";
        if (!$child) {
            @children = ();
            open STDOUT, '>', '/dev/null' or POSIX::_exit(127);
            open STDERR, '>', '/dev/null' or POSIX::_exit(127);
            $run->();
            POSIX::_exit(127);
        }
        push @children, $child;
    }
    for (1 .. 100) {
        return $port if _is_listening($port);
        select undef, undef, undef, 0.05;
    }
    die "openssl s_server does not start\n";
}

# Starts a program.
sub begin {
    my ($directory, @words) = @_;
    my ($output, $errors) = (scalar tempfile(), scalar tempfile());
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        @children = ();
        open STDIN, '<', '/dev/null' or POSIX::_exit(127);
        open STDOUT, '>&', $output or POSIX::_exit(127);
        open STDERR, '>&', $errors or POSIX::_exit(127);
        chdir $directory or POSIX::_exit(127);
        exec @words or POSIX::_exit(127);
    }
    return {pid => $child, output => $output, errors => $errors, begun => time};
}

sub _slurp {
    my ($handle) = @_;
    seek $handle, 0, 0;
    local $/;
    return readline($handle) // '';
}

# Its exit code, output, errors and seconds; nothing where it has not ended. One that hangs
# is killed.
sub result {
    my ($program) = @_;
    my $seconds = time - $program->{begun};
    kill KILL => $program->{pid} if $seconds > $MOST;
    return if waitpid($program->{pid}, POSIX::WNOHANG()) == 0;
    my $code = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
    return ($code, _slurp($program->{output}), _slurp($program->{errors}),
        sprintf '%.1f', $seconds);
}

1;
