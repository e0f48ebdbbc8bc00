package Clients::Site;

# What a policy's text says, for servers and clients of it: httpd's configuration, and the
# names that clients ask for. A text has every vhost at port 443; @site_port@ stands for it
# in what is made of it.

use strict;
use warnings;

# What httpd has no directive for, or another.
my $OURS = qr/(?:UnknownAuthority|AcceptPair|Zone|Isolate|Advertise|PublicPort|Origin
    |OriginBudget)/ix;

# What all sites have. A page may read what it loads from elsewhere, and nothing is loaded
# from a cache. The log has a line for each request; address and port tell its connection. The
# other log is that of mod_authority(8). The error log tells of all connections, also of those
# on which nothing is asked for. What is posted to /echo comes back.
my $HEAD = <<'HEAD';
Protocols h2 http/1.1
LogLevel ssl:info
AddType text/html .html
AddType text/javascript .js
AddType text/plain .txt
AddType image/svg+xml .svg
Header always set Cache-Control no-store
Header always set Access-Control-Allow-Origin "expr=%{HTTP:Origin}" "expr=-n %{HTTP:Origin}"
Header always set Access-Control-Allow-Credentials true
LogFormat "%>s %A:%{remote}p %{SSL_TLS_SNI}x %{Host}i %v %H %U%q" client
CustomLog "@t_logs@/client_log" client
LogFormat "%t %<{AUTHORITY_CONN}e %{Host}i %<{AUTHORITY_VERDICT}e \
    %<{AUTHORITY_REASON}e %>s %h" verdicts
CustomLog "@t_logs@/verdicts_log" verdicts
LuaMapHandler "^/echo$" "@documents@/echo.lua"
HEAD

# The text of a policy that defines its port, with port 443 for it.
sub at_443 {
    my ($text) = @_;
    $text =~ s/\$\{Port\}/443/g if $text =~ s/^Define\s+Port\s.*\n//mi;
    return $text;
}

# The policy for another port, as variables of Aty::Template have it.
sub policy_text {
    my ($text) = @_;
    1 while $text =~ s/^(\s*<VirtualHost .*?):443\b/$1:\@site_port\@/mi;
    return $text;
}

# httpd's configuration of the same vhosts. Bundles are macros of mod_macro, which has `Use`.
sub httpd_text {
    my ($text) = @_;
    my $listen = join '', map { "Listen $_:\@site_port\@\n" } addresses($text);
    $text = policy_text($text);
    $text =~ s/^\s*#.*\n//mg;
    $text =~ s/\s+#.*//g;
    $text =~ s/^\s*$OURS\s.*\n//mg;
    $text =~ s/^SNIPolicy\b/SSLVHostSNIPolicy/mi;
    $text =~ s,^(</?)TLS\b,$1Macro,mgi;
    $text =~ s/^(\s*<VirtualHost .*)$/$1\n    SSLEngine on/mgi;
    return "$listen$HEAD$text";
}

# The names that clients know, in order: {name, address, vhost}, where vhost is the first name
# of its vhost. Some name stands for a pattern.
sub names {
    my ($text) = @_;
    my @names;
    while ($text =~ m{^\s*<VirtualHost (\S+?):443.*?>\n(.*?)^\s*</VirtualHost>}gsmi) {
        my ($address, $lines) = ($1, $2);
        $address = '127.0.0.1' if $address eq '*';
        my @own = map { s/\*/any/gr } map { split ' ', s/#.*//r }
            $lines =~ /^\s*Server(?:Name|Alias)\s+(.*)/mgi;
        push @names, map { {name => $_, address => $address, vhost => $own[0]} } @own;
    }
    return @names;
}

# The addresses that it is served at.
sub addresses {
    my ($text) = @_;
    my %addresses = map { $_->{address} => 1 } names($text);
    return sort keys %addresses;
}

1;
