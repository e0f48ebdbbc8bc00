#!/usr/bin/perl
# node's HTTP/2, used as the standards have it, goes through all scenarios: it honours ORIGIN
# frames, and asks again where it is told 421. Arguments are names of scenarios, for fewer
# than all.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Clients::Node;
use Clients::ScenarioTest;

exit test_client('Clients::Node', obeys => 1);
