package Probe::Servers;

# The servers that are asked: httpd with the module and without, nginx, HAProxy. Each has
# all of its sites in one process, and writes down what it was asked.

use strict;
use warnings;

use Aty::Front;
use Aty::Log;
use Aty::Server;
use Aty::Template;
use Time::HiRes qw(sleep time);

# An httpd with these sites. Options: name, variables (of Aty::Server), sites; tables: the
# sites as the module's table has them, or nothing for an httpd without the module.
sub httpd {
    my ($class, %option) = @_;
    my $server = Aty::Server->new(
        name      => $option{name},
        template  => $option{tables} ? 'authority.conf.in' : 'stock.conf.in',
        variables => {%{$option{variables}}, table => 'none',
            site_text => _httpd_text(@{$option{sites}})},
    );
    my $root = $server->root;
    if ($option{tables}) {
        Aty::Template::store("$root/site.policy", join "\n",
            map { $_->policy_text } @{$option{tables}});
        _compile($option{variables}{authorityc}, "$root/site.policy", "$root/site.table");
        $server->configure(table => "$root/site.table");
    }
    $server->start;
    return bless {server => $server, asked => "$root/logs/asked"}, $class;
}

sub _httpd_text {
    my (@sites) = @_;
    return join "\n", 'Protocols h2 http/1.1',
        'LogFormat "%{sec}t.%{usec_frac}t %A:%{local}p %{SSL_TLS_SNI}x %{Host}i %>s %H" asked',
        'CustomLog @root@/logs/asked asked', map { $_->httpd_text } @sites;
}

sub _compile {
    my ($authorityc, $policy, $table) = @_;
    my $said = `\Q$authorityc\E compile -q \Q$policy\E -o \Q$table\E 2>&1`;
    die "compile: $said" if $?;
    return;
}

# An nginx with these sites. Options: variables, sites.
sub nginx {
    my ($class, %option) = @_;
    my $sites = join "\n", map { $_->nginx_text } @{$option{sites}};
    return $class->_front('nginx', $option{variables}, 'asked', <<"END");
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 64; }
http {
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
    uwsgi_temp_path tmp; scgi_temp_path tmp;
    log_format asked '\$msec \$server_addr:\$server_port \$ssl_server_name \$http_host \$status'
        ' \$server_protocol';
    access_log asked asked;
    ssl_protocols TLSv1.2 TLSv1.3;
    server { listen 127.0.0.1:\@front\@; }
$sites
}
END
}

# An HAProxy that answers by itself at a port: 200 to a name whose certificate the connection
# has, and 421 to others. Options: variables, port, names (list of names by certificate).
sub haproxy {
    my ($class, %option) = @_;
    my $certs = $option{variables}{certs};
    my (@certificates, @rules);
    for my $name (sort keys %{$option{names}}) {
        my $both = Aty::Template::store("$certs/$name.both",
            join '', map { Aty::Template::load("$certs/$name.$_") } qw(pem key));
        push @certificates, "crt $both";
        push @rules, "http-request return status 200 hdr X-Vhost $name"
            . join '', map { " $_ -i @{$option{names}{$name}} }" }
            'if { ssl_fc_sni', '{ req.hdr(host),field(1,:)';
    }
    my $rules = join "\n    ", @rules;
    return $class->_front('haproxy', $option{variables}, 'output', <<"END");
global
    nbthread 1
    log stdout format raw local0
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
listen ready
    bind 127.0.0.1:\@front\@
listen asked
    bind 127.0.0.1:$option{port} ssl @certificates alpn h2,http/1.1
    log global
    http-request set-var(txn.host) req.hdr(host)
    log-format "%Ts.%ms %fi:%fp %[ssl_fc_sni] %[var(txn.host)] %ST %HV"
    $rules
    http-request return status 421
END
}

sub _front {
    my ($class, $kind, $variables, $log, $text) = @_;
    my $front = Aty::Front->start(
        kind       => $kind,
        name       => $kind,
        program    => "$variables->{top_dir}/bin/$kind",
        below      => $variables->{top_dir},
        first_port => $variables->{first_port},
        text       => $text,
    );
    return bless {
        server => $front,
        asked  => "$variables->{top_dir}/$kind/$log",
        errors => "$variables->{top_dir}/$kind/error.log",
    }, $class;
}

# What was asked at these addresses (IP:PORT) since the last call for them: a list of hashes
# with at (seconds), address, sni ('-' for none), host (without its port), status and
# protocol. Waits until there are `count`: a server writes them down after it has answered.
# By 400 nginx refuses clients without a certificate, whom httpd never hears.
sub asked {
    my ($self, $count, @addresses) = @_;
    my $seen = \$self->{seen}{"@addresses"};
    my $end = time + 20;
    my @asked;
    while (1) {
        @asked = $self->_asked_ever(@addresses);
        splice @asked, 0, $$seen // 0;
        last if @asked >= $count || time > $end;
        sleep 0.02;
    }
    $$seen += @asked;
    return @asked;
}

sub _asked_ever {
    my ($self, @addresses) = @_;
    my %wanted = map { $_ => 1 } @addresses;
    open my $file, '<', $self->{asked} or die "$self->{asked}: $!\n";
    my @asked;
    while (my $line = <$file>) {
        my %request;
        @request{qw(at address sni host status protocol)} = split ' ', $line;
        next if !defined $request{protocol} || !$wanted{$request{address}};
        next if $request{status} == 400;
        $request{host} =~ s/:\d+\z//;
        push @asked, \%request;
    }
    return @asked;
}

# What is wrong with its error log: what matches none of these patterns, and `announced`
# ones that did not come.
sub complaints {
    my ($self, $known, $announced) = @_;
    return $self->_complaints_of_front($known, $announced) if $self->{errors};
    my $log = $self->{server}->log;
    $log->may($_) for @$known;
    $log->announce($_) for @$announced;
    return $log->faults;
}

# A record of nginx may have anything in it that it was sent, and begins with a date.
sub _complaints_of_front {
    my ($self, $known, $announced) = @_;
    my $text = -e $self->{errors} ? Aty::Template::load($self->{errors}) : '';
    my @records = split m{^(?=\d{4}/\d\d/\d\d )}m, $text;
    my @missing = grep { $text !~ $_ } @$announced;
    return @missing, grep { my $record = $_; !grep { $record =~ $_ } @$known, @$announced }
        @records;
}

sub stop { $_[0]{server}->stop }

1;
