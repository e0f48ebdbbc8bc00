# I9, where httpd itself does not hold it: mod_ssl tells the TLS sessions of vhosts apart by
# ServerName and its port alone. Two vhosts that have both in common, on different
# addresses, take each other's sessions, and with them a client certificate that they would
# have refused, or none although they want one. authorityc warns of just these
# (shared-sessions), and what it advises helps.

use Aty::Test;

$SIG{PIPE} = 'IGNORE';    # the server may be gone by our first write

# Each is a pair of vhosts that are asked for NAME.example.test: where the second is, its
# names if they are others, the authority whose client certificates each takes, and what
# the second answers a client with a certificate of `staff-ca`: without a session, and with
# one of the first: the status (0: it ends the connection), and whether it was resumed.
my @twins = (
    {name => 'one-name', at => 'address', cas => ['staff-ca', 'ca'],
        without => '0 0', with => '200 1'},
    {name => 'one-alias', at => 'address', cas => ['staff-ca', 'ca'],
        names => "ServerName other-alias.example.test\n    ServerAlias one-alias.example.test",
        without => '0 0', with => '0 0'},
    {name => 'two-ports', at => 'port', cas => ['staff-ca', 'ca'],
        without => '0 0', with => '200 1'},
    {name => 'port-said', at => 'port', cas => ['staff-ca', 'ca'],
        names => 'ServerName https://port-said.example.test:@other_port@',
        without => '0 0', with => '0 0'},
    {name => 'port-443', at => 'port', cas => ['staff-ca', 'ca'],
        names => 'ServerName https://port-443.example.test:443',
        without => '0 0', with => '200 1'},
    {name => 'unasked', at => 'port', cas => [undef, 'staff-ca'],
        without => '200 0', with => '0 1'},
    {name => 'unasked-said', at => 'port', cas => [undef, 'staff-ca'],
        names => 'ServerName unasked-said.example.test:@other_port@',
        without => '200 0', with => '200 0'},
    {name => 'alike', at => 'address', cas => ['staff-ca', 'staff-ca'],
        without => '200 0', with => '200 1'},
);
my @warned = qw(one-name two-ports port-443 unasked);

# The lines that httpd and a policy have in common.
my $common = <<'END' . join '', map { vhosts($_) } @twins;
SSLCertificateFile    "@certs@/wild.pem"
SSLCertificateKeyFile "@certs@/wild.key"
END

sub vhosts {
    my ($twin) = @_;
    my $other = $twin->{at} eq 'port' ? '127.0.0.1:@other_port@' : '127.0.0.2:@site_port@';
    my $names = "ServerName $twin->{name}.example.test";
    return vhost('127.0.0.1:@site_port@', $names, $twin->{cas}[0])
        . vhost($other, $twin->{names} // $names, $twin->{cas}[1]);
}

sub vhost {
    my ($address, $names, $authority) = @_;
    my $wants = $authority ? <<"END" : '';
    SSLVerifyClient      require
    SSLVerifyDepth       1
    SSLCACertificateFile "\@certs\@/$authority.pem"
END
    return "<VirtualHost $address>\n    $names\n$wants</VirtualHost>\n";
}

# Asks a vhost for its document: the status, whether a session was resumed, the session.
sub visit {
    my ($server, $twin, $at, %option) = @_;
    my $host = "$twin->{name}.example.test";
    my $connection = eval {
        h1($server->port($at eq 'port' ? 'other' : 'site'), $host, staff => 1,
            address => $at eq 'address' ? '127.0.0.2' : '127.0.0.1', %option);
    } or return (0, 0);
    my $response = eval { $connection->get($host, '/') } || {status => 0};
    my @result = ($response->{status}, $connection->io->resumed, $connection->io->session);
    $connection->close;
    return @result;
}

sub test_twin {
    my ($what, $server, $twin, @client) = @_;
    my ($status, $resumed, $session) = visit($server, $twin, 'first', @client);
    is($status, 200, "$what: the first vhost answers");
    ($status, $resumed) = visit($server, $twin, 'first', @client, session => $session);
    is("$status $resumed", '200 1', "$what: and resumes its session");
    ($status, $resumed) = visit($server, $twin, $twin->{at}, @client);
    is("$status $resumed", $twin->{without}, "$what: the second without a session");
    ($status, $resumed) = visit($server, $twin, $twin->{at}, @client, session => $session);
    is("$status $resumed", $twin->{with}, "$what: the second with a session of the first");
}

# The names of the twins that authorityc warns of.
sub warned {
    my ($server) = @_;
    my $policy = Aty::Template::store($server->root . '/twins.policy',
        Aty::Template::fill($common, $server->variables));
    my $messages = `\Q@{[var('authorityc')]}\E check -q \Q$policy\E 2>&1`;
    return [$messages =~ /warning: .*'([\w-]+)\.example\.test'.*  \[shared-sessions\]$/mg];
}

# How a session gets to another address: the client, and what httpd is told of tickets. What
# is last is a vhost that is the first of each address.
my $all = '127.0.0.1:@site_port@ 127.0.0.2:@site_port@ 127.0.0.1:@other_port@';
my $key = 'SSLSessionTicketKeyFile "@root@/ticket.key"';
my @ways = (
    ['a client without tickets', {version => 'TLSv1.2', tickets => 0}, ''],
    ['SSLSessionTickets off', {version => 'TLSv1.3'}, 'SSLSessionTickets off'],
    ['a ticket key for all, TLS 1.2', {version => 'TLSv1.2'}, $key],
    ['a ticket key for all, TLS 1.3', {version => 'TLSv1.3'}, $key],
    ['one default vhost', {version => 'TLSv1.3'},
        "<VirtualHost $all>\nServerName default.example.test\n</VirtualHost>"],
);

for my $i (0 .. $#ways) {
    my ($way, $client, $lines) = @{$ways[$i]};
    my $site = "$lines\n$common" =~ s/(<VirtualHost .*)/$1\n    SSLEngine on/gr;
    my $server = server("twins-$i", 'stock.conf.in', other_port => 0, site_text => <<"END");
Listen 127.0.0.1:\@site_port\@
Listen 127.0.0.2:\@site_port\@
Listen 127.0.0.1:\@other_port\@
$site
END
    Aty::Template::store($server->root . '/ticket.key', join '', map { chr } 1 .. 48);
    $server->start;
    $server->log->may(qr/AH02008: SSL library error|AH02261: |AH02039: |AH02040: /);
    test_twin("I9 $way, $_->{name}", $server, $_, %$client) for @twins;
    is_deeply(warned($server), \@warned, 'authorityc warns of these') if $i == 0;
}

finish();
