# Drift at the edges: what stands beside the vhosts of the table, and must neither open one
# nor take anything from those that are as they should be.

use Aty::Test;

my $h2 = var('mpm') ne 'prefork';
my $top = qq{SSLCertificateFile "\@certs\@/wild.pem"\nSSLCertificateKeyFile "\@certs\@/wild.key"\n};

# The text of a vhost for configuration and policy; lines that only httpd takes begin with !.
sub vhost {
    my ($name, @lines) = @_;
    my $port = $name =~ s/\@(\w+)\z// ? $1 : 'edge_one';
    return join '', "<VirtualHost 127.0.0.1:\@${port}_port\@>\n",
        "    ServerName $name.example.test\n", (map { "    $_\n" } '!SSLEngine on', @lines),
        "</VirtualHost>\n";
}

# A server with these vhosts, and the table of those.
sub make {
    my ($name, $sni_policy, $live, $table, %option) = @_;
    my $conf = join '', "Protocols h2 http/1.1\nSSLVHostSNIPolicy $sni_policy\n", $top,
        "Listen 127.0.0.1:\@edge_one_port\@\nListen 127.0.0.1:\@edge_two_port\@\n",
        $option{first} // '', @$live;
    my $server = server("edges-$name", 'authority.conf.in', edge_one_port => 0,
        edge_two_port => 0, site_text => $conf =~ s/^( *)!/$1/mgr);
    compile_for($server, join '', "SNIPolicy $sni_policy\n", $top,
        map { s/^ *!.*\n//mgr } @$table);
    return $server;
}

sub client {
    my ($server, $port, $sni, %option) = @_;
    return $h2 ? h2($server->port($port), $sni, %option)
        : h1($server->port($port), $sni, alpn => ['http/1.1'], %option);
}

sub origins {
    my ($server, $sni) = @_;
    my $connection = h2($server->port('edge_one'), "$sni.example.test");
    $connection->barrier;
    return join ' ', sort map { m{//(\w+)\.} } $connection->origins;
}

# The default vhost lends its TLS versions to those without SSLProtocol, also where the
# table does not know it (ssl_engine_kernel.c, ssl_find_vhost).
{
    my @versions = 'SSLProtocol -all +TLSv1 +TLSv1.1 +TLSv1.2 +TLSv1.3';
    my @table = (vhost('first', @versions), vhost('a', @versions), vhost('b'));
    my $server = make('lent', 'insecure', \@table, \@table);
    $server->start;
    is(verdict(client($server, 'edge_one', 'a.example.test', version => 'TLSv1.2'),
        'b.example.test', server => $server), 'shared', 'lent: as the table has it');
    $server->configure(site_text => $server->variables->{site_text} =~
            s/(<VirtualHost)/@{[vhost('x', 'SSLProtocol -all +TLSv1.3', 'AuthorityEngine off') =~
                s{^( *)!}{$1}mgr]}$1/r);
    ok($server->restart, 'lent: an unknown vhost comes before all others');
    ok(!eval { client($server, 'edge_one', 'b.example.test', version => 'TLSv1.2') },
        'lent: b itself takes no TLS 1.2 now');
    is(verdict(client($server, 'edge_one', 'a.example.test', version => 'TLSv1.2'),
        'b.example.test', server => $server), 'misdirected drifted',
        'lent: and is not reached by it on a connection of another');
}

# What an SSLOpenSSLConfCmd does not set is compared.
{
    my $session = 'SSLOpenSSLConfCmd Options -SessionTicket';
    my @table = (vhost('a', $session), vhost('b', $session));
    my $server = make('options', 'insecure',
        [$table[0], vhost('b', $session, 'SSLProtocol -all +TLSv1.3')], \@table);
    $server->log->announce(qr/ATY104: vhost 'b\.example\.test' .*: protocol: /);
    $server->start;
    is(verdict(client($server, 'edge_one', 'a.example.test'), 'b.example.test',
        server => $server), 'misdirected drifted', 'options: other TLS versions are seen');
}

# A vhost that is gone is missed, whoever has its name elsewhere.
{
    my @table = (vhost('a'), vhost('b', 'Isolate on'));
    my $server = make('plain', 'secure',
        [vhost('a'), vhost('b@edge_two') =~ s/!SSLEngine on/!SSLEngine off/r], \@table);
    $server->log->announce(qr/ATY104: vhost 'b\.example\.test' .* is not there: /);
    $server->start;
    is(verdict(client($server, 'edge_one', 'a.example.test'), 'a.example.test',
        server => $server), 'same', 'plain: the others are served');
}

# The same names on another address, and a vhost that stands there twice, take none away.
if ($h2) {
    my @table = (vhost('a'), vhost('b'), vhost('c', 'SSLVerifyClient require',
        'SSLCACertificateFile "@certs@/staff-ca.pem"'));
    my $server = make('elsewhere', 'secure', [@table,
        vhost('a@edge_two', '!AuthorityEngine off'), vhost('b@edge_two', '!AuthorityEngine off'),
        vhost('b')], \@table);
    $server->log->announce(qr/ATY102: vhost 'b\.example\.test' .*take it out of the config/);
    $server->start;
    is(origins($server, 'a'), 'a b', 'elsewhere: the frame has both names');
    is(verdict(client($server, 'edge_one', 'a.example.test'), 'b.example.test',
        server => $server), 'shared', 'elsewhere: and they share');
}

# AuthorityEngine off does not silence what concerns others.
{
    my @table = (vhost('a'), vhost('b'));
    my $server = make('silent', 'secure', [$table[0],
        vhost('b', 'ServerAlias more.example.test', '!AuthorityEngine off')], \@table);
    $server->log->announce(qr/ATY104: vhost 'b\.example\.test' .*'more\.example\.test'/);
    $server->start;
    is(verdict(client($server, 'edge_one', 'b.example.test'), 'a.example.test',
        server => $server), 'misdirected drifted', 'silent: its connections reach nobody');
}

# The main server is no vhost of a table, whatever it is called.
{
    my @table = (vhost('a'), vhost('b'));
    my $server = make('main', 'secure', [$table[0]], \@table,
        first => "ServerName b.example.test\nSSLEngine on\n");
    $server->log->announce(qr/ATY104: vhost 'b\.example\.test' .* is not there: /);
    $server->start;
    is(verdict(client($server, 'edge_one', 'a.example.test'), 'a.example.test',
        server => $server), 'same', 'main: the others are served');
}

finish();
