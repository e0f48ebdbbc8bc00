#!/usr/bin/perl
# nghttp goes through the scenarios: it opens connections as curl does, and is never told 421.
# Arguments are names of scenarios, for fewer than all.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Clients::Nghttp;
use Clients::ScenarioTest;

exit test_client('Clients::Nghttp', lacks => 'not processed');
