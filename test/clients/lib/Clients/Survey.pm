package Clients::Survey;

# What browsers go through at the site of a policy, on each kind of httpd: visits, and what
# httpd's log says of them.

use strict;
use warnings;

use Aty::Template;
use Clients::Chromium;
use Clients::Profile;
use Clients::Server;
use Clients::Site;
use Clients::Visit;

# Makes the certificates of a policy, and one for users where it has a CA for them. Returns
# what is needed for surveys at that place. Options: client (a package; Chromium), from (the
# names whose pages are opened; one of each vhost).
sub prepare {
    my ($variables, $policy, %option) = @_;
    my ($directory) = $policy =~ m{\A(.*)/};
    system("$variables->{top_dir}/bin/make-certificates", $policy) == 0
        or die "make-certificates failed\n";
    my ($users) = Aty::Template::load($policy) =~ m{^#: certs/(\S+)\.pem CA$}m;
    return {
        variables => $variables,
        directory => $directory,
        client    => $option{client} // 'Clients::Chromium',
        from      => $option{from},
        ca        => "$directory/certs/test-ca.pem",
        identity  => $users && Clients::Profile::identity("$directory/certs", $users),
        browsers  => {},
    };
}

# Ends what was started for it.
sub finish {
    my ($place) = @_;
    $_->stop for values %{$place->{browsers}};
    $place->{browsers} = {};
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
    my $browser = _browser($place, map { ($_->{name}, $_->{address}) } @names);
    return map { _visited($place, $browser, $policy, $_, @names) } @kinds;
}

# The browser for which names have these addresses; it is kept for another survey.
sub _browser {
    my ($place, %addresses) = @_;
    my $key = join ' ', map { "$_ $addresses{$_}" } sort keys %addresses;
    return $place->{browsers}{$key} //= $place->{client}->start(
        home      => "$place->{directory}/browser-" . keys %{$place->{browsers}},
        ca        => $place->{ca},
        identity  => $place->{identity},
        addresses => \%addresses,
    );
}

sub _visited {
    my ($place, $browser, $policy, $kind, @names) = @_;
    my %vhosts = map { $_->{name} => $_->{vhost} } @names;
    my $server = Clients::Server->start($place->{variables}, $policy, $kind);
    my @all = map { $_->{name} } @names;
    my $from = $place->{from} // [grep { $vhosts{$_} eq $_ } @all];
    my @reports = Clients::Visit::all($browser, $server->port, $from, @all);
    $server->stop;
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
