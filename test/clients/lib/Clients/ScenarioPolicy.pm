package Clients::ScenarioPolicy;

# What authorityc says of a scenario: which requests may be sent on which connections, so
# how few connections are enough, and where a client is refused that tries.

use strict;
use warnings;

use JSON::PP qw(decode_json);
use Outcome;

# Asks authorityc of every pair of the names. Returns
#   pairs    {connection's name}{name}: `verdict`, `mod_ssl` and all `reasons`, as
#            explain --json has them
#   vhosts   {name}: whether the vhost has `h2`, and wants a certificate (`auth`)
#   origins  {name}: what the ORIGIN frame of its connections lists; undef where there is none
sub ask {
    my ($variables, $policy, @names) = @_;
    my $file = "$policy.pairs";
    write_file($file, map { my $from = $_; map { "$from $_\n" } @names } @names);
    my %said = (vhosts => {}, origins => {}, pairs => {});
    my @lines = split /\n/,
        _authorityc($variables, 'explain', '--json', '--pairs', $file, $policy);
    for my $pair (map { decode_json($_) } @lines) {
        $said{pairs}{$pair->{connection}}{$pair->{authority}} = {
            (map { $_ => $pair->{$_} } qw(verdict mod_ssl)),
            reasons => [map { $_->{reason} } @{$pair->{reasons}}],
        };
    }
    for my $vhost (_vhosts($variables, $policy)) {
        my $auth = _wants_certificate($vhost);
        for my $name (@{$vhost->{names}}) {
            $said{vhosts}{$name} //= {h2 => $vhost->{h2} ? 1 : 0, auth => $auth ? 1 : 0};
            $said{origins}{$name} //= $vhost->{seats}[0]{origin};
        }
    }
    return \%said;
}

# The names of the vhosts that want a certificate of the client.
sub private_names {
    my ($variables, $policy) = @_;
    return map { @{$_->{names}} } grep { _wants_certificate($_) } _vhosts($variables, $policy);
}

sub _vhosts {
    my ($variables, $policy) = @_;
    return @{decode_json(_authorityc($variables, 'dump', '--json', $policy))->{vhosts}};
}

sub _wants_certificate {
    my ($vhost) = @_;
    return $vhost->{settings}{'client-auth'}{real} ne 'no client certificate';
}

sub _authorityc {
    my ($variables, @words) = @_;
    my ($code, $said, $errors) = outcome('.', $variables->{authorityc}, @words);
    die "authorityc @words: $errors" if $code > 1;    # 1: some pair is misdirected
    return $said;
}

# What a user of a scenario comes to on a kind of httpd, by that: `fewest`, how many
# connections of HTTP/2 are enough for names that have it; `most`, how many they are where each
# name has its own; and `refused`, how many names are refused first to a client that uses a
# connection for whatever its certificate covers. No client uses one on which it showed a
# certificate for another name, or has one for requests with and without cookies.
sub outlook {
    my ($said, $scenario, $kind, @names) = @_;
    my %outlook = (fewest => 0, most => 0, refused => 0);
    my (%open, %tried, %own);
    for my $page (@{$scenario->{pages}}) {
        for my $asked (_asked($page, @names)) {
            my ($how, $name) = @$asked;
            $outlook{most}++ if $said->{vhosts}{$name}{h2} && !$own{$how}{$name}++;
            _open(\%outlook, $open{$how} //= {}, $name, $said, $kind);
            _try(\%outlook, $tried{$how} //= {}, $name, $said, $kind);
        }
        %open = %tried = %own = () if grep { ref && $_->[0] eq 'rest' } @$page;
    }
    return \%outlook;
}

# What is asked for by a page: [HOW, NAME], where HOW is 'cookies' or 'anonymous'.
sub _asked {
    my ($page, @names) = @_;
    my ($at, @steps) = @$page;
    my @ways = map { my ($what, @ways) = @$_; $what eq 'rest' ? () : @ways } @steps;
    my %hows = map { ($_ eq 'anonymous' ? $_ : 'cookies') => 1 } @ways;
    my @others = grep { $_ ne $at } @names;
    return [cookies => $at], map { my $how = $_; map { [$how, $_] } @others } sort keys %hows;
}

# A client that knows what the policy says asks for a name.
sub _open {
    my ($outlook, $open, $name, $said, $kind) = @_;
    return if grep { $_ eq $name || _allowed($said, $kind, $_, $name) } _useful($said, $open);
    return if $open->{$name}++;
    $outlook->{fewest}++ if $said->{vhosts}{$name}{h2};
}

# A client that knows nothing asks for a name.
sub _try {
    my ($outlook, $tried, $name, $said, $kind) = @_;
    return if $tried->{$name};
    my @covering = grep {
        my $pair = $said->{pairs}{$_}{$name};
        !grep { $_ eq 'not-covered' } @{$pair->{reasons}};
    } _useful($said, $tried);
    return if grep { _allowed($said, $kind, $_, $name) } @covering;
    $outlook->{refused}++ if @covering;
    $tried->{$name} = 1;
}

# The connections that clients use for other names.
sub _useful {
    my ($said, $open) = @_;
    return grep { $said->{vhosts}{$_}{h2} && !$said->{vhosts}{$_}{auth} } keys %$open;
}

# Whether a request for a name is answered on a connection of another. The site's certificates
# cover all of its names where httpd is stock.
sub _allowed {
    my ($said, $kind, $from, $to) = @_;
    my $pair = $said->{pairs}{$from}{$to};
    return $kind eq 'stock' ? $pair->{mod_ssl} ne '421' : $pair->{verdict} =~ /\A(?:same|shared)\z/;
}

1;
