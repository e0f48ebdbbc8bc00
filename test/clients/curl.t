#!/usr/bin/perl
# curl goes through the scenarios: it opens a connection for each name, and is never told 421,
# with the module or without. Arguments are names of scenarios, for fewer than all.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Clients::Curl;
use Clients::ScenarioTest;

exit test_client('Clients::Curl');
