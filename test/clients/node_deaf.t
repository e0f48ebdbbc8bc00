#!/usr/bin/perl
# The same client as in node.t, but deaf to ORIGIN frames: what is left to those who are ends
# when the plan is followed. Arguments are names of scenarios, for fewer than all.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Clients::NodeDeaf;
use Clients::ScenarioTest;

exit test_client('Clients::NodeDeaf', tries => 1);
