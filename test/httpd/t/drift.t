# httpd's configuration is not what the table says: each kind of that is told in one line a
# vhost, and from then on the vhost is by itself, while the others go on as the table has
# it. It heals when the policy follows. Each kind is met at a first start and at a graceful
# restart of a server that agreed before.

use Aty::Drift;
use Aty::DriftKinds;
use Aty::Test;

# Under prefork there is no h2, whatever Protocols says.
my $h2 = var('mpm') ne 'prefork';

my @kinds = drift_kinds();

sub full { return {map { ("$_.example.test" => 1) } @_} }

my $running = Aty::Drift->new('drift');
my $fresh   = Aty::Drift->new('drift-fresh');
my %sum     = (crossed => 0, opened => []);

for my $kind (@kinds) {
    my ($before, $after) = (base_text()) x 2;
    $before = $_->($before) for @{$kind->{before} || []};
    $after = $_->($after) for @{$kind->{before} || []}, @{$kind->{change} || []};
    my $drift = {
        quarantined => full(grep { !$kind->{lost} } keys %{$kind->{told} || {}}),
        unknown     => full(@{$kind->{unknown} || []}),
        lost        => {map { ("$_.example.test" => ['news.example.test']) }
            @{$kind->{lost} || []}},
        apart       => full(@{$kind->{apart} || []}),
    };
    agree($running, $kind, $before) if $kind->{before} || $kind == $kinds[0];
    for my $server ($running, $fresh) {
        drift($server, $kind, $drift, $before, $after);
    }
    $after = $_->($after) for @{$kind->{heal} || []};
    heal($running, $kind, $after);
    $fresh->httpd->stop;
}

# Makes the running server one that agrees.
sub agree {
    my ($server, $kind, $text) = @_;
    $server->files({});
    $server->compile($text);
    $server->configure($text);
    my @lines = $server->httpd->pid ? $server->restart : $server->start;
    is_deeply(\@lines, [], "before $kind->{kind}: nothing is told");
    all_is($server, {}, "before $kind->{kind}", {});
}

sub drift {
    my ($server, $kind, $drift, $before, $after) = @_;
    my $fresh = !$server->httpd->pid;
    my $what = $kind->{kind} . ($fresh ? ', first start' : ', restart');
    $server->files({});
    $server->compile($before);
    $server->files($kind->{files} || {});
    $server->configure($after);
    my @lines = $fresh ? $server->start : $server->restart;
    tells($server, $kind, $what, @lines);
    my $concerned = is_drift($kind);
    all_is($server, $kind, $what, $drift, concerned => $fresh && $concerned);
    all_is($server, $kind, $what, $drift, http1 => 1, concerned => 1)
        if $h2 && $concerned && $fresh;
}

sub is_drift { return grep { $_[0]{$_} } qw(told missing unknown) }

sub heal {
    my ($server, $kind, $after) = @_;
    my $what = "$kind->{kind}, healed";
    $server->compile($after);
    $server->configure($after);
    is_deeply([$server->restart], [], "$what: nothing is told");
    all_is($server, $kind, $what, {});
}

# Each vhost concerned has its line, and there is no other.
sub tells {
    my ($server, $kind, $what, @lines) = @_;
    my $told = $kind->{told} || {};
    my $conf = $server->httpd->root . '/site.conf';
    my @wanted = (
        map({
            "[authority:error] ... ATY104: vhost '$_.example.test' ($conf:"
                . $server->live_line($_)
                . ") is not what the authority table says: $told->{$_}; ..."
        } sort keys %$told),
        map({
            "[authority:error] ... ATY104: vhost '$_.example.test' ({$_}) of the authority "
                . 'table is not there: ...'
        } @{$kind->{missing} || []}),
        map({
            "[authority:warn] ... ATY102: vhost '$_.example.test' ($conf:"
                . $server->live_line($_) . ') is not in the authority table: ...'
        } @{$kind->{unknown} || []}),
    );
    for my $wanted (@wanted) {
        my $regex = pattern($server, "...$wanted");
        my @found = grep { /\A$regex\z/ } @lines;
        is(scalar @found, 1, "$what: told in one line") or diag("wanted: $wanted");
        @lines = grep { !/\A$regex\z/ } @lines;
    }
    is_deeply(\@lines, [], "$what: and nothing else is told");
}

# What a line must say, as a regular expression.
sub pattern {
    my ($server, $text) = @_;
    $text = Aty::Template::fill($text, $server->httpd->variables);
    return join '', map {
        $_ eq '...' ? '.*'
            : /\A\{(?:([a-z]+)\b ?)?(\w+)?\}\z/
            ? quotemeta 'site.policy:' . ($1 ? $server->table_line($1, $2) : $server->top_line($2))
            : quotemeta;
    } split /(\.\.\.|\{[^}]*\})/, $text;
}

# Every pair is answered as it must be, and every connection is told what it must.
sub all_is {
    my ($server, $kind, $what, $drift, %option) = @_;
    $option{http1} = 1 if !$h2;
    my $found = $server->outcomes($drift, %option, client => $kind->{client} || {});
    my $of = $option{http1} ? 'HTTP/1.1' : "h2, $found->{frames} connections";
    none_wrong($found->{wrong}, "$what: $found->{asked} pairs over $of");
    $sum{crossed} += $found->{crossed};
    push @{$sum{opened}}, map { "$what: $_" } @{$found->{opened}};
}

none_wrong($sum{opened},
    "0 of $sum{crossed} requests for or from a vhost that has drifted crossed vhosts");
cmp_ok($sum{crossed}, '>', 1000, 'and that were enough of them');
finish();
