# Policies.pm: random policies in pairs, OLD and a NEW that was made from it, from a seed and
# nothing else.
#
# A policy is a hash: lines (above all vhosts) and vhosts, each a hash of addresses, names
# (the first is the ServerName), certificates (keys of %CERTIFICATES) and lines. A line is a
# string.
package Policies;

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(shuffle uniq);
use Storable qw(dclone);

our @EXPORT_OK = qw(pair_of policy_text certificate_lines certificate_names);

# Names that certificates cover: alike in two files, overlapping, and disjoint.
my %CERTIFICATES = (
    wild     => ['*.a.test'],
    same     => ['*.a.test'],
    both     => ['*.a.test', '*.b.test', 'a.test'],
    other    => ['*.b.test'],
    few      => ['n1.a.test', 'n2.a.test', 'n3.b.test', 'else.a.test'],
    deep     => ['*.sub.a.test', 'n1.a.test'],
);

# What makes vhosts differ; each axis has several ways to say it, some of the same effect.
my %AXES = (
    verify   => ['SSLVerifyClient none', 'SSLVerifyClient optional', 'SSLVerifyClient require'],
    depth    => ['SSLVerifyDepth 1', 'SSLVerifyDepth 2'],
    ca       => ['SSLCACertificateFile c/ca.pem', 'SSLCACertificateFile c/ca-copy.pem',
        'SSLCACertificateFile c/ca-other.pem'],
    protocol => ['SSLProtocol -all +TLSv1.2 +TLSv1.3', 'SSLProtocol all -TLSv1 -TLSv1.1',
        'SSLProtocol TLSv1.3'],
    ciphers  => ['SSLCipherSuite ECDHE+AESGCM', 'SSLCipherSuite ECDHE+AESGCM:ECDHE+AESGCM',
        'SSLCipherSuite HIGH'],
    asking   => ['<Location /p>|SSLVerifyClient require|</Location>',
        '<Location /p>|SSLVerifyClient optional|</Location>'],
    conf     => ['SSLOpenSSLConfCmd Options ServerPreference',
        'SSLOpenSSLConfCmd Options -ServerPreference'],
);

# What only our own vhosts say.
my @OWN = ('Zone red', 'Zone blue', 'Isolate on', 'UnknownAuthority serve',
    'UnknownAuthority reject', 'Advertise off', 'Protocols http/1.1', 'Protocols h2 http/1.1',
    'PublicPort 8443', 'AcceptPair n1.a.test n2.a.test', 'AcceptPair n2.a.test n3.b.test');

my @LOCATIONS = ('SSLVerifyClient require', 'SSLVerifyClient optional', 'SSLVerifyDepth 3',
    'SSLCipherSuite ECDHE+AESGCM', 'SSLCipherSuite HIGH');

my @ADDRESSES = ('*:443', '*:443', '*:443', '192.0.2.1:443', '192.0.2.1:*', '*:8443');
my @NAMES = ((map { my $n = $_; map { "n$n.$_" } qw(a.test b.test) } 1 .. 4), 'x.sub.a.test',
    'a.test', '*.a.test', '*.sub.a.test', 'n?.b.test', 'n*.test', 'lonely.test');
my @POLICIES = qw(strict secure secure authonly authonly insecure insecure legacy);

sub pick { return $_[rand @_] }
sub chance { return rand() < $_[0] }

# The `#:` lines of test/make-certificates.
sub certificate_lines {
    return join '', (map { "#: c/$_.pem @{$CERTIFICATES{$_}}\n" } sort keys %CERTIFICATES),
        "#: c/ca.pem CA\n", "#: c/ca-copy.pem JOIN c/ca.pem\n", "#: c/ca-other.pem CA\n";
}

sub certificate_names {
    my ($vhost) = @_;
    return uniq map { @{$CERTIFICATES{$_}} } @{$vhost->{certificates}};
}

# OLD and NEW: mostly a few changes, sometimes nothing in common. Some have many <Location>s
# that ask for certificates where the vhost does not: then directives that are spelt alike
# come to different things.
sub pair_of {
    my ($seed) = @_;
    srand $seed;
    my @axes = (shuffle sort keys %AXES)[0 .. int rand 4];
    @axes = qw(depth ca asking) if chance(0.3);
    my $old = _policy(\@axes);
    my $new = chance(0.2) ? _policy(\@axes) : dclone($old);
    _mutate($new, \@axes) for 1 .. 1 + int rand 4;
    return ($old, $new);
}

sub _lines {
    my ($axes, $chance) = @_;
    return map { split /\|/, pick(@{$AXES{$_}}) } grep { chance($chance) } @$axes;
}

# Above all vhosts no <Location> stands.
sub _defaults {
    my ($axes, $chance) = @_;
    return _lines([grep { $_ ne 'asking' } @$axes], $chance);
}

sub _policy {
    my ($axes) = @_;
    my $policy = {policy => pick(@POLICIES), lines => [_defaults($axes, 0.3)], vhosts => []};
    push @{$policy->{lines}}, 'UnknownAuthority ' . pick('serve', 'reject') if chance(0.5);
    _vhost_add($policy, $axes) for 1 .. 2 + int rand 5;
    return $policy;
}

sub _vhost_add {
    my ($policy, $axes) = @_;
    my $vhost = {
        addresses    => [uniq map { pick(@ADDRESSES) } 1 .. (chance(0.2) ? 2 : 1)],
        certificates => [_certificates()],
        lines        => [_own($axes)],
    };
    $vhost->{names} = [_free_names($policy, $vhost, 1 + int rand 3)];
    push @{$policy->{vhosts}}, $vhost if @{$vhost->{names}};
    return;
}

sub _certificates {
    return uniq map { pick(sort keys %CERTIFICATES) } 1 .. (chance(0.2) ? 2 : 1);
}

sub _own {
    my ($axes) = @_;
    my @lines = _lines($axes, 0.4);
    push @lines, pick(@OWN) if chance(0.3);
    push @lines, '<Location /l>', pick(@LOCATIONS), '</Location>' if chance(0.25);
    return @lines;
}

# Names that no other vhost has on one of the addresses; the first is none with a wildcard.
sub _free_names {
    my ($policy, $vhost, $count) = @_;
    my %taken;
    for my $other (@{$policy->{vhosts}}) {
        $taken{$_} = 1 for @{$other->{names}};
    }
    my @free = grep { !$taken{$_} } shuffle @NAMES;
    my ($first) = grep { !/[*?]/ } @free;
    return if !defined $first;
    @free = grep { $_ ne $first } @free;
    return ($first, @free[0 .. ($count - 2 < $#free ? $count - 2 : $#free)]);
}

sub _mutate {
    my ($policy, $axes) = @_;
    my $vhosts = $policy->{vhosts};
    my $vhost = pick(@$vhosts);
    my @changes = (
        sub { $vhost->{lines} = [_own($axes)] },
        sub { $vhost->{lines} = [_own($axes)] },
        sub { $vhost->{certificates} = [_certificates()] },
        sub { $vhost->{addresses} = [pick(@ADDRESSES)] },
        sub { $policy->{lines} = [_defaults($axes, 0.4)] },
        sub { $policy->{policy} = pick(@POLICIES) },
        sub { _vhost_add($policy, $axes) },
        sub { @$vhosts = grep { $_ != $vhost } @$vhosts if @$vhosts > 1 },
        sub { @$vhosts = shuffle @$vhosts },
        sub { pop @{$vhost->{names}} if @{$vhost->{names}} > 1 },
        sub { push @{$vhost->{names}}, (_free_names($policy, $vhost, 2))[1] // () },
        sub { @{$vhost->{names}}[0, -1] = @{$vhost->{names}}[-1, 0]
            if $vhost->{names}[-1] !~ /[*?]/ },
        sub { push @$vhosts, shift @$vhosts },
    );
    pick(@changes)->();
    return;
}

# An AcceptPair of names that nobody has would be an error.
sub _is_allowed {
    my ($policy, $line) = @_;
    my (undef, @pair) = split ' ', $line;
    my %known = map { $_ => 1 } map { @{$_->{names}} } @{$policy->{vhosts}};
    return !grep { !$known{$_} } @pair;
}

sub policy_text {
    my ($policy) = @_;
    my @lines = ("SNIPolicy $policy->{policy}", @{$policy->{lines}});
    for my $vhost (@{$policy->{vhosts}}) {
        my ($first, @aliases) = @{$vhost->{names}};
        my @own = @{$vhost->{lines}};
        push @lines, "<VirtualHost @{$vhost->{addresses}}>", "ServerName $first",
            (@aliases ? "ServerAlias @aliases" : ()),
            (map { ("SSLCertificateFile c/$_.pem", "SSLCertificateKeyFile c/$_.key") }
                @{$vhost->{certificates}}),
            (grep { !/^AcceptPair/ } @own), '</VirtualHost>';
        push @lines, grep { /^AcceptPair/ && _is_allowed($policy, $_) } @own;
    }
    return join '', map { "$_\n" } uniq_accept(@lines);
}

# The same AcceptPair twice would be an error.
sub uniq_accept {
    my %seen;
    return grep { !/^AcceptPair/ || !$seen{$_}++ } @_;
}

1;
