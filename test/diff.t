#!/usr/bin/perl
# What `authorityc diff` tells is what changes: for random policies in pairs, every pair of a
# connection and an authority is asked by `explain --pairs` of OLD and of NEW, and those whose
# verdict or reason differs are exactly those of `diff --json`, its groups spelt out. The
# ORIGIN frames of their connections are held against `dump`.
#
# DIFF_SEEDS=1-500 asks more of them than the few that are always asked.
#
# And for people: diff/NAME.diff is what it says of NAME.old.policy and NAME.new.policy.
# `ACCEPT=NAME test/diff.t` writes it; read it before you believe it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/diff";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use List::Util qw(uniq);
use Outcome;
use Policies qw(pair_of policy_text certificate_lines certificate_names);
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $make_certificates = abs_path('test/make-certificates');
my $place = tempdir('diff-XXXXXX', DIR => out(), CLEANUP => 1);
my ($first_seed, $last_seed) = ($ENV{DIFF_SEEDS} // '12-28') =~ /^(\d+)-(\d+)$/
    or die "DIFF_SEEDS=FIRST-LAST\n";
my $ANY_PORT = 9999;    # nobody declares it

sub authorityc {
    my (@words) = @_;
    return outcome($place, $program, @words);
}

# The declared address that serves one (vhost.c, as explain --address takes it).
sub serving {
    my ($policy, $host, $port) = @_;
    my %declared = map { $_ => 1 } map { @{$_->{addresses}} } @{$policy->{vhosts}};
    my ($found) = grep { $declared{$_} } "$host:$port", "$host:*", "*:$port", '*:*';
    return $found;
}

# On an address of the policy: names, and names of certificates.
sub names_on {
    my ($policy, $address) = @_;
    my @vhosts = grep { grep { $_ eq $address } @{$_->{addresses}} } @{$policy->{vhosts}};
    return map { @{$_->{names}}, certificate_names($_) } @vhosts;
}

# Verdict and reason of each pair, as "CONNECTION AUTHORITY" => "VERDICT REASON".
sub explained {
    my ($side, $address, $connections, $authorities, @options) = @_;
    write_file("$place/questions",
        map { my $connection = $_; map { "$connection $_\n" } @$authorities } @$connections);
    my ($code, $answers, $errors) = authorityc('explain', @options, '--address', $address,
        '--pairs', 'questions', "$side.table");
    die "explain $side $address: $errors" if $code;
    return {map { /^(\S+ \S+) (\S+ \S+)/ } split /^/, $answers};
}

# The pairs of parts: those whose marks differ in every place.
sub pairs_of {
    my ($parts) = @_;
    my @pairs;
    for my $of_connection (grep { @{$_->{connections}} } @$parts) {
        for my $of_authority (grep { @{$_->{authorities}} } @$parts) {
            my ($x, $y) = ($of_connection->{marks}, $of_authority->{marks});
            next if grep { $x->[$_] == $y->[$_] } 0 .. $#$x;
            for my $connection (@{$of_connection->{connections}}) {
                push @pairs, map { "$connection $_" } @{$of_authority->{authorities}};
            }
        }
    }
    return @pairs;
}

sub outcome_text {
    my ($outcome) = @_;
    return "$outcome->{verdict} " . ($outcome->{reason} // '-');
}

sub address_key {
    my ($address) = @_;
    return "$address->{host}:" . ($address->{port} // '*');
}

# All that a comparison tells: address => pair => "OLD -> NEW". A pair that is told twice, or
# a count that is wrong, is in `faults`.
sub told {
    my ($answer, $faults) = @_;
    my %told;
    my %totals = map { $_ => 0 } qw(opens closes answered reason);
    for my $change (@{$answer->{changes}}) {
        my $address = address_key($change->{address});
        my %except = map { $_ => 1 } map { pairs_of($_) } @{$change->{except}};
        my @pairs = grep { !$except{$_} } pairs_of($change->{parts});
        my $way = outcome_text($change->{old}) . ' -> ' . outcome_text($change->{new});
        push @$faults, "$address: $way counts $change->{pairs}, has " . @pairs
            if $change->{pairs} != @pairs;
        $totals{$change->{direction}} += @pairs;
        for my $pair (@pairs) {
            push @$faults, "$address: $pair is told twice" if $told{$address}{$pair};
            $told{$address}{$pair} = $way;
        }
    }
    for my $direction (sort keys %totals) {
        push @$faults, "$direction: $answer->{pairs}{$direction} instead of $totals{$direction}"
            if $totals{$direction} != $answer->{pairs}{$direction};
    }
    return \%told;
}

# Everything asked on one address: pair => "OLD -> NEW" of those that differ. Names that are
# told, as those of an AcceptPair of another address, are asked as well.
sub asked {
    my ($answer, $told, $old, $new, $address, @options) = @_;
    my ($host, $port) = $address =~ /^(.+):([^:]+)$/;
    my @served = (serving($old, $host, $port), serving($new, $host, $port));
    my @names = (names_on($old, $served[0]), names_on($new, $served[1]));
    my %patterns = map { $_ => 1 } @names, 'a name of nobody', 'an IP address';
    my $samples = $answer->{samples};
    my @authorities = uniq((grep { !/[*?]/ } @names),
        (grep { $patterns{$samples->{$_}} } sort keys %$samples),
        grep { $_ ne '-' } map { split } sort keys %$told);
    my @connections = ('-', grep { !/^[\d.]+$/ } @authorities);
    my $asked = $port eq '*' ? "$host:$ANY_PORT" : $address;
    my ($was, $is) =
        map { explained($_, $asked, \@connections, \@authorities, @options) } qw(old new);
    return {map { $_ => "$was->{$_} -> $is->{$_}" } grep { $was->{$_} ne $is->{$_} } keys %$was};
}

sub disagreements {
    my ($told, $asked, $address) = @_;
    return map { "$address: $_: told " . ($told->{$_} // 'nothing') . ', asked '
            . ($asked->{$_} // 'nothing') }
        grep { ($told->{$_} // '') ne ($asked->{$_} // '') }
        sort(uniq(keys %$told, keys %$asked));
}

# What clients can connect to in OLD and NEW: one address for each pair of those that serve
# it, declared or not.
sub points_of {
    my (@policies) = @_;
    my @declared = uniq(map { @{$_->{addresses}} } map { @{$_->{vhosts}} } @policies);
    my @hosts = uniq(map { /^(.+):/ } @declared);
    my @ports = uniq(map { /([^:]+)$/ } @declared);
    my %seen;
    for my $point (@declared, map { my $host = $_; map { "$host:$_" } @ports } @hosts) {
        my @served = map { serving($_, $point =~ /^(.+):([^:]+)$/) // () } @policies;
        $seen{"@served"} //= $point if @served == 2;
    }
    return sort values %seen;
}

# What the ORIGIN frame of each name's connections says on an address: name => text. That of
# a vhost is in the dump; whose connection it is, explain knows.
sub frames_on {
    my ($side, $policy, $address, $names) = @_;
    my ($host, $port) = $address =~ /^(.+):([^:]+)$/;
    my $served = serving($policy, $host, $port);
    my (undef, $dump) = authorityc('dump', '--json', "$side.table");
    my %frames;
    for my $vhost (@{decode_json($dump)->{vhosts}}) {
        my ($seat) = grep { address_key($_->{address}) eq $served } @{$vhost->{seats}};
        $frames{$vhost->{place}{line}} =
            !$seat || !$seat->{origin} ? 'none' : join ' ', 'sent:', sort @{$seat->{origin}};
    }
    write_file("$place/questions", map { "$_ $_\n" } @$names);
    my (undef, $answers) = authorityc('explain', '--json', '--address',
        $port eq '*' ? "$host:$ANY_PORT" : $address, '--pairs', 'questions', "$side.table");
    return {map { $_->{connection} => $frames{$_->{connection_vhost}{place}{line}} }
        map { decode_json($_) } split /^/, $answers};
}

# Names that both sides have, as they are or by a pattern, whose frames are not told right.
sub origin_faults {
    my ($answer, $old, $new, $address) = @_;
    my %told;
    for my $origin (grep { address_key($_->{address}) eq $address } @{$answer->{origins}}) {
        my @frames = map { defined $origin->{$_}{set}
            ? join ' ', 'sent:', sort @{$answer->{origin_sets}[$origin->{$_}{set}]} : 'none' }
            qw(old new);
        $told{$_} = "$frames[0] -> $frames[1]" for @{$origin->{connections}};
    }
    my ($host, $port) = $address =~ /^(.+):([^:]+)$/;
    my @has = map { my $side = $_; +{map { $_ => 1 } map { @{$_->{names}} }
        grep { grep { $_ eq serving($side, $host, $port) } @{$_->{addresses}} }
        @{$side->{vhosts}}} } $old, $new;
    my @names = grep { !/[*?]/ && $has[1]{$_} } sort keys %{$has[0]};
    my @frames = (frames_on('old', $old, $address, \@names),
        frames_on('new', $new, $address, \@names));
    my @faults;
    for my $name (@names) {
        my ($was, $is) = map { $_->{$name} } @frames;
        my $expected = $was eq $is ? 'nothing' : "$was -> $is";
        my $said = $told{$name} // 'nothing';
        push @faults, "$address: ORIGIN of $name: told $said, is $expected" if $said ne $expected;
    }
    return @faults;
}

# Compares one pair of policies; returns what is wrong.
sub faults_of {
    my ($old, $new, @options) = @_;
    my @faults;
    my ($code, $output, $errors) =
        authorityc('diff', '--json', @options, 'old.table', 'new.table');
    return "exit code $code: $errors" if $code !~ /^[01]$/;
    my $answer = decode_json($output);
    my $told = told($answer, \@faults);
    for my $address (uniq(points_of($old, $new), sort keys %$told)) {
        push @faults, disagreements($told->{$address} // {},
            asked($answer, $told->{$address} // {}, $old, $new, $address, @options), $address);
        push @faults, origin_faults($answer, $old, $new, $address) if !@options;
    }
    push @faults, 'equal is wrong' if $answer->{equal} && @{$answer->{changes}};
    push @faults, "exit code $code" if $code != ($answer->{equal} ? 0 : 1);
    return @faults;
}

sub site_write {
    my ($side, $policy) = @_;
    write_file("$place/$side.policy", certificate_lines(), policy_text($policy));
    my ($code, undef, $errors) = authorityc('compile', '-q', '-Wno-error=duplicate-name',
        "$side.policy", '-o', "$side.table");
    return $code ? $errors : undef;
}

write_file("$place/certificates.policy", certificate_lines());
system($make_certificates, "$place/certificates.policy") == 0 or die "no certificates\n";
for my $seed ($first_seed .. $last_seed) {
    my ($old, $new) = pair_of($seed);
    my $fault = site_write('old', $old) // site_write('new', $new);
    is($fault, undef, "seed $seed: both policies compile") or next;
    for my $options ([], ['--http1']) {
        my @faults = faults_of($old, $new, @$options);
        ok(!@faults, "seed $seed: what is told is what changes @$options")
            or diag(map { "$_\n" } @faults[0 .. ($#faults < 9 ? $#faults : 9)]);
    }
}

# The answer for people, beside the policies; ACCEPT=NAME writes it.
for my $expected (files(qr,^test/diff/[^/]+\.diff$,)) {
    my ($name) = $expected =~ m,([^/]+)\.diff$,;
    my @sides = map { "$name.$_.policy" } qw(old new);
    for my $side (@sides) {
        copy("test/diff/$side", "$place/$side") or die "$side: $!\n";
    }
    is(system($make_certificates, map { "$place/$_" } @sides), 0, "$name: certificates");
    my ($code, $said, $errors) = authorityc('diff', @sides);
    write_file($expected, $said) if ($ENV{ACCEPT} // '') eq $name;
    is($said, slurp($expected), $expected);
    is($code, 1, "$name: exit code");
}

# Tables say the same as policies, in any mixture, and standard input does.
authorityc('compile', '-q', "sharing.$_.policy", '-o', "$_.table") for qw(old new);
my $sharing = slurp('test/diff/sharing.diff');
for my $sides (['old.table', 'new.table'], ['old.table', 'sharing.new.policy'],
    ['sharing.old.policy', 'new.table']) {
    my ($code, $said) = authorityc('diff', @$sides);
    is($said =~ s/^(?:---|\+\+\+) .*\n//gmr, $sharing =~ s/^(?:---|\+\+\+) .*\n//gmr, "@$sides");
    is($code, 1, "@$sides: exit code");
}
my $piped = qx(cd $place && $program diff old.table - <sharing.new.policy 2>&1);
like($piped, qr/^\+\+\+ -: 4 vhosts.*9 pairs become shared/ms, 'a policy on standard input');

# Places, comments, spellings and new certificates of the same names are nothing to clients;
# other CAs in the same file are.
my $plain = slurp("$place/sharing.old.policy");
write_file("$place/plain.policy", $plain, "SSLCipherSuite HIGH\n");
write_file("$place/other.policy", "# moved down\n" x 3, $plain, "SSLCipherSuite HIGH:HIGH\n");
authorityc('compile', '-q', 'plain.policy', '-o', 'plain.table');
unlink glob "$place/certs/wild.*";
system($make_certificates, "$place/sharing.old.policy") == 0 or die "no certificates\n";
my ($code, $said) = authorityc('diff', 'plain.table', 'other.policy');
is($code, 0, 'places, spellings and fingerprints: exit code');
like($said, qr/^nothing changes for clients\n\z/m, '... nothing changes for clients');
authorityc('compile', '-q', 'other.policy', '-o', 'other.table');
isnt(slurp("$place/plain.table"), slurp("$place/other.table"), '... although the tables differ');
unlink glob "$place/certs/staff-ca.*";
system($make_certificates, "$place/sharing.old.policy") == 0 or die "no certificates\n";
($code, $said) = authorityc('diff', 'plain.table', 'other.policy');
is($code, 1, 'another CA in the file: exit code');
like($said, qr/^no verdict changes\n\nsettings\n  client-ca\n    - CAs: 1, sha256:/m, '... and what it is');

# Exit codes and messages.
write_file("$place/wrong.policy", "ServerNaem x\n");
for my $case (
    [2, qr/^usage: authorityc diff/, 'old.table'],
    [2, qr/^usage: authorityc diff/, '-', '-'],
    [2, qr/^usage: authorityc diff/, qw(old.table new.table new.table)],
    [2, qr/cannot read 'missing'/, 'old.table', 'missing'],
    [1, qr/wrong\.policy:1:1: error: unknown directive/, 'wrong.policy', 'old.table'],
    [2, qr/unknown directive.*cannot read 'missing'/s, 'wrong.policy', 'missing'],
) {
    my ($expected, $message, @words) = @$case;
    my ($exit, $output, $errors) = authorityc('diff', @words);
    is($exit, $expected, "diff @words: exit code");
    like($errors, $message, '... and why');
    is($output, '', '... and no answer');
}

# Colour is for terminals that have it.
my %colours = (xterm => 1, dumb => 0);
for my $terminal (sort keys %colours) {
    local $ENV{TERM} = $terminal;
    delete local $ENV{NO_COLOR};
    my $shown = qx(script -qec "$program diff $place/old.table $place/new.table" /dev/null </dev/null);
    is($shown =~ /\e\[1;31m9 pairs become shared/ ? 1 : 0, $colours{$terminal}, "colour on $terminal");
}
unlike($sharing, qr/\e/, 'no colour in a file');
done_testing();
