package Aty::Ports;

# Free ports on loopback, below the range that connections take theirs from.

use strict;
use warnings;

use IO::Socket::INET;

# That many different free ports.
sub free {
    my ($count) = @_;
    my (@ports, %tried);
    while (@ports < $count) {
        my $port = 20000 + int rand 12000;
        next if $tried{$port}++;
        die "no free ports\n" if keys %tried > 10000;
        push @ports, $port if _is_free($port);
    }
    return @ports;
}

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
