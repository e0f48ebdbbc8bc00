package Clients::NodeDeaf;

# Clients::Node, but for ORIGIN frames: it ignores them, as Chromium does.

use strict;
use warnings;

use parent 'Clients::Node';

sub deaf { return 1 }

1;
