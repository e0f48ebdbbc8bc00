package Clients::Visit;

# What users of a site do: each opens the page of another vhost, which loads from all names
# there are, and opens it again. A client is an object with `visit`, as Clients::Chromium
# has it.

use strict;
use warnings;

my $LOADS = 2;    # of a page

# The site's names as Clients::Site has them, and its port. Returns what the pages report:
# {host, id, got} of each load.
sub all {
    my ($client, $port, @names) = @_;
    my $hosts = join '', map { "&host=$_->{name}:$port" } @names;
    my @reports;
    for my $start (map { $_->{name} } grep { $_->{name} eq $_->{vhost} } @names) {
        my @addresses = map {
            "https://$start:$port/visit.html?visit=$start-$_$hosts"
        } 1 .. $LOADS;
        push @reports, map { @$_ } $client->visit(@addresses);
    }
    return @reports;
}

1;
