package Bench::Formats;

# The same vhosts as a policy and as the configuration of servers. A format is what stands
# before all (head), where a certificate comes first (bundle), for a vhost, and at the end
# (foot). What a vhost is, policy.pl says.

use strict;
use warnings;

use JSON::PP ();

my $json = JSON::PP->new->canonical;

sub _nothing { return '' }

sub _policy_bundle {
    my ($vhost) = @_;
    my @lines = map { my ($file, $key) = @$_;
        "    SSLCertificateFile    certificates/$file\n"
            . "    SSLCertificateKeyFile certificates/$key\n" } @{ $vhost->{files} };
    return join '', "<TLS $vhost->{bundle}>\n", @lines, "</TLS>\n";
}

sub _policy_vhost {
    my ($vhost, undef, $option) = @_;
    my ($name, @aliases) = @{ $vhost->{names} };
    my $zone = defined $vhost->{zone} ? "    Zone        $vhost->{zone}\n" : '';
    return <<"END";
<VirtualHost *:$option->{port}>
    ServerName  $name
    ServerAlias @aliases
    Use         $vhost->{bundle}
$zone</VirtualHost>
END
}

sub _httpd_vhost {
    my ($vhost, $directory, $option) = @_;
    my ($name, @aliases) = @{ $vhost->{names} };
    my @lines = map { my ($file, $key) = @$_;
        "    SSLCertificateFile    \"$directory/$file\"\n"
            . "    SSLCertificateKeyFile \"$directory/$key\"\n" } @{ $vhost->{files} };
    return join '', <<"END", @lines, "</VirtualHost>\n";
<VirtualHost *:$option->{port}>
    ServerName  $name
    ServerAlias @aliases
END
}

# With tables large enough for any number of names.
sub _nginx_head {
    return <<'END';
pid nginx.pid;
events {
}
http {
    access_log off;
    client_body_temp_path nginx;
    proxy_temp_path       nginx;
    fastcgi_temp_path     nginx;
    uwsgi_temp_path       nginx;
    scgi_temp_path        nginx;
    server_names_hash_max_size 8388608;
    server_names_hash_bucket_size 128;
END
}

sub _nginx_vhost {
    my ($vhost, $directory, $option) = @_;
    my @lines = map { my ($file, $key) = @$_;
        "        ssl_certificate     $directory/$file;\n"
            . "        ssl_certificate_key $directory/$key;\n" } @{ $vhost->{files} };
    return join '', <<"END", @lines, "    }\n";
    server {
        listen 127.0.0.1:$option->{port} ssl http2;
        server_name @{ $vhost->{names} };
        if (\$ssl_server_name != \$host) {
            return 421;
        }
END
}

# Of HAProxy the two lists that its configuration names: which vhost a name belongs to, and
# the certificates.
sub _haproxy_names {
    my ($vhost) = @_;
    return join '', map {"$_ $vhost->{bundle}\n"} @{ $vhost->{names} };
}

sub _haproxy_bundle {
    my ($vhost, $directory) = @_;
    return join '', map {"$directory/$_->[0]\n"} @{ $vhost->{files} };
}

my @caddy_files;
my $caddy_comma;

sub _caddy_head {
    my ($option) = @_;
    $caddy_comma = '';
    return "{\"admin\": {\"disabled\": true}, \"apps\": {\"http\": {\"servers\": {\"bench\": {\n"
        . "\"listen\": [\"127.0.0.1:$option->{port}\"], \"strict_sni_host\": true,\n"
        . "\"automatic_https\": {\"disable\": true}, \"tls_connection_policies\": [{}],\n"
        . "\"routes\": [\n";
}

sub _caddy_bundle {
    my ($vhost, $directory) = @_;
    push @caddy_files, map { {certificate => "$directory/$_->[0]", key => "$directory/$_->[1]"} }
        @{ $vhost->{files} };
    return '';
}

sub _caddy_vhost {
    my ($vhost) = @_;
    my $route = $json->encode({match => [{host => $vhost->{names}}],
        handle => [{handler => 'static_response', body => 'a small file'}]});
    my $line = "$caddy_comma$route\n";
    $caddy_comma = ',';
    return $line;
}

sub _caddy_foot {
    return ']}}}, "tls": {"certificates": {"load_files": ' . $json->encode(\@caddy_files) . "}}}}\n";
}

my %FORMAT = (
    policy => {
        head   => sub {"OriginBudget $_[0]{budget}\n"},
        bundle => \&_policy_bundle,
        vhost  => \&_policy_vhost,
    },
    httpd => {vhost => \&_httpd_vhost},
    nginx => {head => \&_nginx_head, vhost => \&_nginx_vhost, foot => sub {"}\n"}},
    'haproxy-names'        => {vhost => \&_haproxy_names},
    'haproxy-certificates' => {bundle => \&_haproxy_bundle},
    caddy => {
        head   => \&_caddy_head,
        bundle => \&_caddy_bundle,
        vhost  => \&_caddy_vhost,
        foot   => \&_caddy_foot,
    },
);

# The format of that name, whole; undef where there is none.
sub named {
    my ($name) = @_;
    my $format = $FORMAT{$name} or return;
    return {(map { $_ => \&_nothing } qw(head bundle vhost foot)), %$format};
}

1;
