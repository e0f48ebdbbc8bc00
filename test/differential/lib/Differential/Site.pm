package Differential::Site;

# A random site: plain data, from a seed and nothing else. Keys:
#   seed; policy (SSLVHostSNIPolicy); ports (how many); client (whether clients show a
#   certificate); base (lines above all vhosts); unknown (UnknownAuthority above all);
#   vhosts: addresses ([host, port number or '*']), names (the first is the ServerName),
#   lines, own (lines of the policy alone), locations (path, lines), bundle (whether the
#   policy has the lines in a <TLS>)
# A line is a list of words.

use strict;
use warnings;

use Differential::Values qw(%LINES certificate_lines directive_key @CERTIFICATES @CONF);
use List::Util qw(shuffle uniq);

my @POLICIES = qw(strict secure secure authonly insecure);
my @DOMAINS  = ('example.test') x 3;
push @DOMAINS, 'other.test', 'sub.example.test';

sub pick { return $_[rand @_] }
sub chance { return rand() < $_[0] }

sub random {
    my ($class, $seed) = @_;
    srand $seed;
    my $self = bless {
        seed   => $seed,
        policy => pick(@POLICIES),
        ports  => 1 + chance(0.3),
        client => chance(0.75),
        names  => {},
    }, $class;
    $self->{policy} = 'secure' if $self->{policy} eq 'strict' && chance(0.5);
    $self->{axes} = [_axes($self->{client})];
    $self->{unknown} = pick(undef, 'serve', 'serve', 'reject');
    $self->{base} = [$self->_lines(0.4), _protocols(0.1)];
    unshift @{$self->{base}}, certificate_lines(@{pick(@CERTIFICATES)}) if chance(0.7);
    push @{$self->{vhosts}}, $self->_vhost($_) for 1 .. 3 + int rand 5;
    delete @$self{qw(names axes)};
    return $self->under($self->{policy});
}

# Puts the site under a policy. Under insecure no depths differ: on TLS 1.2, mod_ssl loses an
# HTTP/2 connection of `require` on which `optional` with a smaller depth is asked for.
sub under {
    my ($self, $policy) = @_;
    $self->{policy} = $policy;
    return $self if $policy ne 'insecure';
    my @vhosts = @{$self->{vhosts}};
    for my $scope (\$self->{base}, map { \$_->{lines} } @vhosts,
        map { @{$_->{locations}} } @vhosts) {
        $$scope = [grep { $_->[0] ne 'SSLVerifyDepth' } @$$scope];
    }
    return $self;
}

# The axes along which its vhosts differ, each with two or three lines to choose from.
# OCSP asks nobody where clients show no certificate.
sub _axes {
    my ($client) = @_;
    my @possible = grep { $client ? !/ocsp/ : 1 } sort keys %LINES;
    my @chosen = (shuffle @possible)[0 .. int rand 4];
    push @chosen, 'verify' if grep { /^(?:ca|dn|crl|depth|ocsp)/ } @chosen;
    push @chosen, 'ocsp' if grep { /^ocsp/ } @chosen;
    my @axes;
    for my $axis (uniq @chosen) {
        my @lines = shuffle @{$LINES{$axis}};
        @lines = grep { $_->[1] ne 'require' } @lines if !$client;
        push @axes, [@lines[0 .. ($#lines < 2 ? $#lines : 1 + int rand 2)]];
    }
    return @axes;
}

sub _lines {
    my ($self, $chance) = @_;
    my @lines = map { pick(@$_) } grep { chance($chance) } @{$self->{axes}};
    push @lines, (shuffle @CONF)[0 .. int rand 2] if chance(0.1);
    return map { [@$_] } @lines;
}

sub _protocols {
    my ($chance) = @_;
    return chance($chance)
        ? ['Protocols', @{pick(['http/1.1'], ['h2', 'http/1.1'], ['http/1.1', 'h2'])}]
        : ();
}

sub _vhost {
    my ($self, $number) = @_;
    my $vhost = {
        addresses => [$self->_addresses],
        lines     => [$self->_lines(0.25), _protocols(0.1)],
        locations => [],
        own       => [_own_lines()],
        bundle    => chance(0.2) ? 1 : 0,
    };
    $vhost->{names} = [$self->_names($number, $vhost->{addresses})];
    my $has_base = grep { $_->[0] eq 'SSLCertificateFile' } @{$self->{base}};
    unshift @{$vhost->{lines}}, certificate_lines(@{pick(@CERTIFICATES)})
        if !$has_base || chance(0.15);
    push @{$vhost->{locations}}, $self->_location($_)
        for chance(0.25) ? (shuffle '/private', '/secret', '/')[0 .. int rand 2] : ();
    return $vhost;
}

sub _own_lines {
    my @lines;
    push @lines, ['Zone', pick('red', 'blue')] if chance(0.05);
    push @lines, ['Isolate', 'on'] if chance(0.03);
    push @lines, ['UnknownAuthority', pick('serve', 'reject')] if chance(0.1);
    push @lines, ['Advertise', 'off'] if chance(0.1);
    return @lines;
}

sub _location {
    my ($self, $path) = @_;
    my @lines;
    my @verify = grep { $self->{client} || $_->[1] ne 'require' } @{$LINES{verify}};
    push @lines, pick(@verify) if chance(0.6);
    push @lines, pick(@{$LINES{depth}}) if chance(0.3);
    push @lines, pick(@{$LINES{ciphers}}) if !@lines || chance(0.3);
    return {path => $path, lines => [map { [@$_] } @lines]};
}

# Mostly one set for all, so that there is something to share.
sub _addresses {
    my ($self) = @_;
    my $port = sub { pick(1 .. $self->{ports}) };
    return ['*', $port->()] if chance(0.5);
    my @all = (['127.0.0.1', $port->()], ['127.0.0.2', $port->()], ['*', '*'],
        ['127.0.0.1', '*'], ['_default_', $port->()]);
    my @addresses = (shuffle @all)[0 .. (chance(0.8) ? 0 : 1)];
    my %seen;
    return grep { !$seen{address_key($_)}++ } @addresses;
}

sub address_key {
    my ($address) = @_;
    my ($host, $port) = @$address;
    return ($host eq '_default_' ? '*' : $host) . ":$port";
}

# A name is taken once on each address set; on another one it may come again.
sub _names {
    my ($self, $number, $addresses) = @_;
    my @candidates = ("n$number." . pick(@DOMAINS));
    unshift @candidates, 'n' . (1 + int rand $number) . '.example.test' if chance(0.15);
    push @candidates, pick('a', 'b', 'c') . '.example.test' if chance(0.4);
    push @candidates, "x$number." . pick(@DOMAINS) if chance(0.3);
    push @candidates, pick('*.example.test', '*.sub.example.test', 'n?.example.test',
        '*.other.test', 'x*.example.test', '*.test') if chance(0.25);
    my @names;
    for my $name (uniq @candidates) {
        my @keys = map { address_key($_) . " $name" } @$addresses;
        next if grep { $self->{names}{$_} } @keys;
        $self->{names}{$_} = 1 for @keys;
        push @names, $name;
    }
    return @names;
}

# Whether a connection to a host and port (number) reaches some vhost.
sub serves {
    my ($self, $host, $port) = @_;
    for my $address (map { @{$_->{addresses}} } @{$self->{vhosts}}) {
        my ($own_host, $own_port) = @$address;
        return 1 if ($own_host eq $host || $own_host =~ /\A(?:\*|_default_)\z/)
            && ($own_port eq '*' || $own_port == $port);
    }
    return 0;
}

# The [host, port number] of all its connections.
sub points {
    my ($self) = @_;
    return grep { $self->serves(@$_) }
        map { my $host = $_; map { [$host, $_] } 1 .. $self->{ports} } '127.0.0.1', '127.0.0.2';
}

sub _all_names {
    my ($self) = @_;
    my @names = uniq map { @{$_->{names}} } @{$self->{vhosts}};
    return map { s/\A\*\./deep.er./r =~ s/[*?]/9/gr } @names;
}

# Names of TLS handshakes; '-' is none. Of a trailing dot nothing is cut there.
sub handshakes {
    my ($self) = @_;
    my @names = $self->_all_names;
    return uniq('-', @names, uc $names[0], "$names[-1].", 'nobody.example.test', 'deep.n9');
}

sub authorities {
    my ($self) = @_;
    my @names = $self->_all_names;
    return uniq(@names, uc $names[-1], "$names[0].", "$names[0]:8443", "$names[-1].:1",
        'nobody.example.test', 'y.other.test', '127.0.0.1');
}

# The paths to ask: one that only a <Location /> holds, and those of all others.
sub paths {
    my ($self) = @_;
    return uniq('/open/', map { "$_/" =~ s{//}{/}r } grep { $_ ne '/' }
        map { $_->{path} } map { @{$_->{locations}} } @{$self->{vhosts}});
}

sub has_root_location {
    my ($self) = @_;
    return scalar grep { $_->{path} eq '/' } map { @{$_->{locations}} } @{$self->{vhosts}};
}

1;
