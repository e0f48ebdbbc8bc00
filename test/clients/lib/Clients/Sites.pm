package Clients::Sites;

# The sites of all scenarios in one place, so that a client knows the names of all and has
# one certificate for them.

use strict;
use warnings;

use Aty::Template;
use Clients::Plan;
use Clients::Scenarios qw(kinds);
use Clients::Site;
use Clients::Survey;

# Puts policies, {path in the tree: text}, into one directory, with certificates, and follows
# the plan of each. Returns `place`, as Clients::Survey has it, where a client of that
# package knows all names, and `policies`: {path in the tree}{kind}, their paths there.
sub prepare {
    my ($variables, $client, %texts) = @_;
    my $directory = "$variables->{top_dir}/sites";
    mkdir $directory or die "$directory: $!\n";
    my %paths = map { $_ => "$directory/" . s{.*/}{}r } keys %texts;
    for my $site (keys %texts) {
        Aty::Template::store($paths{$site}, Clients::Site::at_443($texts{$site}));
    }
    my $place = Clients::Survey::prepare($variables, [values %paths], client => $client);
    my %policies;
    for my $site (keys %texts) {
        my ($followed) = Clients::Plan::follow($place, $paths{$site}, 'certificates');
        $policies{$site} = {(map { $_ => $paths{$site} } kinds()), followed => $followed};
    }
    my @names = map { Clients::Site::names(Aty::Template::load($_)) } values %paths;
    $place->{known} = {map { ($_->{name}, $_->{address}) } @names};
    return {place => $place, policies => \%policies};
}

1;
