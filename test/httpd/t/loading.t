# In which order modules are loaded does not matter, and what is missing is missed by
# nobody.

use Aty::Test;

my $h2 = var('mpm') ne 'prefork';

# A server whose module list went through a filter of lines.
sub with_modules {
    my ($name, $filter, %more) = @_;
    my $list = var('t_logs') . "/$name.modules";
    Aty::Template::store($list, join '', grep { $filter->($_) } split /^/, file(var('modules')));
    my $server = server($name, 'authority.conf.in', modules => $list, %more);
    return $server;
}

sub all_is_well {
    my ($server, $what) = @_;
    my @port = ($server->port('site'), 'www.example.test');
    for my $protocol ('HTTP/1.1', $h2 ? 'h2' : ()) {
        my $new = sub {
            $protocol eq 'h2' ? h2(@port) : h1(@port, alpn => ['http/1.1']);
        };
        is(verdict($new->(), 'static.example.test', server => $server), 'shared',
            "$what, $protocol: shared");
        is(verdict($new->(), 'admin.example.test', server => $server),
            'misdirected client-auth', "$what, $protocol: misdirected");
    }
    return if !$h2;
    my $connection = h2(@port);
    $connection->barrier;
    is(scalar $connection->origins, 7, "$what: the ORIGIN frame");
}

{
    my $server = with_modules('first', sub { 1 });
    compile_for($server);
    my $conf = file($server->root . '/httpd.conf');
    $conf =~ s/^(LoadModule authority_module .*\n)//m or die;
    Aty::Template::store($server->root . '/httpd.conf', $1 . $conf);
    $server->start;
    $server->log->announce(qr/ATY102: .*stranger\.example\.test/);
    all_is_well($server, 'mod_authority loaded before all others');
}

{
    my $ssl;
    my $server = with_modules('last', sub { $_[0] =~ /ssl_module/ ? ($ssl = $_[0], 0)[1] : 1 });
    compile_for($server);
    my $conf = file($server->root . '/httpd.conf');
    $conf =~ s/^(LoadModule authority_module .*\n)/$1$ssl/m or die;
    Aty::Template::store($server->root . '/httpd.conf', $conf);
    $server->start;
    $server->log->announce(qr/ATY102: .*stranger\.example\.test/);
    all_is_well($server, 'mod_ssl loaded after it');
}

# Without mod_ssl there is no TLS, and nothing to do.
{
    my $server = with_modules('no-ssl', sub { $_[0] !~ /ssl_module|http2_module/ },
        site_text => "Listen 127.0.0.1:\@site_port\@\n<VirtualHost 127.0.0.1:\@site_port\@>\n"
            . "ServerName www.example.test\n</VirtualHost>\n");
    my $base = file($server->root . '/base.conf');
    $base =~ s/^SSL.*\n//mg;
    Aty::Template::store($server->root . '/base.conf', $base);
    $server->start;
    my $connection = h1($server->port('site'), undef, clear => 1);
    is($connection->get('admin.example.test')->{status}, 200, 'without mod_ssl: httpd serves');
}

# Without mod_http2 there is no ORIGIN; 421 goes on.
{
    my $server = with_modules('no-http2', sub { $_[0] !~ /http2_module/ },
        site_text => file(var('top_dir') . '/servers/site.conf.in')
            =~ s/^ *H2\w+ .*\n|^ *ProxyPass .*h2:.*\n//mgr);
    compile_for($server);
    $server->start;
    $server->log->announce(qr/ATY102: .*stranger\.example\.test/);
    my $tls = tls($server->port('site'), 'www.example.test', alpn => ['h2', 'http/1.1']);
    isnt($tls->alpn // '', 'h2', 'without mod_http2: no h2');
    is(verdict(Aty::H1->over($tls), 'admin.example.test', server => $server),
        'misdirected client-auth', 'without mod_http2: 421 over HTTP/1.1');
}

finish();
