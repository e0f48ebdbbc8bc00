package Clients::Server;

# An httpd with the site of a policy, with or without the module, for clients that are
# pages in browsers; what they asked is read from its log.

use strict;
use warnings;

use Aty::Ports;
use Aty::Server;
use Aty::Template;
use Clients::Site;

my $started = 0;    # each has a directory of its own

# Starts it. `policy` is a policy's path; what stands beside it is there for the server too.
# `kind` is 'stock' or 'authority'. An idle connection is closed after `keep_alive` seconds (20
# where it is not given). Dies where httpd does not start.
sub start {
    my ($class, $variables, $policy, $kind, $keep_alive) = @_;
    my $text = Aty::Template::load($policy);
    my ($directory, $name) = $policy =~ m{\A(.*)/([^/]+)\.policy\z} or die "$policy: what is it?\n";
    my $httpd = Aty::Server->new(
        name      => "$name-$kind-$$-" . ++$started,
        template  => "$kind.conf.in",
        variables => {%$variables, site_port => 0, table => 'none',
            site_text => Clients::Site::httpd_text($text)
                . ($keep_alive ? "KeepAliveTimeout $keep_alive\n" : '')},
    );
    my $self = bless {httpd => $httpd, text => $text}, $class;
    symlink $_, $httpd->root . '/' . s,.*/,,r or die "$_: $!\n" for grep { -d } glob "$directory/*";
    my $table = $self->_compile($name);
    $httpd->configure(table => $table) if $kind eq 'authority';
    $httpd->start;
    return $self;
}

# The table of the policy at this server's port; returns its path.
sub _compile {
    my ($self, $name) = @_;
    my $root = $self->{httpd}->root;
    my $variables = $self->{httpd}->variables;
    my $policy = Aty::Template::store("$root/$name.policy",
        Aty::Template::fill(Clients::Site::policy_text($self->{text}), $variables));
    my $command = join ' ', map { quotemeta } $variables->{authorityc}, 'compile', '-q', $policy,
        '-o', "$root/site.table";
    my $said = `$command 2>&1`;
    die "$name: $said" if $?;
    return "$root/site.table";
}

sub port { return $_[0]{httpd}->port('site') }
sub log { return $_[0]{httpd}->log }
sub root { return $_[0]{httpd}->root }

# Stops it and gives back its ports.
sub stop {
    my ($self) = @_;
    $self->{httpd}->stop;
    Aty::Ports::give_back(@{$self->{httpd}->variables}{qw(port site_port)});
}

# How many connections were opened, with what was asked for on them or not.
sub opened {
    my ($self) = @_;
    my $log = Aty::Template::load($self->root . '/logs/error_log');
    return scalar(() = $log =~ /\[client \S+\] AH01964:/g);
}

# Every request of its log, in order: status, connection, sni, host, vhost, protocol, path,
# id. It is complete when the server was stopped. A port may be that of another connection
# when a user has gone, so the user is part of what tells connections apart.
sub requests {
    my ($self) = @_;
    my (@requests, %users);
    for my $line (split /\n/, Aty::Template::load($self->root . '/logs/client_log')) {
        my %request;
        @request{qw(status connection sni host vhost protocol path)} = split ' ', $line;
        $request{host} =~ s/:\d+\z//;
        ($request{id}) = $request{path} =~ m,/(?:answer\.\w+|echo)\?(.*),;
        $users{$request{connection}} = $1 if $request{path} =~ m,\?(?:visit=)?([^-]*)-,;
        $request{connection} .= ' ' . ($users{$request{connection}} // '');
        push @requests, \%request;
    }
    return @requests;
}

1;
