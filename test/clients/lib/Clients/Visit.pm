package Clients::Visit;

# What users of a site do: each opens a page of it, which loads from all names there are, and
# opens it again. A client is an object with `visit`, as Clients::Chromium has it.

use strict;
use warnings;

my $LOADS = 2;    # of a page

# Opens the pages of some names, each as a new user, which load from the names. Returns what
# the pages report: {host, id, got} of each load.
sub all {
    my ($client, $port, $from, @names) = @_;
    my $hosts = join '', map { "&host=$_:$port" } @names;
    my @reports;
    for my $start (@$from) {
        my @addresses = map {
            "https://$start:$port/visit.html?visit=$start-$_$hosts"
        } 1 .. $LOADS;
        push @reports, map { @$_ } $client->visit(@addresses);
    }
    return @reports;
}

1;
