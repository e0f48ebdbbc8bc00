package Restarts::Site;

# The site of the restarts, as httpd's configuration and as policy, and what the policy
# says of a pair, written down once more so that authorityc is not asked about itself.
# @certs@ and @site_port@ are left to Aty::Template.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(authorities connections expected_status group_names handshake_vhost
    httpd_text policy_text @CLIENT_CERTIFICATE);

# Names that nobody asks for: they make the table so large (about 100 KiB) that one which
# is not given back at a restart is seen at once.
my $PADDING = 1000;

our @CLIENT_CERTIFICATE = (
    'SSLVerifyClient      require',
    'SSLVerifyDepth       1',
    'SSLCACertificateFile @certs@/staff-ca.pem',
);

my @STATUS_PAGE = (
    '<IfModule authority_module>',
    '<Location /authority-status>',
    'SetHandler authority-status',
    '</Location>',
    '</IfModule>',
);

# In the order of the files; the first is the default vhost. `lines` go into both files,
# `policy` into the policy alone; `status` stands for the status page. All have the same
# certificate.
my @VHOSTS = (
    {name => 'www',     aliases => ['web'], status => 1},
    {name => 'static',  aliases => ['img']},
    {name => 'news',    aliases => []},
    {name => 'shop',    aliases => ['till']},
    {name => 'partner', aliases => []},
    {name => 'admin',   aliases => [], lines => \@CLIENT_CERTIFICATE},
    {name => 'old',     aliases => [], lines => ['Protocols http/1.1']},
    {
        name    => 'bulk',
        aliases => [map { sprintf 'bulk-%04d', $_ } 1 .. $PADDING],
        policy  => ['Isolate on', 'Advertise off'],
    },
);

# The zones of the two policies; a vhost that is not named is in the common one.
my %ZONES = (
    a => {shop => 'trade', partner => 'partner'},
    b => {static => 'trade', shop => 'trade', news => 'news'},
);

sub _full { return map { "$_.example.test" } @_ }

# Names that connections are opened with, '-' for none; and those that are asked for.
sub connections { return ('-', _full(qw(www web static img news shop partner admin old))) }

sub authorities {
    return _full(qw(www web static img news shop till partner admin old bulk-0007 nowhere
        late extra));
}

# The vhosts of httpd with what a state changes: lines and aliases by vhost; vhosts, which the
# policy has not; without, which httpd has not. drift stands for AuthorityDrift.
sub _vhosts {
    my ($change) = @_;
    my @more = map { +{name => $_, aliases => []} } @{$change->{vhosts} || []};
    my %without = map { $_ => 1 } @{$change->{without} || []};
    return map {
        my $name = $_->{name};
        $without{$name} ? () : +{
            %$_,
            lines   => [@{$_->{lines} || []}, @{$change->{lines}{$name} || []}],
            aliases => [@{$_->{aliases}}, @{$change->{aliases}{$name} || []}],
        };
    } @VHOSTS, @more;
}

sub _aliases {
    my ($vhost) = @_;
    my @names = _full(@{$vhost->{aliases}});
    my @lines;
    push @lines, join ' ', '    ServerAlias', splice @names, 0, 20 while @names;
    return @lines;
}

sub _vhost_text {
    my ($vhost, @lines) = @_;
    return join "\n", '<VirtualHost 127.0.0.1:@site_port@>',
        "    ServerName $vhost->{name}.example.test", _aliases($vhost),
        (map { "    $_" } @lines), '</VirtualHost>', '';
}

# httpd.conf from `Protocols` on. Each response says which vhost and which configuration it
# is from.
sub httpd_text {
    my ($generation, $change) = @_;
    return join "\n", 'Protocols h2 http/1.1', 'SSLProtocol -all +TLSv1.2 +TLSv1.3',
        'SSLCertificateFile @certs@/wild.pem', 'SSLCertificateKeyFile @certs@/wild.key',
        'Listen 127.0.0.1:@site_port@',
        # Several children, of which some end at once, and room for those that do not.
        '<IfModule !prefork.c>', 'ServerLimit 24', 'StartServers 3', '</IfModule>',
        '<IfModule prefork.c>', 'MaxRequestWorkers 80', '</IfModule>',
        '<IfModule authority_module>', 'AuthorityDrift ' . ($change->{drift} // 'quarantine'),
        '</IfModule>', "Header always set X-Generation $generation",
        map { _vhost_text($_, 'SSLEngine on', @{$_->{lines}}, $_->{status} ? @STATUS_PAGE : (),
            "Header always set X-Vhost $_->{name}") } _vhosts($change);
}

# The policy with the zones of that name, under an SNIPolicy.
sub policy_text {
    my ($zones, $sni_policy) = @_;
    return join "\n", "SNIPolicy $sni_policy", 'SSLProtocol -all +TLSv1.2 +TLSv1.3',
        'SSLCertificateFile @certs@/wild.pem', 'SSLCertificateKeyFile @certs@/wild.key',
        map {
            my $zone = $ZONES{$zones}{$_->{name}};
            _vhost_text($_, @{$_->{lines} || []}, @{$_->{policy} || []},
                $zone ? "Zone $zone" : ());
        } @VHOSTS;
}

# The vhost that httpd selects by a name; undef where none has it.
sub vhost_of {
    my ($name, $change) = @_;
    my ($label) = $name =~ /\A([\w-]+)\.example\.test\z/ or return;
    for my $vhost (_vhosts($change)) {
        return $vhost->{name} if grep { $_ eq $label } $vhost->{name}, @{$vhost->{aliases}};
    }
    return;
}

# The vhost that does the handshake for an SNI: the default one where none has that name.
sub handshake_vhost {
    my ($sni, $change) = @_;
    return ($sni eq '-' ? undef : vhost_of($sni, $change)) // $VHOSTS[0]{name};
}

sub _share {
    my ($zones, $one, $other, $h2) = @_;
    return 0 if grep { $_ eq 'admin' || $_ eq 'bulk' } $one, $other;
    return 0 if $h2 && $other eq 'old';
    my $of = $ZONES{$zones};
    return ($of->{$one} // '') eq ($of->{$other} // '');
}

# What a state says of a request: the status, and for 200 the vhost that answers. The state
# has zones (undef: there is no table, all is closed), alone (vhosts that share with nobody)
# and change.
sub expected_status {
    my ($state, $sni, $authority, $h2) = @_;
    my $connection = handshake_vhost($sni, $state->{change});
    my $named = vhost_of($authority, $state->{change});
    my $request = $named // $VHOSTS[0]{name};
    my $same = $connection eq $request;
    if ($state->{zones}) {
        return 421 if !$named && $sni ne '-';
        return 421 if !$same && grep { $_ eq $connection || $_ eq $request } @{$state->{alone}};
        return 421 if !$same && !_share($state->{zones}, $connection, $request, $h2);
    }
    elsif (!$same) {
        return 421;
    }
    return "200 $request";
}

# The names that a connection is told in its ORIGIN frame, or undef where it gets none. A
# single name, and the vhost of a connection that shares with nobody, make an empty frame.
sub group_names {
    my ($state, $sni) = @_;
    return if !$state->{zones} || $sni eq '-';
    my $own = handshake_vhost($sni, $state->{change});
    my %alone = map { $_ => 1 } @{$state->{alone}};
    return [] if $alone{$own};
    my @group = grep { !$alone{$_->{name}} && _is_listed($state->{zones}, $own, $_->{name}) }
        @VHOSTS;
    my @names = map { _full($_->{name}, @{$_->{aliases}}) } @group;
    return @names > 1 ? \@names : [];
}

sub _is_listed {
    my ($zones, $own, $name) = @_;
    return $name eq $own || _share($zones, $own, $name, 1);
}

1;
