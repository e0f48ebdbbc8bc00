package Differential::Text;

# A site as httpd's configuration, and as policy. @certs@ and @pN_port@ are left to
# Aty::Template.

use strict;
use warnings;

use Differential::Site;
use Differential::Values qw(%NEEDS directive_key);
use Exporter qw(import);

our @EXPORT_OK = qw(httpd_text policy_text);

# Directives of httpd that mod_ssl does not compare; a policy has no use for them.
my @NOISE = (
    ['SSLHonorCipherOrder',      'on'],
    ['SSLSessionTickets',        'off'],
    ['SSLInsecureRenegotiation', 'off'],
);

sub _line {
    my ($line, $indent) = @_;
    return ' ' x ($indent // 0) . join(' ', map { /[\s#]/ ? "\"$_\"" : $_ } @$line) . "\n";
}

sub _port {
    my ($number) = @_;
    return $number eq '*' ? '' : ":\@p${number}_port\@";
}

sub _open_vhost {
    my ($vhost) = @_;
    my $addresses = join ' ', map { $_->[0] . _port($_->[1]) } @{$vhost->{addresses}};
    my ($first, @others) = @{$vhost->{names}};
    return join '', "\n<VirtualHost $addresses>\n", _line(['ServerName', $first], 4),
        @others ? _line(['ServerAlias', @others], 4) : ();
}

sub _locations {
    my ($vhost) = @_;
    return map {
        ("    <Location $_->{path}>\n", (map { _line($_, 8) } @{$_->{lines}}), "    </Location>\n")
    } @{$vhost->{locations}};
}

# What must stand beside a vhost's lines, or httpd would not start or nobody could connect.
sub _needed {
    my ($site, $vhost) = @_;
    my %is = map { directive_key($_) => $_ } @{$site->{base}}, @{$vhost->{lines}};
    my %in_location = map { directive_key($_) => $_ } map { @{$_->{lines}} } @{$vhost->{locations}};
    my @needed;
    for my $directive (sort keys %NEEDS) {
        my $line = $NEEDS{$directive};
        my ($wants) = grep { $_ && $_->[1] ne 'none' } $is{$directive}, $in_location{$directive};
        push @needed, $line if $wants && !$is{$line->[0]};
    }
    return @needed;
}

sub httpd_text {
    my ($site) = @_;
    my $text = '';
    for my $number (1 .. $site->{ports}) {
        $text .= "Listen $_:\@p${number}_port\@\n" for '127.0.0.1', '127.0.0.2';
    }
    $text .= _line(['SSLVHostSNIPolicy', $site->{policy}]);
    my @base = @{$site->{base}};
    unshift @base, ['Protocols', 'h2', 'http/1.1'] if !grep { $_->[0] eq 'Protocols' } @base;
    $text .= _line($_) for @base;
    my $noise = 0;
    for my $vhost (@{$site->{vhosts}}) {
        $text .= _open_vhost($vhost) . "    SSLEngine on\n";
        $text .= _line($_, 4) for _needed($site, $vhost), @{$vhost->{lines}};
        $text .= _line($NOISE[$noise], 4) if $noise++ < @NOISE;
        $text .= join '', _locations($vhost), "</VirtualHost>\n";
    }
    return $text;
}

sub policy_text {
    my ($site) = @_;
    my $text = _line(['SNIPolicy', $site->{policy}]);
    $text .= _line(['UnknownAuthority', $site->{unknown}]) if $site->{unknown};
    $text .= _line($_) for @{$site->{base}};
    my $bundle = 0;
    for my $vhost (@{$site->{vhosts}}) {
        my @lines = (_needed($site, $vhost), @{$vhost->{lines}});
        my @tls = grep { $_->[0] ne 'Protocols' } @lines;
        if ($vhost->{bundle} && @tls) {
            $bundle++;
            $text .= join '', "\n<TLS bundle$bundle>\n", (map { _line($_, 4) } @tls), "</TLS>\n";
            @lines = (['Use', "bundle$bundle"], grep { $_->[0] eq 'Protocols' } @lines);
        }
        $text .= _open_vhost($vhost);
        $text .= _line($_, 4) for @lines, @{$vhost->{own}};
        $text .= join '', _locations($vhost), "</VirtualHost>\n";
    }
    return $text;
}

1;
