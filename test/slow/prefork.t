#!/usr/bin/perl
# The httpd suite under the prefork MPM.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Suite;

run_suite('prefork');
