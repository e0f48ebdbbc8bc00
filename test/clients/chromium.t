#!/usr/bin/perl
# Chromium goes through all scenarios. It ignores ORIGIN frames, so what it is told 421 for
# ends when the plan is followed. Arguments are names of scenarios, for fewer than all.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Clients::Chromium;
use Clients::ScenarioTest;

# It fails some parallel requests to a host that wants a certificate, by itself and also where
# there is no 421, and whatever is under way when an interface or an address of the machine
# changes. The page loads that again, and it is counted.
my $OWN_FAULTS = qr/net::ERR_(?:SOCKET_NOT_CONNECTED|NETWORK_CHANGED)\z/;

exit test_client('Clients::Chromium', tries => 1, fails => $OWN_FAULTS);
