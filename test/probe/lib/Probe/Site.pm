package Probe::Site;

# One site, said three times: as policy, as httpd's configuration and as nginx's. A change
# is made to one of them while another goes on as it was, and that is the planted fault.

use strict;
use warnings;

use Storable qw(dclone);

# What there is about each vhost: its name and aliases; the certificate; whether it wants a
# client's (staff), and whether it does without (lenient), or HTTP/1.1 alone (http1). Besides,
# lines that httpd has too (lines), and those that only a policy has (policy). Of a site, whether nginx wants a PROXY line (proxied).
my @VHOSTS = (
    {name => 'www.example.test',    aliases => ['example.test'],     certificate => 'wild'},
    {name => 'static.example.test', aliases => ['img.example.test'], certificate => 'wild'},
    {name => 'admin.example.test',  aliases => ['staff.example.test'], certificate => 'wild',
        staff => 1},
    {name => 'old.example.test',    certificate => 'wild', http1 => 1},
    {name => 'shop.example.test',   certificate => 'shop'},
);

# A site. Options: certs (the directory of certificates), addresses (list of IP:PORT),
# change (code that gets the site), without (label of a vhost that it has not).
sub new {
    my ($class, %option) = @_;
    my $without = $option{without} // '';
    my $self = bless {
        certs     => $option{certs},
        addresses => $option{addresses},
        vhosts    => dclone([grep { $_->{name} !~ /\A\Q$without\E\./ } @VHOSTS]),
    }, $class;
    $option{change}->($self) if $option{change};
    return $self;
}

# A vhost by the first label of its name.
sub vhost {
    my ($self, $label) = @_;
    my ($vhost) = grep { $_->{name} =~ /\A\Q$label\E\./ } @{$self->{vhosts}};
    return $vhost // die "no vhost '$label'\n";
}

sub _names { return ($_[0]{name}, @{$_[0]{aliases} || []}) }
sub names { return map { _names($_) } @{$_[0]{vhosts}} }

# What both httpd and the policy say about a vhost.
sub _common_lines {
    my ($self, $vhost) = @_;
    my $certs = $self->{certs};
    return (
        "ServerName $vhost->{name}",
        (map { "ServerAlias $_" } @{$vhost->{aliases} || []}),
        "SSLCertificateFile $certs/$vhost->{certificate}.pem",
        "SSLCertificateKeyFile $certs/$vhost->{certificate}.key",
        $vhost->{http1} ? 'Protocols http/1.1' : (),
        $vhost->{staff}
        ? ('SSLVerifyClient ' . ($vhost->{lenient} ? 'optional' : 'require'),
            "SSLCACertificateFile $certs/test-ca.pem")
        : (),
        @{$vhost->{lines} || []},
    );
}

sub _section {
    my ($self, @lines) = @_;
    return join '', "<VirtualHost @{$self->{addresses}}>\n", (map { "    $_\n" } @lines),
        "</VirtualHost>\n";
}

sub policy_text {
    my ($self) = @_;
    return join "\n", map { $self->_section($self->_common_lines($_), @{$_->{policy} || []}) }
        @{$self->{vhosts}};
}

# The number of the first line of the policy that matches, in the vhost with the name.
sub policy_line {
    my ($self, $name, $pattern) = @_;
    my ($number, $vhost) = (0, -1);
    for my $line (split /\n/, $self->policy_text) {
        $number++;
        $vhost++ if $line =~ /\A<VirtualHost/;
        return $number if $line =~ $pattern
            && grep { $_ eq $name } _names($self->{vhosts}[$vhost]);
    }
    die "no line of the policy matches $pattern for $name\n";
}

sub httpd_text {
    my ($self) = @_;
    return join "\n", (join '', map { "Listen $_\n" } @{$self->{addresses}}),
        map {
            $self->_section($self->_common_lines($_), 'SSLEngine on',
                "Header always set X-Vhost $_->{name}")
        } @{$self->{vhosts}};
}

# HTTP/2 is a matter of the socket in nginx, so all vhosts have it.
sub nginx_text {
    my ($self) = @_;
    return join "\n", map { $self->_nginx_server($_) } @{$self->{vhosts}};
}

sub _nginx_server {
    my ($self, $vhost) = @_;
    my $certs = $self->{certs};
    my $proxied = $self->{proxied} ? ' proxy_protocol' : '';
    my @lines = (
        (map { "listen $_ ssl http2$proxied" } @{$self->{addresses}}),
        'server_name ' . join(' ', _names($vhost)),
        "ssl_certificate $certs/$vhost->{certificate}.pem",
        "ssl_certificate_key $certs/$vhost->{certificate}.key",
        $vhost->{staff}
        ? ('ssl_verify_client ' . ($vhost->{lenient} ? 'optional' : 'on'),
            "ssl_client_certificate $certs/test-ca.pem")
        : (),
        "add_header X-Vhost $vhost->{name} always",
    );
    return join '', "server {\n", (map { "    $_;\n" } @lines),
        "    location / { return 200 'nginx'; }\n}\n";
}

1;
