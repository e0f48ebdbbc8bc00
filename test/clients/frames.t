#!/usr/bin/perl
# What a connection is good for, by hand: nghttp and node see the ORIGIN frame that authorityc
# says, name for name, or none; every name is asked for on every connection, and answered
# or told 421 as authorityc says; and what is told 421 is answered on a connection of its own.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib clients/lib);

use Aty::Template;
use Clients::Nghttp;
use Clients::Node;
use Clients::Scenarios qw(kinds scenarios);
use Clients::Server;
use Clients::Sites;
use Clients::Together qw(at_once);
use Outcome;
use Room;
use Test::More;
use Tree;

my %pages = map { s{.*/}{}r => slurp($_) } files(qr{^test/clients/pages/});
my %texts = map { $_->{site} => slurp($_->{site}) } scenarios();
my $ask = slurp('build/demo.d/ask.mjs');

my @CLIENTS = qw(Clients::Nghttp Clients::Node);

exit run_in_room('clients_frames', \&test_all);

sub test_all {
    my ($variables) = @_;
    Aty::Template::store("$variables->{documents}/$_", $pages{$_}) for keys %pages;
    Aty::Template::store("$variables->{documents}/index.html", "answer\n");
    Aty::Template::store("$variables->{top_dir}/ask.mjs", $ask);
    my $sites = Clients::Sites::prepare($variables, 'Clients::Node', %texts);
    my @tasks = map { my $site = $_; map { [$site, $_] } kinds() } sort keys %texts;
    my $go = sub { return look($_[0], $sites, @{$_[1]}) };
    judge(@$_) for at_once($variables, $go, @tasks);
    done_testing();
    return Test::More->builder->is_passing ? 0 : 1;
}

# What is seen at a site: of each name with HTTP/2, the frame that each client sees, and the
# answers to all names; and what authorityc says of them.
sub look {
    my ($variables, $sites, $path, $kind) = @_;
    my $place = {%{$sites->{place}}, variables => $variables};
    my $site = $sites->{sites}{$path}{$kind};
    my @connections = grep { $site->{said}{vhosts}{$_}{h2} } @{$site->{names}};
    my $server = Clients::Server->start($variables, $site->{policy},
        $kind eq 'stock' ? $kind : 'authority');
    my %found = (%$site, connections => \@connections);
    for my $package (@CLIENTS) {
        my $client = $package->start(%{$place}{qw(ca identity)}, addresses => $place->{known},
            home => $server->root . '/' . lc $package =~ s/.*:://r);
        $found{frames}{$package} = {map { $_ => frame($client, $server->port, $_) } @connections};
        $client->stop;
    }
    $found{answers} = answers($place, $server->port, \@connections, $site->{names});
    $server->stop;
    $found{port} = $server->port;
    return \%found;
}

# The frame as authorityc writes it, for port 443.
sub frame {
    my ($client, $port, $name) = @_;
    my $origins = $client->frame("https://$name:$port/visit.html?visit=1");
    return $origins && [map { s/:\Q$port\E\z//r } @$origins];
}

# {connection}{name}: the status.
sub answers {
    my ($place, $port, $connections, $names) = @_;
    my $questions = Aty::Template::store("$place->{variables}{top_dir}/questions-$port", join '',
        map { my $from = $_; map { "$from h2 $_ /\n" } @$names } @$connections);
    my ($code, $said, $errors) = outcome($place->{directory}, 'sh', '-c',
        'exec node "$1" "$2" . <"$3"', 'sh', "$place->{variables}{top_dir}/ask.mjs", $port, $questions);
    die "node: $errors\n" if $code;
    my %answers;
    $answers{$1}{$2} = $3 while $said =~ /^answer (\S+) (\S+) (\S+)/mg;
    return \%answers;
}

sub judge {
    my ($task, $found) = @_;
    my ($site, $kind) = @$task;
    my $label = ($site =~ m{([^/]+)\.policy\z})[0] . ", $kind";
    return fail("$label: $found") if !ref $found;
    my ($said, $names, $connections) = @$found{qw(said names connections)};
    my %wanted = map { $_ => $kind eq 'stock' ? undef : $said->{origins}{$_} } @$connections;
    for my $package (@CLIENTS) {
        is_deeply($found->{frames}{$package}, \%wanted,
            "$label: the ORIGIN frames of all connections, as seen by " . lc $package =~ s/.*:://r);
    }
    my %seen;
    for my $from (@$connections) {
        my %expected = map { $_ => promised($said->{pairs}{$from}{$_}, $kind) } @$names;
        is_deeply($found->{answers}{$from}, \%expected, "$label: answers on a connection of $from");
        $seen{$_}++ for map { $found->{answers}{$from}{$_} } grep { $_ ne $from } @$names;
    }
    is(join(' ', sort keys %seen), '200 421', "$label: other names are answered, or refused");
}

# What httpd answers, as authorityc has it.
sub promised {
    my ($pair, $kind) = @_;
    return $pair->{mod_ssl} =~ /\A\d+\z/ ? $pair->{mod_ssl} : 200 if $kind eq 'stock';
    return $pair->{verdict} =~ /\A(?:same|shared)\z/ ? 200 : 421;
}
