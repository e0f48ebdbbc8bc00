package Aty::Patience;

# How long to wait for servers that run slower than they are: `run` says so, under valgrind,
# in ATY_PATIENCE. Only deadlines are stretched, never what a test measures.

use strict;
use warnings;

use Exporter qw(import);
use Time::HiRes qw(sleep time);

our @EXPORT = qw(eventually patience);

# The seconds that a server as it ships would be given, as many times as it takes here.
sub patience { return $_[0] * ($ENV{ATY_PATIENCE} || 1) }

# Asks again until what the code says is true, for so many seconds at most; returns it.
sub eventually {
    my ($seconds, $code) = @_;
    my $end = time + patience($seconds);
    while (1) {
        my $answer = $code->();
        return $answer if $answer || time > $end;
        sleep 0.01;
    }
}

1;
