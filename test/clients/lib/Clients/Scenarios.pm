package Clients::Scenarios;

# What users of a site go through, as data, for every client there is.
#
# A scenario is a hash:
#   name        a word
#   says        what it is, for a reader
#   site        the path of its policy
#   pages       what a user opens, one page after the other, with all connections kept:
#               [NAME, STEP…]. The page of NAME loads from all other names of the site.
#               A STEP is a list:
#                 in_turn => WAY…   each host by each way, one request after the other
#                 at_once => WAY…   all of that together; a way may stand there repeatedly
#                 rest => SECONDS   nothing is asked for, and the page is not done before
#               A WAY is fetch, image, script, post (1 kB, which has to come back),
#               upload (200 kB, likewise) or anonymous, which is fetch without cookies and
#               certificates: browsers keep other connections for that. pages/visit.js
#               does it.
#   races       connections are begun before the first has said anything, so it is chance
#               whether a client is refused that tries, which is not judged, and how many are
#               used: one a name at most
#   keep_alive  httpd's KeepAliveTimeout in seconds, where it is not 20
#   stock       'refused' where stock httpd has to answer 421 to a client that uses
#               connections for other names; 'served' where it has not to
#
# A scenario is repeated as often as CLIENT_LOADS in the environment says, each time by a
# new user. Each is run on three KINDS:
#   stock       httpd as it is
#   authority   httpd with the module
#   followed    the same, when `authorityc plan --unify --certificates` was followed
#
# A test of a client is `exit test_client('Clients::NAME', …)` of Clients::ScenarioTest, which
# starts the servers and the client, goes through every scenario and judges it; what can be
# expected of a client is said there. The client is a package:
#   start(CLASS, home =>, ca =>, identity =>, addresses =>)
#                         as Clients::Chromium has it; dies where it does not start. Several
#                         are started side by side, from different processes
#   visit(ADDRESS…)       a new user, without connections of before, opens these one after the
#                         other; returns for each the list that the promise `done` of the
#                         page comes to: of {host, id, got, failed}
#   version()             its name and version
#   stop()                ends it; also at END
#   cannot(SCENARIO)      may be left out: why it cannot do that one; nothing where it can

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(asked_by kinds scenarios users);

my @KINDS = qw(stock authority followed);

my $DEMO   = 'build/demo.d/site.policy';
my $TEN    = 'test/clients/sites/ten.policy';
my $PUBLIC = 'test/clients/sites/public.policy';

my @BY_ALL_WAYS = ([in_turn => 'fetch'], [at_once => qw(image script)]);

my @SCENARIOS = (
    {
        name  => 'public_first',
        says  => 'a page of a public vhost loads from one that wants client certificates',
        site  => $DEMO,
        pages => [['www.example.test', @BY_ALL_WAYS]],
        stock => 'refused',
    },
    {
        name  => 'auth_first',
        says  => 'a page of the vhost that wants client certificates loads from public ones',
        site  => $DEMO,
        pages => [['admin.example.test', @BY_ALL_WAYS]],
        stock => 'served',    # nobody uses a connection on which a certificate was shown
    },
    {
        name  => 'ten_names',
        says  => 'a page loads from nine other names of the wildcard',
        site  => $TEN,
        pages => [['www.example.test', @BY_ALL_WAYS]],
        stock => 'refused',
    },
    {
        name  => 'parallel',
        says  => 'four requests to each name, all together',
        site  => $DEMO,
        pages => [['www.example.test', [at_once => ('fetch') x 4]]],
        stock => 'refused',
    },
    {
        name  => 'anonymous',
        says  => 'requests without cookies, for which there is no connection yet',
        site  => $PUBLIC,
        pages => [['www.example.test', [in_turn => 'anonymous'], [at_once => ('anonymous') x 2]]],
        stock => 'refused',
    },
    {
        name  => 'raced',
        says  => 'the same, all together: connections to all names are begun at once',
        site  => $PUBLIC,
        pages => [['www.example.test', [at_once => ('anonymous') x 3]]],
        races => 1,
        stock => 'refused',
    },
    {
        name  => 'post',
        says  => 'what was posted comes back',
        site  => $DEMO,
        pages => [['www.example.test', [in_turn => 'post'], [at_once => 'upload']]],
        stock => 'refused',
    },
    {
        name  => 'again_warm',
        says  => 'a page is opened again while the connections are there',
        site  => $DEMO,
        pages => [(['www.example.test', @BY_ALL_WAYS]) x 2],
        stock => 'refused',
    },
    {
        name  => 'again_cold',
        says  => 'a page is opened again when the server has closed the connections',
        site  => $DEMO,
        pages => [
            ['www.example.test', @BY_ALL_WAYS, [rest => 5]],
            ['www.example.test', @BY_ALL_WAYS],
        ],
        keep_alive => 3,    # longer than a page waits on a busy machine
        stock      => 'refused',
    },
);

sub kinds { return @KINDS }

# The scenarios of these names, or all.
sub scenarios {
    my %wanted = map { $_ => 1 } @_;
    return grep { !%wanted || $wanted{$_->{name}} } @SCENARIOS;
}

# The addresses of visit.html that each of the users opens: a list of lists. `names` are
# those of the site.
sub users {
    my ($scenario, $port, $loads, @names) = @_;
    return map { _user($scenario, $port, $_, @names) } 1 .. $loads;
}

# How much the pages of a user load, at a site with so many names.
sub asked_by {
    my ($scenario, $names) = @_;
    my @steps = map { my ($at, @steps) = @$_; @steps } @{$scenario->{pages}};
    return ($names - 1) * map { my ($what, @how) = @$_; $what eq 'rest' ? () : @how } @steps;
}

sub _user {
    my ($scenario, $port, $user, @names) = @_;
    my $page = 0;
    return [map { _address($_, $port, "$user-" . ++$page, @names) } @{$scenario->{pages}}];
}

sub _address {
    my ($page, $port, $id, @names) = @_;
    my ($at, @steps) = @$page;
    my @parts = ("visit=$id", (map { "host=$_:$port" } grep { $_ ne $at } @names),
        map { _step(@$_) } @steps);
    return "https://$at:$port/visit.html?" . join '&', @parts;
}

sub _step {
    my ($what, @how) = @_;
    return "$what=" . join ',', @how;
}

1;
