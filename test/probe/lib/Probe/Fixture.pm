package Probe::Fixture;

# A room with certificates, names, and sites on three servers: httpd with the module, httpd
# alone, and nginx. A test adds its sites, each on a port of its own, and starts them all.

use strict;
use warnings;

use Aty::Ports;
use Aty::Template;
use Probe::Command;
use Probe::Servers;
use Probe::Site;
use Tree;

our @KINDS = qw(module stock nginx);

# What pairs are held against, as --server has it.
my %AGAINST = (module => 'authority', stock => 'httpd', nginx => 'other');

# nginx has HTTP/2 for all names of a socket.
my %WITHOUT = (nginx => 'old');

# What the servers say of pairs that are refused, as they should.
my @REFUSALS = (qr/AH02032: Hostname/);

# Read before the room is entered, from where they may be out of reach.
my %SOURCE = map { $_ => slurp("test/probe/$_") } qw(certificates names.c);

# In a room, with the variables of Aty::Server.
sub new {
    my ($class, $variables) = @_;
    my $certs = $variables->{certs};
    Aty::Template::store("$certs/certificates", $SOURCE{certificates});
    system("$variables->{top_dir}/bin/make-certificates", "$certs/certificates") == 0
        or die "make-certificates failed\n";
    Aty::Template::store("$variables->{documents}/index.html", "hello\n");
    my $command = Probe::Command->new(variables => $variables,
        names_source => $SOURCE{'names.c'});
    return bless {variables => $variables, command => $command, sites => []}, $class;
}

sub variables { return $_[0]{variables} }
sub command { return $_[0]{command} }

sub free_port {
    my ($self) = @_;
    return (Aty::Ports::free($self->{variables}{first_port}, 1))[0];
}

# Adds a site on a kind of server. Options: served and policy (changes of what is served,
# and of what the policy says), host (where it listens; 127.0.0.1), port, declared (the host
# of the policy's addresses; that one). Returns kind, port, address (IP:PORT), path (of the
# policy), policy and served (Probe::Site).
sub add_site {
    my ($self, $kind, %option) = @_;
    my $port = $option{port} // $self->free_port;
    my $address = ($option{host} // '127.0.0.1') . ":$port";
    my $declared = $option{declared} ? "$option{declared}:$port" : $address;
    my $policy = $self->site($kind, $declared, $option{policy});
    my $path = "$self->{variables}{top_dir}/" . @{$self->{sites}} . '.policy';
    push @{$self->{sites}}, my $site = {
        kind    => $kind,
        port    => $port,
        address => $address,
        path    => Aty::Template::store($path, $policy->policy_text),
        policy  => $policy,
        served  => $self->site($kind, $address, $option{served}),
    };
    return $site;
}

# A site as such a server can have it, with a change.
sub site {
    my ($self, $kind, $address, $change) = @_;
    return Probe::Site->new(certs => $self->{variables}{certs}, addresses => [$address],
        without => $WITHOUT{$kind}, change => $change);
}

# Starts all servers, with the sites that were added.
sub start {
    my ($self) = @_;
    my %served = map { my $kind = $_;
        $kind => [map { $_->{served} } grep { $_->{kind} eq $kind } @{$self->{sites}}] } @KINDS;
    my @common = (variables => $self->{variables});
    my %server = (
        module => Probe::Servers->httpd(@common, name => 'module', sites => $served{module},
            tables => $served{module}),
        stock => Probe::Servers->httpd(@common, name => 'stock', sites => $served{stock}),
        nginx => Probe::Servers->nginx(@common, sites => $served{nginx}),
    );
    $self->{server}{$_} = $server{$_} for keys %server;
}

# Starts an httpd with the module for a site of its own, which was not added, with a table
# that was made of another one.
sub start_apart {
    my ($self, $served, $table) = @_;
    $self->{server}{apart} = Probe::Servers->httpd(variables => $self->{variables},
        name => 'apart', sites => [$served], tables => [$table]);
}

sub add_server { $_[0]{server}{$_[1]} = $_[2] }

# What the pairs of a kind are held against.
sub against { return $AGAINST{$_[1]} }

sub server { return $_[0]{server}{$_[1]} }

# Asks a site, with a client certificate: exit code, the decoded JSON, standard error.
sub probe {
    my ($self, $site, @more) = @_;
    return $self->probe_at($site, '--connect', $site->{address}, @more);
}

# The same, with words that say where.
sub probe_at {
    my ($self, $site, @where) = @_;
    return $self->{command}->answer($self->_words($site, @where));
}

# The same for people: exit code, and the text.
sub probe_text {
    my ($self, $site) = @_;
    return ($self->{command}->run($self->_words($site, '--connect', $site->{address})))[0, 1];
}

sub _words {
    my ($self, $site, @where) = @_;
    return ($site->{path}, @where, $self->{command}->client, '--server',
        $AGAINST{$site->{kind}});
}

# What is wrong with the error log of a server, besides refusals and what is announced.
sub complaints {
    my ($self, $kind, @announced) = @_;
    return $self->{server}{$kind}->complaints(\@REFUSALS, \@announced);
}

1;
