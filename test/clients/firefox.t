#!/usr/bin/perl
# Firefox goes through all scenarios. It honours ORIGIN frames: with the module it is never
# told 421 and uses no connection more than the policy makes necessary, while stock httpd
# refuses some of its requests, and some of the refusals reach the page.
#
# A 421 is avoidable where the connection had an ORIGIN frame, which leaves the name out. Every
# vhost with HTTP/2 of these sites sends one, so none is let pass. What is necessary are as many
# connections as are wanted where requests go where the policy lets them share, in the order in
# which the names are asked for; those with cookies and those without do not share, and nothing
# does where a client certificate was shown. Connections of HTTP/1.1 do not count, nor those on
# which nothing was asked for.
#
# Arguments are names of scenarios, for fewer than all.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Clients::Firefox;
use Clients::ScenarioTest;

exit test_client('Clients::Firefox', obeys => 1, loses => 1);
