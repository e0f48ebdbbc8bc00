package Restarts::States;

# What a restart may find: a table of named states, and the order in which they come.

use strict;
use warnings;

use Aty::Template;
use Exporter qw(import);
use Restarts::Site qw(authorities connections expected_status policy_text
    @CLIENT_CERTIFICATE);

our @EXPORT_OK = qw(compare_with_authorityc make_tables state_at state_named table_states);

# Of each state:
#   table   what is renamed to the table's place: a name of %TABLES below
#   zones   of which policy the vhosts share; none: closed, cross-vhost requests get 421
#   alone   vhosts that share with nobody
#   change  what httpd.conf has that the policy has not (see Restarts::Site)
#   says    what the error log must say at the restart, and nothing else
my $BAD_TABLE = [qr/ATY101: cannot use authority table/];
my %STATES = (
    'good a'  => {table => 'a', zones => 'a'},
    'good b'  => {table => 'b', zones => 'b'},
    'corrupt' => {table => 'corrupt', says => $BAD_TABLE},
    'cut off' => {table => 'cut off', says => $BAD_TABLE},
    'empty'   => {table => 'empty', says => $BAD_TABLE},
    'text'    => {table => 'text', says => $BAD_TABLE},
    'missing' => {table => 'missing', says => $BAD_TABLE},
    'other SNIPolicy' => {table => 'insecure', says => $BAD_TABLE},
    'drifted, client certificate' => {
        table  => 'a',
        zones  => 'a',
        alone  => ['static'],
        change => {lines => {static => \@CLIENT_CERTIFICATE}},
        says   => [qr/ATY104: vhost 'static\.example\.test' .*client-auth/],
    },
    'drifted, alias' => {
        table  => 'b',
        zones  => 'b',
        alone  => ['shop'],    # which mod_ssl lets share with static
        change => {aliases => {shop => ['extra']}},
        says   => [qr/ATY104: vhost 'shop\.example\.test' .*extra\.example\.test/],
    },
    'drifted, no such vhost' => {
        table  => 'a',
        zones  => 'a',
        change => {without => ['shop'], drift => 'refuse'},    # which a restart must not be
        says   => [qr/ATY104: vhost 'shop\.example\.test' .* is not there/],
    },
    'stranger' => {
        table  => 'a',
        zones  => 'a',
        alone  => ['late'],
        change => {vhosts => ['late']},
        says   => [qr/ATY102: vhost 'late\.example\.test'/],
    },
);

# Good after bad, bad after good, bad after bad, and the same once more. The one at each
# multiple of 8 is seldom used: two restarts within moments have states of their own.
my @ORDER = (
    'good a', 'corrupt', 'good b', 'missing',
    'text', 'good a', 'drifted, client certificate', 'cut off',
    'good a', 'empty', 'drifted, alias', 'good b',
    'other SNIPolicy', 'good a', 'drifted, no such vhost', 'stranger',
    'good a',
);

my %TABLES = (
    'a'       => sub { $_[0]{a} },
    'b'       => sub { $_[0]{b} },
    'corrupt' => sub { _flipped($_[0]{a}) },
    'cut off' => sub { substr $_[0]{b}, 0, length($_[0]{b}) / 2 },
    'empty'   => sub { '' },
    'text'    => sub { "this is no table\n" },
    'missing' => sub { undef },
    'insecure' => sub { $_[0]{insecure} },
);

sub _flipped {
    my ($bytes) = @_;
    my $middle = int(length($bytes) / 2);
    substr($bytes, $middle, 1) ^= "\x01";
    return $bytes;
}

sub state_named {
    my ($name) = @_;
    my $state = $STATES{$name} or die "no state is called '$name'\n";
    return {name => $name, alone => [], change => {}, says => [], %$state};
}

# The state of the restart of that number; 0 is the start.
sub state_at { return state_named($ORDER[$_[0] % @ORDER]) }

# States that differ from the good one in the table alone: two of them may be mixed.
sub table_states {
    return map { state_named($_) } 'good b', 'corrupt', 'missing', 'good a';
}

# Compiles the policies in a directory for the variables given. Returns the bytes of all
# tables by name, undef for the one that is not there.
sub make_tables {
    my ($directory, $variables) = @_;
    my %compiled = (
        a => _compile($directory, $variables, 'a', 'secure'),
        b => _compile($directory, $variables, 'b', 'secure'),
        insecure => _compile($directory, $variables, 'a', 'insecure'),
    );
    return {map { $_ => scalar $TABLES{$_}->(\%compiled) } keys %TABLES};
}

sub _compile {
    my ($directory, $variables, $zones, $sni_policy) = @_;
    my $file = "$directory/$zones-$sni_policy";
    Aty::Template::store("$file.policy",
        Aty::Template::fill(policy_text($zones, $sni_policy), $variables));
    my $said = `\Q$variables->{authorityc}\E compile -q \Q$file\E.policy -o \Q$file\E.table 2>&1`;
    die "authorityc compile: $said" if $?;
    return Aty::Template::load("$file.table");
}

# Where Restarts::Site and authorityc do not say the same of a pair of the good states.
sub compare_with_authorityc {
    my ($directory, $variables) = @_;
    my @differences;
    for my $zones (qw(a b)) {
        my $state = state_named("good $zones");
        for my $h2 (0, 1) {
            my $said = _explain("$directory/$zones-secure", $variables, $h2);
            for my $pair (sort keys %$said) {
                my $expected = expected_status($state, split(' ', $pair), $h2) =~ s/ .*//r;
                push @differences, "$zones: $pair: here $expected, authorityc $said->{$pair}"
                    if $expected != $said->{$pair};
            }
        }
    }
    return @differences;
}

# 200 or 421 for each "CONNECTION AUTHORITY".
sub _explain {
    my ($file, $variables, $h2) = @_;
    my @pairs = map { my $sni = $_; map { "$sni $_" } authorities() }
        grep { !$h2 || !/\Aold\./ } connections();
    Aty::Template::store("$file.pairs", join "", map { "$_\n" } @pairs);
    my @command = ($variables->{authorityc}, 'explain', '--address',
        "127.0.0.1:$variables->{site_port}", $h2 ? () : '--http1', '--pairs', "$file.pairs",
        "$file.table");
    my @lines = `@{[join ' ', map { quotemeta } @command]}`;
    die "authorityc explain --pairs failed\n" if $? || @lines != @pairs;
    return {map { /\A(\S+ \S+) (\S+)/ ? ($1 => $2 eq 'misdirected' ? 421 : 200) : () } @lines};
}

1;
