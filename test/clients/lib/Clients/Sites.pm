package Clients::Sites;

# The sites of all scenarios in one place, so that a client knows the names of all and has
# one certificate for them.

use strict;
use warnings;

use Aty::Template;
use Clients::Plan;
use Clients::ScenarioPolicy;
use Clients::Scenarios qw(kinds);
use Clients::Site;
use Clients::Survey;

# Puts policies, {path in the tree: text}, into one directory, with certificates, and follows
# the plan of each. Returns `place`, as Clients::Survey has it, where a client of that
# package knows all names, and `sites`: {path in the tree}{kind}, a hash for each policy:
#   policy  its path there
#   names   in its order
#   said    what Clients::ScenarioPolicy::ask says of them
sub prepare {
    my ($variables, $client, %texts) = @_;
    my $directory = "$variables->{top_dir}/sites";
    mkdir $directory or die "$directory: $!\n";
    my %paths = map { $_ => "$directory/" . s{.*/}{}r } keys %texts;
    for my $site (keys %texts) {
        Aty::Template::store($paths{$site}, Clients::Site::at_443($texts{$site}));
    }
    my $place = Clients::Survey::prepare($variables, [values %paths], client => $client);
    my %sites;
    for my $site (keys %texts) {
        my $before = _asked($variables, $paths{$site});
        my ($followed) = Clients::Plan::follow($place, $paths{$site}, 'certificates');
        $sites{$site} = {(map { $_ => $before } kinds()), followed => _asked($variables, $followed)};
    }
    my @names = map { Clients::Site::names(Aty::Template::load($_)) } values %paths;
    $place->{known} = {map { ($_->{name}, $_->{address}) } @names};
    return {place => $place, sites => \%sites};
}

sub _asked {
    my ($variables, $policy) = @_;
    my @names = map { $_->{name} } Clients::Site::names(Aty::Template::load($policy));
    my $said = Clients::ScenarioPolicy::ask($variables, $policy, @names);
    return {policy => $policy, names => \@names, said => $said};
}

1;
