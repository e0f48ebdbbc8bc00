package Clients::NodeDeaf;

# Clients::Node, but for ORIGIN frames: it ignores them, as Chromium does.

use strict;
use warnings;

use parent 'Clients::Node';

sub deaf { return 1 }
sub version { return $_[0]->SUPER::version . ', deaf to ORIGIN frames' }

1;
