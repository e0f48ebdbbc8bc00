package Aty::Pairs;

# Asks a server every pair of (connection, authority) and says what came of each.

use strict;
use warnings;

use Aty::Test;
use Exporter qw(import);

our @EXPORT = qw(ask_pairs site_authorities site_connections);

# The names of the site's connections: "-" is no SNI, the last leads to no vhost.
my @connections = qw(
    - www example.test static img admin files location quiet partner alone users
    bob.users.example.test late late.users.example.test copy second other.elsewhere.test
    ciphers new conf locked nowhere
);

my @authorities = qw(
    www web static static.elsewhere.test admin old files location quiet partner alone users
    deep.down.users.example.test late late.users.example.test copy second
    other.elsewhere.test extra.elsewhere.test ciphers new conf locked nowhere
    nowhere.elsewhere.test 127.0.0.1
);

sub _full {
    return map { /\.|\A-\z/ ? $_ : "$_.example.test" } @_;
}

sub site_connections { return _full(@connections) }
sub site_authorities { return _full(@authorities) }

# Who shows a client certificate at the handshake.
my %staff = map { $_ => 1 } _full(qw(admin locked));

# Asks every pair [CONNECTION, AUTHORITY]. Options: port; server (an Aty::Server, or none
# for the suite's own); http1; path (of a pair, code); fresh (a connection for each pair);
# connect (makes the connection of a name); at_end (is given name and connection before it
# is closed). Returns a hash for each pair: status, or rst; verdict, reason and vhost as the
# access log has them.
sub ask_pairs {
    my ($pairs, %option) = @_;
    my $connect = $option{connect} || \&_connect;
    my $at_end = $option{at_end} || sub { };
    my (@answers, $connection);
    my $of = '';
    for my $pair (@$pairs) {
        my ($name, $authority) = @$pair;
        $at_end->($of, $connection) if $connection && $name ne $of;
        $connection = $connect->($name, %option) if $name ne $of || !$connection;
        $of = $name;
        my $path = $option{path} ? $option{path}->(@$pair) : '/';
        my $answer = _ask($connection, $authority, $path);
        undef $connection if $answer->{ended} || $option{fresh};
        push @answers, $answer;
    }
    $at_end->($of, $connection) if $connection;
    undef $connection;    # mod_http2 may log its last request no earlier
    for my $answer (@answers) {
        my $line = logged($answer->{id}, $option{server});
        @$answer{qw(verdict reason vhost)} = @$line{qw(verdict reason vhost)};
    }
    return @answers;
}

# TLS 1.2 where the vhost has it: that is where mod_ssl renegotiates.
sub _connect {
    my ($name, %option) = @_;
    my @common = (
        $option{port},
        $name eq '-' ? undef : $name,
        version => $name =~ /\Anew\./ ? 'TLSv1.3' : 'TLSv1.2',
        staff => $staff{$name},
    );
    return $option{http1} ? h1(@common, alpn => ['http/1.1']) : h2(@common);
}

sub _ask {
    my ($connection, $authority, $path) = @_;
    my $id = Aty::Test::id();
    if ($connection->isa('Aty::H2')) {
        my $response = $connection->get($authority, $path, headers => ['x-id' => $id]);
        return {id => $id, ended => $response->{lost} || $connection->goaway,
            status => $response->{status} // 0, rst => $response->{rst}};
    }
    # httpd closes after a refusal, and says so only where the module is in it.
    my $response = $connection->get($authority, $path, headers => ["X-Id: $id"]);
    return {id => $id, status => $response->{status}, ended => $response->{status} != 200};
}

1;
