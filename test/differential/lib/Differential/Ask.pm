package Differential::Ask;

# Asks a running server for pairs, and says in a word what came of each. A pair is a hash:
# host and port number of the connection, sni ('-' for none), authority, http1.

use strict;
use warnings;

use Aty::H1;
use Aty::H2;
use Exporter qw(import);
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(ask_stock ask_module);

# The same for every suite that a random site allows, and none that HTTP/2 forbids.
my $CIPHERS = 'ECDHE+AESGCM';

my $HTTP_1_1_REQUIRED = 13;

my $asked = 0;    # requests, each with an id in the access log

# Opens the connection that a pair is asked on. Where the handshake fails: undef, and why.
# Only h2 is offered, so that it comes where a vhost prefers HTTP/1.1; to a vhost without h2
# httpd answers with what was not offered, which OpenSSL calls a bad extension.
sub _open {
    my ($server, $site, $pair, $version) = @_;
    my $certs = $server->variables->{certs};
    my @options = (
        address => $pair->{host},
        port    => $server->port("p$pair->{port}"),
        sni     => $pair->{sni} eq '-' ? undef : $pair->{sni},
        version => $version,
        ciphers => $CIPHERS,
        $site->{client} ? (cert => "$certs/client.pem", key => "$certs/client.key", pha => 1) : (),
    );
    my $connection = eval {
        return Aty::H1->connect(@options, alpn => ['http/1.1']) if $pair->{http1};
        my $h2 = Aty::H2->connect(@options, alpn => ['h2']);
        $h2->barrier or die "lost\n";
        $h2;
    };
    return $connection if $connection;
    my $why = $@ =~ /bad extension/ ? 'no-h2' : "unreachable: $@" =~ s/\s+\z//r;
    return (undef, $why);
}

# Status, 'reset N' or 'lost'.
sub _get {
    my ($connection, $pair, $path, $id) = @_;
    my @header = !defined $id ? ()
        : $connection->isa('Aty::H1') ? ("X-Id: $id") : ('x-id', $id);
    my $response = eval { $connection->get($pair->{authority}, $path, headers => \@header) };
    return "lost: $@" =~ s/\s+\z//r if !$response;
    return "reset $response->{rst}" if defined $response->{rst};
    return $response->{status} || 'lost';
}

# Hands a connection to pair after pair as long as it lasts.
package Differential::Ask::Line {
    sub new {
        my ($class, $server, $site, $version) = @_;
        return bless {server => $server, site => $site, version => $version, key => ''}, $class;
    }

    # The connection, or undef and why there is none.
    sub to {
        my ($self, $pair) = @_;
        my $key = join ' ', @$pair{qw(host port sni)}, $pair->{http1} ? 1 : 0;
        if ($key ne $self->{key} || !$self->{connection}) {
            $self->drop;
            @$self{qw(key why)} = ($key, undef) if $key ne $self->{key};
            return (undef, $self->{why}) if $self->{why};
            @$self{qw(connection why)} =
                Differential::Ask::_open(@$self{qw(server site)}, $pair, $self->{version});
        }
        return ($self->{connection}, $self->{why});
    }

    sub drop {
        my ($self) = @_;
        my $connection = delete $self->{connection} or return;
        $connection->close;
    }
}

# What httpd without the module answers: '200', '421', 'http1-required', or what else it
# was. Over HTTP/2 the worst of TLS 1.2 and 1.3 and of all paths.
sub ask_stock {
    my ($server, $site, $pairs) = @_;
    my @versions = map { Differential::Ask::Line->new($server, $site, $_) } 'TLSv1.2', 'TLSv1.3';
    my $any = Differential::Ask::Line->new($server, $site);
    my $fresh = _remembers($site);
    my @answers;
    for my $pair (@$pairs) {
        my @lines = $pair->{http1} ? ($any) : @versions;
        my @paths = $pair->{http1} ? ('/open/') : $site->paths;
        push @answers, _worst(map { _ask_line($_, $pair, \@paths, $fresh) } @lines);
    }
    return @answers;
}

# Where vhosts of different SSLVerifyClient share, and where a <Location> has its own depth,
# mod_ssl lets a request change the connection for those that follow it.
sub _remembers {
    my ($site) = @_;
    my @locations = map { @{$_->{locations}} } @{$site->{vhosts}};
    return $site->{policy} eq 'insecure' || $site->has_root_location
        || grep { $_->[0] eq 'SSLVerifyDepth' } map { @{$_->{lines}} } @locations;
}

sub _ask_line {
    my ($line, $pair, $paths, $fresh) = @_;
    my @answers;
    for my $path (@$paths) {
        push @answers, _ask_on($line, $pair, $path);
        $line->drop if $fresh;
        last if $answers[-1] !~ /\A(?:200|reset)/;
    }
    return @answers;
}

# Asks for a path. httpd ends connections that it has kept for long enough, so what is lost
# on one is asked once more on a new one.
sub _ask_on {
    my ($line, $pair, $path, $id) = @_;
    my $answer;
    for my $try (1, 2) {
        my ($connection, $why) = $line->to($pair);
        return $why if !$connection;
        $answer = _get($connection, $pair, $path, $id);
        $line->drop if $answer =~ /lost/ || ($pair->{http1} && $answer ne '200');
        last if $answer !~ /lost/;
    }
    return $answer;
}

sub _worst {
    my %seen = map { $_ => 1 } @_;
    delete $seen{$_} for grep { /\Aunreachable/ && keys %seen > 1 } keys %seen;
    delete $seen{200} if delete $seen{"reset $HTTP_1_1_REQUIRED"} and $seen{'http1-required'} = 1;
    return join ' and ', sort keys %seen;
}

# What httpd with the module answers: a hash with answer (status, or what else it was), and
# verdict and reason as the environment had them.
sub ask_module {
    my ($server, $site, $pairs) = @_;
    my $line = Differential::Ask::Line->new($server, $site);
    my @ids = map { 'q' . ++$asked } @$pairs;
    my @answers = map { {answer => _ask_on($line, $pairs->[$_], '/open/', $ids[$_])} } 0 .. $#ids;
    my @asked = grep { $answers[$_]{answer} !~ /\A(?:no-h2|unreachable)/ } 0 .. $#answers;
    my $logged = _logged($server, @ids[@asked]);
    for my $i (@asked) {
        @{$answers[$i]}{qw(verdict reason)} = @{$logged->{$ids[$i]} || ['unlogged', '-']};
    }
    return @answers;
}

# The verdict and reason of each id in the access log; waits for them.
sub _logged {
    my ($server, @ids) = @_;
    my $path = $server->root . '/logs/authority_log';
    my $end = time + 20;
    while (1) {
        my %found;
        open my $file, '<', $path or die "$path: $!\n";
        while (my $line = <$file>) {
            my ($id, undef, undef, $verdict, $reason) = split ' ', $line;
            $found{$id} = [$verdict, $reason] if defined $reason;
        }
        return \%found if time > $end || !grep { !$found{$_} } @ids;
        sleep 0.05;
    }
}

1;
