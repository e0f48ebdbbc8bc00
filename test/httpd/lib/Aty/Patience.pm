package Aty::Patience;

# How long to wait for servers that run slower than they are: `run` says so, under valgrind,
# in ATY_PATIENCE. Only deadlines are stretched, never what a test measures.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT = qw(patience);

# The seconds that a server as it ships would be given, as many times as it takes here.
sub patience { return $_[0] * ($ENV{ATY_PATIENCE} || 1) }

1;
