package Aty::Status;

# Servers with the status page, over a small site, and the page in all its formats.

use strict;
use warnings;

use Aty::Test;
use Exporter qw(import);
use JSON::PP ();

our @EXPORT = qw(auto_status compile_site json_status page status_server vhosts);

# A vhost of httpd.conf or of the policy. Options: policy (which of the two), aliases,
# lines (in both), tls (in httpd.conf), port.
sub vhost {
    my ($name, %option) = @_;
    my $text = "<VirtualHost 127.0.0.1:@{[$option{port} || '@site_port@']}>\nServerName $name\n";
    $text .= "ServerAlias $option{aliases}\n" if $option{aliases};
    $text .= "SSLEngine on\n$option{tls}" if !$option{policy};
    return $text . ($option{lines} // '') . "</VirtualHost>\n";
}

# The small site, as httpd.conf or as policy: two vhosts that share, one of them with a
# wildcard, and one that wants a client certificate.
sub vhosts {
    my ($policy) = @_;
    my $staff = "SSLVerifyClient require\nSSLVerifyDepth 1\n"
        . 'SSLCACertificateFile @certs@/staff-ca.pem' . "\n";
    my @common = (policy => $policy, tls => '');
    return vhost('www.example.test', @common)
        . vhost('static.example.test', @common, aliases => '*.users.example.test')
        . vhost('admin.example.test', @common, lines => $staff);
}

my $tls = "SSLProtocol -all +TLSv1.2 +TLSv1.3\nSSLCertificateFile \@certs\@/wild.pem\n"
    . "SSLCertificateKeyFile \@certs\@/wild.key\n";

# A server, not yet started. Options: site and policy (the vhosts of each; by default those
# above), directives, uncompiled.
sub status_server {
    my ($name, %option) = @_;
    my ($modules) = file(var('modules')) =~ m{(\S+)/mod_ssl\.so};
    my $server = server($name, 'status.conf.in',
        site_text => "Protocols h2 http/1.1\n$tls" . 'Listen 127.0.0.1:@site_port@' . "\n"
            . ($option{site} // vhosts(0)),
        status_module => "$modules/mod_status.so",
        directives    => '');
    # httpd's own: it closes the sockets of its workers when it is stopped, also of one that
    # is just about to wait for the next request.
    $server->log->may(qr/AH03093: /);
    my $root = $server->root;
    compile_site($server, $option{policy}) if !$option{uncompiled};
    $server->configure(
        directives => join "\n", $option{directives} // "AuthorityTable $root/site.table",
        $option{more} // '');
    return $server;
}

sub compile_site {
    my ($server, $policy) = @_;
    return compile_for($server, $tls . ($policy // vhosts(1)));
}

# The response to a request for the status page, over clear text.
sub page {
    my ($server, $query, %option) = @_;
    my $target = delete $option{target} // '/authority';
    return h1($server->variables->{port}, undef, clear => 1)
        ->get('localhost', $target . ($query ? "?$query" : ''), %option);
}

sub json_status {
    my ($server) = @_;
    return JSON::PP->new->utf8->decode(page($server, 'json')->{body});
}

# The lines of ?auto, or of another page of that kind, by key.
sub auto_status {
    my ($server, %option) = @_;
    my $body = page($server, 'auto', %option)->{body};
    return {map { /\A(Authority[\w-]+): (.*)\z/ ? ($1, $2) : () } split /\n/, $body};
}

1;
