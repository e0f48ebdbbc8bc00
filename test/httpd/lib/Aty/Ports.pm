package Aty::Ports;

# Free ports on loopback, below the range that connections take theirs from. A run of the
# suite reserves a block of them for itself, so that two runs do not get into each other's
# way between looking and listening.

use strict;
use warnings;

use IO::Socket::INET;
use Socket qw(AF_UNIX SOCK_STREAM pack_sockaddr_un);

use constant {
    FIRST  => 20_000,
    SIZE   => 400,
    BLOCKS => 30,
};

my %taken;    # by this process, listening or not yet

# Reserves a block: its first port, and what holds it for as long as it is kept.
sub reserve {
    for my $block (0 .. BLOCKS - 1) {
        socket my $holder, AF_UNIX, SOCK_STREAM, 0 or die "socket: $!\n";
        return (FIRST + $block * SIZE, $holder)
            if bind $holder, pack_sockaddr_un("\0mod_authority test ports $block");
    }
    die "every block of ports is reserved by another run\n";
}

# That many different free ports of the block that begins there.
sub free {
    my ($first, $count) = @_;
    my @ports = grep { !$taken{$_} && _is_free($_) } $first .. $first + SIZE - 1;
    die "no free ports\n" if @ports < $count;
    @ports = @ports[0 .. $count - 1];
    @taken{@ports} = (1) x @ports;
    return @ports;
}

# Ports that nobody of this process listens on any more.
sub give_back { delete @taken{@_} }

sub _is_free {
    my ($port) = @_;
    my $socket = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1',
        LocalPort => $port,
        Listen    => 1,
        ReuseAddr => 1,
    );
    return defined $socket;
}

1;
