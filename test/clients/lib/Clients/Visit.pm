package Clients::Visit;

# Users of a site: each opens a page of it, which loads from all names there are, and opens
# it again.

use strict;
use warnings;

my $LOADS = 2;    # of a page

# One user for each of the names in `from`: the addresses that they open, a list of lists.
sub users {
    my ($port, $from, @names) = @_;
    my $hosts = join '', map { "&host=$_:$port" } @names;
    return map { _user("https://$_:$port/visit.html?visit=$_", $hosts) } @$from;
}

sub _user {
    my ($page, $hosts) = @_;
    return [map { "$page-$_$hosts&in_turn=fetch&at_once=image,script" } 1 .. $LOADS];
}

1;
