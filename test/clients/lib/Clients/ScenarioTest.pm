package Clients::ScenarioTest;

# The scenarios of Clients::Scenarios, gone through by one client and judged: what a
# test/clients/CLIENT.t is made of. What must come out is asked of authorityc, not known
# from what once came out.

use strict;
use warnings;

use Aty::Template;
use Clients::ScenarioPolicy;
use Clients::Scenarios qw(asked_by kinds scenarios users);
use Clients::Sites;
use Clients::Survey;
use Clients::Together qw(at_once);
use Exporter qw(import);
use JSON::PP ();
use Room;
use Test::More;
use Tree;

our @EXPORT = qw(test_client);

my $LOADS = $ENV{CLIENT_LOADS} // 1;    # users that go through a scenario

# Goes through the scenarios that @ARGV names, or all, with a client, a package that is
# loaded, and judges what comes of it. Returns the exit status. Everything that was found is
# left in out/clients_CLIENT/found.json. Each page must get every answer, from the vhost it is
# for; what else is expected of a client:
#   obeys   it honours ORIGIN: with the module it meets no 421, and uses no more connections
#           of HTTP/2 than needed (than one a name, where they are begun all together)
#   tries   it uses a connection for whatever the certificate covers: 421 where authorityc
#           says so, and none when the plan was followed
#           (one that obeys tries on stock httpd; one that does neither is never refused,
#           and has no connection for two names)
#   fails   the fault of its own, a pattern, by which a load may come to nothing before the
#           page repeats it; without, none may
#   loses   a page may get 421 from stock httpd
#   lacks   what it says of an answer of a vhost without HTTP/2, where it has no HTTP/1.1
sub test_client {
    my ($client, %expected) = @_;
    my $name = lc $client =~ s/.*:://r;
    my %pages = map { s{.*/}{}r => slurp($_) } files(qr{^test/clients/pages/});
    my @chosen = scenarios(@ARGV);
    my %texts = map { $_->{site} => slurp($_->{site}) } @chosen;
    my $test = sub {
        my ($variables) = @_;
        Aty::Template::store("$variables->{documents}/$_", $pages{$_}) for keys %pages;
        my $sites = Clients::Sites::prepare($variables, $client, %texts);
        my @results = _all_found($variables, $sites, $client, @chosen);
        _judge(\%expected, @$_) for @results;
        _keep($variables, @results);
        done_testing();
        return Test::More->builder->is_passing ? 0 : 1;
    };
    return run_in_room("clients_$name", $test);
}

# [scenario, what was found or why nothing could be], in order. Each process starts a client
# and goes through every second scenario with it.
sub _all_found {
    my ($variables, $sites, $client, @chosen) = @_;
    my @shares = map { my $first = $_; [grep { $_ % 2 == $first } 0 .. $#chosen] } 0, 1;
    my $go = sub {
        my ($own_variables, $share) = @_;
        my $place = {%{$sites->{place}}, variables => $own_variables};
        my @found = map {
            eval { _go_through($place, $sites, $client, $chosen[$_]) } // "$@"
        } @$share;
        Clients::Survey::finish($place);
        return \@found;
    };
    my @results;
    for my $done (at_once($variables, $go, grep { @$_ } @shares)) {
        my ($share, $found) = @$done;
        @results[@$share] = ref $found ? @$found : ($found) x @$share;
    }
    return map { [$chosen[$_], $results[$_]] } 0 .. $#chosen;
}

sub _keep {
    my ($variables, @results) = @_;
    my @found = map { {scenario => $_->[0]{name}, found => $_->[1]} } @results;
    Aty::Template::store("$variables->{top_dir}/kept/found.json",
        JSON::PP->new->canonical->pretty->encode(\@found));
}

# What comes of a scenario: {kinds}{KIND} as Clients::Survey::visited has it, with `outlook`
# for one user, or {cannot}; and the client's {version} and how many {users} there were.
sub _go_through {
    my ($place, $sites, $client, $scenario) = @_;
    my $reason = $client->can('cannot') && $client->cannot($scenario);
    return {cannot => $reason} if $reason;
    my $site = $sites->{sites}{$scenario->{site}};
    my %found = map { $_ => _visited($place, $scenario, $site->{$_}, $_) } kinds();
    return {kinds => \%found, users => $LOADS, version => Clients::Survey::browser($place)->version};
}

sub _visited {
    my ($place, $scenario, $site, $kind) = @_;
    my ($said, @names) = ($site->{said}, @{$site->{names}});
    my $found = Clients::Survey::visited($place,
        policy     => $site->{policy},
        kind       => $kind eq 'stock' ? 'stock' : 'authority',
        keep_alive => $scenario->{keep_alive},
        users      => sub { return users($scenario, $_[0], $LOADS, @names) },
    );
    $found->{asked} = $LOADS * asked_by($scenario, scalar @names);
    $found->{http1_only} = [grep { !$said->{vhosts}{$_}{h2} } @names];
    $found->{outlook} = Clients::ScenarioPolicy::outlook($said, $scenario, $kind, @names);
    return $found;
}

sub _judge {
    my ($expected, $scenario, $result) = @_;
    my $name = $scenario->{name};
    return fail("$name: $result") if !ref $result;
    return pass("$name: not for this client: $result->{cannot}") if $result->{cannot};
    my $stock = $result->{kinds}{stock}{outlook}{refused} ? 'refused' : 'served';
    is($stock, $scenario->{stock}, "$name: authorityc says what the scenario says of stock httpd");
    for my $kind (kinds()) {
        my $found = $result->{kinds}{$kind};
        _judge_answers("$name, $kind", $kind, $found, $expected);
        _judge_refused("$name, $kind", $kind, $found, $expected, $scenario->{races});
        _judge_connections("$name, $kind", $found, $result->{users}, $scenario->{races})
            if $expected->{obeys} && $kind ne 'stock';
        is($found->{coalesced}, 0, "$name, $kind: each connection is for one name")
            if !$expected->{obeys} && !$expected->{tries};
    }
}

sub _judge_answers {
    my ($label, $kind, $found, $expected) = @_;
    my $lost = $expected->{loses} && $kind eq 'stock' ? qr/: (?:status 421|nothing)\z/ : qr/(?!)/;
    my @unanswered = grep { !/$lost/ } @{$found->{unanswered}};
    @unanswered = _not_lacking($found, $expected->{lacks}, @unanswered) if $expected->{lacks};
    my @failed = grep { !/$lost/ && (!$expected->{fails} || !/$expected->{fails}/) }
        @{$found->{failed}};
    is($found->{answered} + @{$found->{unanswered}}, $found->{asked},
        "$label: the pages loaded what they should");
    cmp_ok($found->{answered}, '>', 0, "$label: $found->{answered} loads were answered");
    is_deeply(\@unanswered, [], "$label: all of them");
    is_deeply(\@failed, [], "$label: at the first try");
    is_deeply($found->{elsewhere}, [], "$label: by the vhosts that have the names");
    is_deeply($found->{faults}, [], "$label: the error log has nothing unexpected");
}

# Answers that are missing, without those that a client without HTTP/1.1 cannot have.
sub _not_lacking {
    my ($found, $what, @unanswered) = @_;
    my %http1 = map { $_ => 1 } @{$found->{http1_only}};
    return grep { !(/\A([^:]*):\d+: \Q$what\E\z/ && $http1{$1}) } @unanswered;
}

sub _judge_refused {
    my ($label, $kind, $found, $expected, $races) = @_;
    my $tries = $expected->{tries} && $kind ne 'followed' || $expected->{obeys} && $kind eq 'stock';
    if ($tries && $found->{outlook}{refused}) {
        cmp_ok($found->{refused}, '>', 0, "$label: $found->{refused} x 421") if !$races;
    }
    else {
        is_deeply($found->{pairs}, {}, "$label: no 421");
    }
}

sub _judge_connections {
    my ($label, $found, $users, $races) = @_;
    my $used = $found->{connections} - $found->{http1};
    my ($fewest, $most) = map { $users * $_ } @{$found->{outlook}}{qw(fewest most)};
    return is($used, $fewest,
        "$label: the fewest connections of HTTP/2 that the policy allows, for $users users")
        if !$races;
    cmp_ok($used, '<=', $most, "$label: no more connections of HTTP/2 than one a name");
    cmp_ok($used, '>=', $fewest, "$label: and no fewer than the policy allows");
}

1;
