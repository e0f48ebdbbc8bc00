# nginx and HAProxy in front: what becomes of one TLS connection for many names, of none in
# the handshake, and of one connection for each name. Beside it what httpd answers without
# the module. mod_authority(8) tells administrators the same.

use Aty::Front;
use Aty::Test;
use Time::HiRes qw(sleep);

my $staff = var('certs') . '/staff';
my $ca    = var('certs') . '/ca.pem';

# For nginx what stands in its `location`, for HAProxy behind its `server`.
my %nginx = (
    fixed     => 'proxy_ssl_server_name on; proxy_ssl_name www.example.test;',
    'no SNI'  => '',                                   # as nginx does if nobody says more
    one_pool  => 'proxy_ssl_server_name on; proxy_ssl_name $host;',
    per_name  => 'proxy_ssl_server_name on; proxy_ssl_name $host;'
        . "proxy_ssl_verify on; proxy_ssl_trusted_certificate $ca;",
    no_pool   => 'proxy_ssl_server_name on; proxy_ssl_name $host;',
    certified => "proxy_ssl_server_name on; proxy_ssl_name \$host;\n"
        . "proxy_ssl_certificate $staff.pem; proxy_ssl_certificate_key $staff.key;",
);

my %haproxy = (
    fixed      => 'sni str(www.example.test)',
    'fixed h2' => 'sni str(www.example.test) alpn h2',
    'no SNI'   => '',
    per_name   => 'sni req.hdr(host),field(1,:),lower',
    'per_name h2' => 'sni req.hdr(host),field(1,:),lower alpn h2',
    certified  => "sni req.hdr(host),field(1,:),lower crt $staff.both",
);
Aty::Template::store("$staff.both", file("$staff.pem") . file("$staff.key"));

# An upstream with a pool of connections, or without one; or one for each name.
sub nginx_text {
    my ($way, $port) = @_;
    my @names = map { "$_.example.test" } qw(www static admin partner second);
    my $keep  = $way eq 'no_pool' ? '' : 'keepalive 8;';
    my $pool = $way =~ /\A(?:per_name|certified)\z/ ? '$pool' : 'httpd';
    my $pools = join '', map { "upstream $_ { server 127.0.0.1:$port; $keep }\n" }
        'httpd', @names;
    my $map = join '', map { "$_ $_;\n" } @names;
    return <<"END";
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
    uwsgi_temp_path tmp; scgi_temp_path tmp;
    map \$host \$pool { default httpd; $map }
    $pools
    server {
        listen 127.0.0.1:\@front\@;
        location / {
            proxy_pass https://$pool;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$host;
            $nginx{$way}
        }
    }
}
END
}

sub haproxy_text {
    my ($way, $port) = @_;
    my ($connect, $answer) = map { patience($_) } 5, 10;
    return <<"END";
global
    nbthread 1
defaults
    mode http
    timeout connect ${connect}s
    timeout client ${answer}s
    timeout server ${answer}s
listen front
    bind 127.0.0.1:\@front\@
    http-reuse always
    server httpd 127.0.0.1:$port ssl verify required ca-file $ca $haproxy{$way}
END
}

my %text  = (nginx => \&nginx_text, haproxy => \&haproxy_text);
my %known = (nginx => \%nginx,      haproxy => \%haproxy);

sub front {
    my ($kind, $way, $server) = @_;
    my $name = "$kind-$way-" . $server->port('site');
    return Aty::Front->start(
        kind       => $kind,
        name       => $name =~ tr/ /-/r,
        program    => var($kind),
        below      => $server->root,
        first_port => var('first_port'),
        text       => $text{$kind}->($way, $server->port('site')),
    );
}

# Asks through the proxy for each name in turn. Returns for each the status, and the port
# from which httpd was asked. `unsaid`: whether httpd closes connections without a word.
sub ask {
    my ($front, $unsaid, @hosts) = @_;
    my @answers;
    for my $host (@hosts) {
        my $response = h1($front->port, undef, clear => 1)->get($host, '/index.html');
        push @answers, {
            status => $response->{status} =~ s/50[23]/50x/r,
            from   => $response->{headers}{'x-from'}[0] // '-',
        };
        # httpd alone closes a connection after its 421 without saying so; a proxy that uses it
        # before it sees that answers 502. The module says so.
        sleep 0.3 if $unsaid && $response->{status} == 421;
    }
    return @answers;
}

# The site, with a field that tells connections apart.
my $site = "Header always set X-From \"expr=%{REMOTE_PORT}\"\n"
    . file(var('top_dir') . '/servers/site.conf.in');
my %server = (
    stock  => server('front-stock', 'stock.conf.in', site_text => $site),
    module => server('front-module', 'authority.conf.in', site_text => $site),
);
compile_for($server{module});
$_->start for values %server;
$server{module}->log->announce(qr/ATY102: .*stranger\.example\.test/);
$server{stock}->log->announce(qr/AH02032: Hostname/);
# A handshake for the vhost that wants a client certificate, from a proxy that has none.
$_->log->may(qr/AH02261|AH02008|AH02042|AH10158|AH01276|SSL Library Error/) for values %server;

my @hosts = map { "$_.example.test" } qw(www static www admin partner nowhere second www);

# Ways => what stock httpd answers to each of these, what httpd with the module answers, and
# from how many connections the first three came.
my @cases = (
    [['fixed', 'fixed h2'],
        '200 200 200 421 200 200 421 200', '200 200 200 421 421 421 421 200', 1],
    # A 421 ends the connection, and the next one begins with the next name.
    [['one_pool'],
        '200 200 200 421 200 200 421 200', '200 200 200 421 200 421 200 421', 1],
    [['no SNI'],
        '200 200 200 421 200 200 421 200', '200 200 200 421 421 200 421 200', 1],
    [['per_name', 'per_name h2'],
        '200 200 200 50x 200 200 200 200', '200 200 200 50x 200 421 200 200', 2],
    [['no_pool'],
        '200 200 200 50x 200 200 200 200', '200 200 200 50x 200 421 200 200', 3],
    [['certified'],
        '200 200 200 200 200 200 200 200', '200 200 200 200 200 421 200 200', 2],
);
for my $case (@cases) {
    my ($ways, $stock, $module, $connections) = @$case;
    for my $way (@$ways) {
        for my $kind (grep { $known{$_}{$way} } qw(nginx haproxy)) {
            through($kind, $way, 'stock', $stock, $connections);
            through($kind, $way, 'module', $module, $connections);
        }
    }
}

sub through {
    my ($kind, $way, $which, $wanted, $connections) = @_;
    return if $way =~ /h2/ && var('mpm') eq 'prefork';
    my $what = "$kind, $way, httpd " . ($which eq 'stock' ? 'alone' : 'with the module');
    my @answers = ask(front($kind, $way, $server{$which}), $which eq 'stock', @hosts);
    is(join(' ', map { $_->{status} } @answers), $wanted,
        "$what: " . join ' ', map { s/\..*//r } @hosts);
    my %from = map { $_->{from} => 1 } @answers[0 .. 2];
    is(scalar keys %from, $connections, "$what: what shares, shares a connection");
}

# A pair that is wanted: the proxy sends everything on with one SNI, and one of the vhosts has
# a certificate of its own. Under `SNIPolicy authonly` mod_ssl does not mind the certificates,
# and AcceptPair says that we need not either.
{
    my $server = server('front-pair', 'authority.conf.in', site_text => $site,
        sni_policy => 'authonly');
    compile_for($server);
    $server->start;
    $server->log->announce(qr/ATY102: .*stranger\.example\.test/);
    for my $kind (qw(nginx haproxy)) {
        my @answers = ask(front($kind, 'fixed', $server), 0,
            qw(www.example.test extra.elsewhere.test other.elsewhere.test));
        is(join(' ', map { $_->{status} } @answers), '200 421 200',
            "$kind: AcceptPair lets the pair through, and not the other name of that vhost");
    }
}

finish();
