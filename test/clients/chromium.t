#!/usr/bin/perl
# Chromium goes through all scenarios. It ignores ORIGIN frames, so what it is told 421 for
# ends when the plan is followed. Arguments are names of scenarios, for fewer than all.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Clients::Chromium;
use Clients::ScenarioTest;

exit test_client('Clients::Chromium', tries => 1, fails => $Clients::Chromium::OWN_FAULTS);
