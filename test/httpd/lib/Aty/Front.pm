package Aty::Front;

# A server of others, nginx or HAProxy, on loopback: in front of an httpd of the suite, where
# it takes requests in clear text and sends them on over TLS, or on its own. Stopped by pid.

use strict;
use warnings;

use Aty::Patience;
use Aty::Ports;
use Aty::Template;
use File::Path qw(make_path);
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep time);

my %COMMAND = (
    nginx   => sub { return ('-p', $_[0], '-e', "$_[0]/error.log", '-c', "$_[0]/proxy.conf") },
    haproxy => sub { return ('-db', '-f', "$_[0]/proxy.conf") },
);

# Where one is that build/check has unpacked below the root of the sources, or that is
# installed; undef where there is none.
sub program {
    my ($root, $kind) = @_;
    my @places = ("$root/out/proxies/usr/sbin", split(/:/, $ENV{PATH} // ''), '/usr/sbin');
    my ($found) = grep { -x } map { "$_/$kind" } @places;
    return $found;
}

# Starts one and waits until it listens. Options: kind (nginx, haproxy), name (of its
# directory), program, below (where that directory is made), first_port, text (its
# configuration: @front@ is its port, @directory@ its directory).
sub start {
    my ($class, %option) = @_;
    my $kind = $option{kind};
    -x $option{program} or die "no $kind: build/check unpacks one\n";
    my $directory = "$option{below}/$option{name}";
    make_path("$directory/tmp");
    my ($port) = Aty::Ports::free($option{first_port}, 1);
    Aty::Template::store("$directory/proxy.conf",
        Aty::Template::fill($option{text}, {front => $port, directory => $directory}));
    my $pid = fork;
    die "fork: $!\n" if !defined $pid;
    if (!$pid) {
        POSIX::setsid();
        open STDOUT, '>>', "$directory/output";
        open STDERR, '>&', \*STDOUT;
        exec $option{program}, $COMMAND{$kind}->($directory) or POSIX::_exit(127);
    }
    my $self = bless {pid => $pid, port => $port, directory => $directory, owner => $$}, $class;
    $self->_wait;
    return $self;
}

sub _wait {
    my ($self) = @_;
    my $end = time + patience(10);
    until (IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port})) {
        if (time > $end || waitpid($self->{pid}, POSIX::WNOHANG()) != 0) {
            die "$self->{directory}: it does not listen: ",
                Aty::Template::load("$self->{directory}/output"), "\n";
        }
        sleep 0.02;
    }
}

sub port { return $_[0]{port} }

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    kill TERM => $pid;
    waitpid $pid, 0;
}

sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner};
    local $?;
    $self->stop;
}

1;
