package Clients::Survey;

# What a new browser goes through at the site of a policy, on each kind of httpd: visits of
# every vhost, and what httpd's log says of them.

use strict;
use warnings;

use Aty::Template;
use Clients::Chromium;
use Clients::Profile;
use Clients::Server;
use Clients::Site;
use Clients::Visit;

my $browsers = 0;    # each has a home of its own

# Makes the certificates of a policy, and one for users where it has a CA for them. Returns
# what `survey` wants to know of the place.
sub prepare {
    my ($variables, $policy) = @_;
    my ($directory) = $policy =~ m{\A(.*)/};
    system("$variables->{top_dir}/bin/make-certificates", $policy) == 0
        or die "make-certificates failed\n";
    my ($users) = Aty::Template::load($policy) =~ m{^#: certs/(\S+)\.pem CA$}m;
    return {
        variables => $variables,
        directory => $directory,
        ca        => "$directory/certs/test-ca.pem",
        identity  => $users && Clients::Profile::identity("$directory/certs", $users),
    };
}

# Surveys the site on each of the kinds ('stock', 'authority'). Returns a hash for each:
#   refused      how many requests were told 421
#   pairs        "VHOST HOST" => how many of them were for HOST on a connection of VHOST
#   connections  on which something was asked for
#   coalesced    those on which more than one name was
#   retries      of what the pages load
#   answered     how many loads of the pages were; and what they said of the others:
#   unanswered   "HOST: WHAT"
#   elsewhere    "HOST VHOST" where a vhost answered that does not have the name
#   log          the path of the log that `authorityc plan` reads
#   faults       of httpd's error log
sub survey {
    my ($place, $policy, @kinds) = @_;
    my @names = Clients::Site::names(Aty::Template::load($policy));
    my $browser = Clients::Chromium->start(
        home      => "$place->{directory}/browser-" . ++$browsers,
        ca        => $place->{ca},
        identity  => $place->{identity},
        addresses => {map { $_->{name} => $_->{address} } @names},
    );
    my @surveys = map { _visited($place, $browser, $policy, $_, @names) } @kinds;
    $browser->stop;
    return @surveys;
}

sub _visited {
    my ($place, $browser, $policy, $kind, @names) = @_;
    my $server = Clients::Server->start($place->{variables}, $policy, $kind);
    my @reports = Clients::Visit::all($browser, $server->port, @names);
    $server->stop;
    my %vhosts = map { $_->{name} => $_->{vhost} } @names;
    my @unanswered = grep { $_->{got} ne 'answer' } @reports;
    my %survey = (
        count(\%vhosts, $server->requests),
        answered   => @reports - @unanswered,
        unanswered => [map { "$_->{host}: $_->{got}" } @unanswered],
        log        => $server->root . '/logs/verdicts_log',
    );
    $server->log->announce(qr/AH02032: Hostname/) if $survey{refused} && $kind eq 'stock';
    $survey{faults} = [$server->log->faults];
    return \%survey;
}

# What a log says, in numbers; `vhosts` has the vhost of each name.
sub count {
    my ($vhosts, @requests) = @_;
    my (%pairs, %hosts, %tries, %elsewhere);
    for my $request (@requests) {
        my ($host, $vhost) = @$request{qw(host vhost)};
        $hosts{$request->{connection}}{$host} = 1;
        $tries{$request->{id}}++ if $request->{id};
        if ($request->{status} == 421) {
            $pairs{"$vhosts->{$request->{sni}} $host"}++;
        }
        elsif ($vhost ne $vhosts->{$host}) {
            $elsewhere{"$host $vhost"} = 1;
        }
    }
    my ($refused, $retries) = (0, 0);
    $refused += $_ for values %pairs;
    $retries += $_ - 1 for values %tries;
    return (
        refused     => $refused,
        retries     => $retries,
        pairs       => \%pairs,
        connections => scalar keys %hosts,
        coalesced   => scalar(grep { keys %$_ > 1 } values %hosts),
        elsewhere   => [sort keys %elsewhere],
    );
}

1;
