#!/usr/bin/perl
# Following `authorityc plan` ends the 421s of Chromium, which ignores ORIGIN frames. Sites
# are visited on a real httpd, stock and with the module: as they are, where Chromium is told
# 421 for exactly the pairs that the plan counts; then as `plan --apply` has them, with real
# certificates in place of the stand-ins and the names at their new addresses, where it is
# told 421 no more; and with a remedy that ends less, where it is told 421 for as many as
# are left. Arguments are names of sites, for fewer than all.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Aty::Template;
use Clients::Chromium;
use Clients::Plan;
use Clients::Survey;
use Clients::Together qw(at_once);
use JSON::PP qw(decode_json);
use Room;
use Test::More;
use Tree;

# Each site: which of httpd's kinds refuse requests there, and which remedies end that. What
# ends it in part, or not at all, is followed as well, for the pairs that the plan says are
# left. Pages of all vhosts are visited, or those of `from`. Where names are `apart`, no two
# of them share a connection when the plan was followed.
my @SITES = (
    {path => 'test/clients/sites/mixed.policy', refused_by => [qw(stock authority)],
        remedies => [qw(certificates addresses)], in_part => 'unify'},
    {path => 'policies/hosting.policy', refused_by => [qw(stock authority)],
        remedies => [qw(certificates addresses)],
        from => [map { "$_.example.net" } qw(parked www panel users)]},
    {path => 'test/clients/sites/spelling.policy', refused_by => [qw(stock authority)],
        remedies => ['unify'], in_part => 'http1'},
    {path => 'policies/wildcard.policy', refused_by => [qw(stock authority)],
        remedies => [qw(certificates addresses)], in_part => 'unify'},
    {path => 'policies/legacy-tls.policy', refused_by => [qw(stock authority)],
        remedies => [qw(certificates addresses)]},
    # Here httpd alone lets pass what it resets later.
    {path => 'policies/location.policy', refused_by => ['authority'], apart => 1,
        remedies => [qw(certificates addresses)], in_part => 'http1'},
    {path => 'policies/cdn.policy', refused_by => [], remedies => []},
    {path => 'policies/per-group-certificates.policy', refused_by => [], remedies => []},
);

for my $site (@SITES) {
    ($site->{name}) = $site->{path} =~ m{([^/]+)\.policy\z};
}

my @KINDS = qw(stock authority);

my %pages = map { s{.*/}{}r => slurp($_) } files(qr{^test/clients/pages/});
my %texts = map { $_->{path} => slurp($_->{path}) } @SITES;
exit run_in_room('plan_chromium', \&test_all);

sub test_all {
    my ($variables) = @_;
    Aty::Template::store("$variables->{documents}/$_", $pages{$_}) for keys %pages;
    my @sites = grep { my $site = $_; !@ARGV || grep { $_ eq $site->{name} } @ARGV } @SITES;
    for my $result (at_once($variables, \&survey_site, @sites)) {
        my ($site, $found) = @$result;
        ref $found ? judge($site, $found) : fail("$site->{path}: $found");
    }
    done_testing();
    return Test::More->builder->is_passing ? 0 : 1;
}

# What is found at a site: the plan, and what Chromium goes through before, after each of the
# remedies, and after none. Dies where something does not work.
sub survey_site {
    my ($variables, $site) = @_;
    my $name = $site->{name};
    my $directory = "$variables->{top_dir}/$name";
    mkdir $directory or die "$directory: $!\n";
    my $policy = Aty::Template::store("$directory/$name.policy", $texts{$site->{path}});
    my $place = Clients::Survey::prepare($variables, [$policy], from => $site->{from});
    my $survey = sub { return [Clients::Survey::survey($place, @_)] };
    my %found = (before => $survey->($policy, @KINDS));
    $found{plan} = decode_json(
        Clients::Plan::ask($variables, '--json', '--log', $found{before}[1]{log}, $policy));
    for my $remedy (@{$site->{remedies}}) {
        my ($new) = Clients::Plan::follow($place, $policy, $remedy);
        $found{after}{$remedy} = $survey->($new, @{$site->{refused_by}});
    }
    if ($site->{in_part}) {
        (my $new, $found{left}) = Clients::Plan::follow($place, $policy, $site->{in_part});
        $found{in_part} = $survey->($new, 'authority');
    }
    Clients::Survey::finish($place);
    return \%found;
}

sub judge {
    my ($site, $found) = @_;
    my $name = $site->{name};
    my %before;
    @before{@KINDS} = @{$found->{before}};
    for my $kind (@KINDS) {
        judge_visits("$name, $kind, before", $before{$kind});
        my $refuses = grep { $_ eq $kind } @{$site->{refused_by}};
        judge_refused("$name, $kind", $refuses ? $found->{plan}{attempts}{pairs} : 0,
            $before{$kind});
    }
    is_deeply(pairs_of($before{stock}), pairs_of($before{authority}),
        "$name: the same pairs, stock and with the module") if @{$site->{refused_by}} == @KINDS;
    for my $remedy (@{$site->{remedies}}) {
        my @after = @{$found->{after}{$remedy}};
        judge_after("$name, $site->{refused_by}[$_], $remedy", $site, $after[$_]) for 0 .. $#after;
    }
    judge_in_part("$name, $site->{in_part} followed", $found->{left}, $before{authority},
        $found->{in_part}[0]) if $site->{in_part};
    judge_log($name, $found->{plan}, $before{authority}, @{$site->{remedies}});
}

sub pairs_of {
    my ($survey) = @_;
    return [sort keys %{$survey->{pairs}}];
}

# So many pairs of a connection's vhost and a name are told 421, some more than once.
sub judge_refused {
    my ($label, $pairs, $survey) = @_;
    is(scalar @{pairs_of($survey)}, $pairs,
        "$label, before: $survey->{refused} x 421, for as many pairs as are planned for");
    cmp_ok($survey->{refused}, '>', 0, "$label, before: there are some") if $pairs;
}

sub judge_after {
    my ($label, $site, $survey) = @_;
    judge_visits("$label followed", $survey);
    is_deeply($survey->{pairs}, {}, "$label followed: no 421");
    cmp_ok($survey->{coalesced}, '>', 0, "$label followed: names that may do share connections")
        if !$site->{apart};
}

# The zeros mean something: with a policy that was written and served in the same way, what
# the plan does not end is there. How often each pair is refused may be another number where a
# name has no HTTP/2: that depends on which of its requests comes first.
sub judge_in_part {
    my ($label, $left, $before, $survey) = @_;
    is(scalar @{pairs_of($survey)}, $left,
        "$label: $survey->{refused} x 421, for as many pairs as it leaves");
    cmp_ok($left, '>', 0, "$label: there are some");
    my @new = grep { !$before->{pairs}{$_} } @{pairs_of($survey)};
    is_deeply(\@new, [], "$label: none that was not there");
}

# All that pages loaded was answered, by whom it should.
sub judge_visits {
    my ($label, $survey) = @_;
    cmp_ok($survey->{answered}, '>', 0, "$label: $survey->{answered} loads were answered");
    is_deeply($survey->{unanswered}, [], "$label: all of them");
    my @failed = grep { !/$Clients::Chromium::OWN_FAULTS/ } @{$survey->{failed}};
    is_deeply(\@failed, [], "$label: at the first try, but for faults of its own");
    is_deeply($survey->{elsewhere}, [], "$label: by the vhosts that have the names");
    is_deeply($survey->{faults}, [], "$label: the error log has nothing unexpected");
}

# The plan reads the log of what Chromium did, and says how many of those requests each remedy
# ends, the others on top of unify.
sub judge_log {
    my ($name, $plan, $survey, @remedies) = @_;
    is($plan->{log}{requests}, $survey->{refused}, "$name: the plan reads the log");
    my %remedies = map { $_->{name} => $_ } @{$plan->{remedies}};
    my $unify = $remedies{unify};
    is($unify->{requests_before}, $survey->{refused}, "$name: each request is one of its pairs");
    for my $remedy (map { $remedies{$_} } @remedies) {
        is($remedy->{requests_before}, $unify->{requests_after}, "$name: left by unify")
            if $remedy != $unify;
        is($remedy->{requests_after}, 0, "$name: all of them end by $remedy->{name}");
    }
}
