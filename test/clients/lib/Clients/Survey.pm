package Clients::Survey;

# What browsers go through at the site of a policy, on each kind of httpd: visits, and what
# httpd's log says of them.

use strict;
use warnings;

use Aty::Template;
use Clients::Chromium;
use Clients::Profile;
use Clients::ScenarioPolicy;
use Clients::Server;
use Clients::Site;
use Clients::Visit;

# Makes the certificates of policies that are in one directory, and one for users where the
# first has a CA for them. Returns what is needed for surveys at that place. Options: client
# (a package; Chromium), from (the names whose pages are opened; one of each vhost).
sub prepare {
    my ($variables, $policies, %option) = @_;
    my ($directory) = $policies->[0] =~ m{\A(.*)/};
    system("$variables->{top_dir}/bin/make-certificates", @$policies) == 0
        or die "make-certificates failed\n";
    my $text = Aty::Template::load($policies->[0]);
    my ($certificates) = $text =~ m{^#: (\S+)/\S+\.pem }m;
    my $identity = _identity($directory, $text);
    return {
        variables => $variables,
        directory => $directory,
        client    => $option{client} // 'Clients::Chromium',
        from      => $option{from},
        ca        => "$directory/$certificates/test-ca.pem",
        identity  => $identity && Clients::Profile::pkcs12($identity),
        browsers  => {},
    };
}

# The certificate of a user of the site: one without names of hosts, or made by a CA of it.
sub _identity {
    my ($directory, $text) = @_;
    return "$directory/$1" if $text =~ m{^#: (\S+\.pem) cn=\S+$}m;
    return Clients::Profile::identity("$directory/$1", $2) if $text =~ m{^#: (\S+)/(\S+)\.pem CA$}m;
    return;
}

# Ends what was started for it.
sub finish {
    my ($place) = @_;
    $_->stop for values %{$place->{browsers}};
    $place->{browsers} = {};
}

# Surveys the site on each of the kinds ('stock', 'authority'): pages load from all names.
sub survey {
    my ($place, $policy, @kinds) = @_;
    my @names = Clients::Site::names(Aty::Template::load($policy));
    my @all = map { $_->{name} } @names;
    my $from = $place->{from} // [map { $_->{name} } grep { $_->{vhost} eq $_->{name} } @names];
    my $users = sub { return Clients::Visit::users($_[0], $from, @all) };
    return map { visited($place, policy => $policy, kind => $_, users => $users) } @kinds;
}

# What comes of visits to the site of a policy. Options: policy (its path), kind, users (code
# which makes of the port a list for each user: of the addresses to open), keep_alive (as
# Clients::Server has it). Returns a hash:
#   refused      how many requests were told 421
#   pairs        "VHOST HOST" => how many of them were for HOST on a connection of VHOST
#   opened       connections, those that nobody used among them
#   connections  on which something was asked for
#   http1        those of HTTP/1.1
#   coalesced    those on which more than one name was
#   retries      of what the pages load
#   answered     how many loads of the pages were; and what they said of the others:
#   unanswered   "HOST: WHAT"
#   failed       "HOST: WHAT" of those that were answered when the page asked again; "HOST, private:
#                WHAT" where the vhost wants a certificate
#   elsewhere    "HOST VHOST" where a vhost answered that does not have the name
#   log          the path of the log that `authorityc plan` reads
#   faults       of httpd's error log
sub visited {
    my ($place, %option) = @_;
    my ($policy, $kind) = @option{qw(policy kind)};
    my @names = Clients::Site::names(Aty::Template::load($policy));
    my %vhosts = map { $_->{name} => $_->{vhost} } @names;
    my $browser = browser($place, map { ($_->{name}, $_->{address}) } @names);
    my $server = Clients::Server->start($place->{variables}, $policy, $kind, $option{keep_alive});
    my @reports = map { @$_ } map { $browser->visit(@$_) } $option{users}->($server->port);
    $server->stop;
    my @unanswered = grep { $_->{got} ne 'answer' } @reports;
    my %survey = (
        count(\%vhosts, $server->requests),
        opened     => $server->opened,
        answered   => @reports - @unanswered,
        unanswered => [map { "$_->{host}: $_->{got}" } @unanswered],
        failed     => [_failed($place->{variables}, $policy, @reports)],
        log        => $server->root . '/logs/verdicts_log',
    );
    $server->log->announce(qr/AH02032: Hostname/) if $survey{refused} && $kind eq 'stock';
    $survey{faults} = [$server->log->faults];
    return \%survey;
}

sub _failed {
    my ($variables, $policy, @reports) = @_;
    my @failed = grep { $_->{failed} } @reports or return;
    my %private = map { $_ => ', private' }
        Clients::ScenarioPolicy::private_names($variables, $policy);
    return map { $_->{host} . ($private{$_->{host} =~ s/:.*//r} // '') . ": $_->{failed}" } @failed;
}

# The browser for which names have these addresses, beside those that are known at the place;
# it is kept for another survey.
sub browser {
    my ($place, %addresses) = @_;
    %addresses = (%{$place->{known} // {}}, %addresses);
    my $key = join ' ', map { "$_ $addresses{$_}" } sort keys %addresses;
    return $place->{browsers}{$key} //= $place->{client}->start(
        home      => "$place->{directory}/browser-$$-" . keys %{$place->{browsers}},
        ca        => $place->{ca},
        identity  => $place->{identity},
        addresses => \%addresses,
    );
}

# What a log says, in numbers; `vhosts` has the vhost of each name.
sub count {
    my ($vhosts, @requests) = @_;
    my (%pairs, %hosts, %tries, %elsewhere, %http1);
    for my $request (@requests) {
        my ($host, $vhost) = @$request{qw(host vhost)};
        $hosts{$request->{connection}}{$host} = 1;
        $tries{$request->{id}}++ if $request->{id};
        $http1{$request->{connection}} = 1 if $request->{protocol} ne 'HTTP/2.0';
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
        http1       => scalar keys %http1,
        coalesced   => scalar(grep { keys %$_ > 1 } values %hosts),
        elsewhere   => [sort keys %elsewhere],
    );
}

1;
