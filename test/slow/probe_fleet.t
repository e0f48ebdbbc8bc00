#!/usr/bin/perl
# Where names lead, as `authorityc probe` sees it on httpd with the module, on httpd alone and
# on nginx: a fleet of which one node is older, a node that is not there, and names that
# lead elsewhere or nowhere.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib probe/lib);

use Probe::Fixture;
use Room;
use Test::More;

my @WWW    = qw(www.example.test example.test);
my @STATIC = qw(static.example.test img.example.test);
my $IMG    = $STATIC[1];
my $SHOP   = 'shop.example.test';

my @NODES  = qw(127.0.0.1 127.0.0.2);
my $ABSENT = '127.0.0.3';    # nobody listens there

my ($fixture, %fleet, %alone);

exit run_in_room('probe_fleet', \&test_all, 'nginx');

sub test_all {
    my ($variables) = @_;
    $fixture = Probe::Fixture->new($variables);
    add_fleets();
    $alone{$_} = $fixture->add_site($_) for @Probe::Fixture::KINDS;
    $fixture->start;
    for my $kind (@Probe::Fixture::KINDS) {
        test_fleet($kind);
        test_absent($kind);
        test_names($kind);
    }
    is_deeply([$fixture->complaints($_)], [], "$_: nothing else in its error log")
        for @Probe::Fixture::KINDS, 'apart';
    done_testing();
    return Test::More->builder->is_passing ? 0 : 1;
}

# Two nodes each. The second one of the module has a table in which one vhost was still kept
# apart; the others have a configuration in which it had one name less.
sub add_fleets {
    for my $kind (@Probe::Fixture::KINDS) {
        $fleet{$kind} = $fixture->add_site($kind, declared => '*');
    }
    my $second = "$NODES[1]:$fleet{module}{port}";
    my $isolated = sub { $_[0]->vhost('static')->{policy} = ['Isolate on'] };
    $fixture->start_apart(map { $fixture->site('module', $second, $_) } undef, $isolated);
    for my $kind (qw(stock nginx)) {
        $fixture->add_site($kind, host => $NODES[1], port => $fleet{$kind}{port},
            served => sub { $_[0]->vhost('static')->{aliases} = [] });
    }
}

# What is found on the second node of each kind; nothing on the first.
sub found_on_second {
    my ($kind, @names) = @_;
    if ($kind eq 'module') {
        my @pairs = (pairs([@WWW, 'old.example.test'], \@STATIC), pairs(\@STATIC, \@WWW),
            "- $STATIC[0]");
        my @frames = (@WWW, @STATIC, 'any-name.invalid');
        return ((map { ("refused $_", "fleet-differs $_") } @pairs),
            map { ("origin-differs $_", "fleet-differs $_") } @frames);
    }
    # nginx has the header of the connection's vhost on its 421.
    my @refused = $kind eq 'nginx' ? map { "$IMG $_.example.test" } qw(admin staff) : ();
    return ("wrong-vhost $IMG", map { "fleet-differs $_" } @refused, map { "$_ $IMG" } @names);
}

sub pairs {
    my ($connections, $authorities) = @_;
    return map { my $sni = $_; map { "$sni $_" } @$authorities } @$connections;
}

# The findings, each once, with the address that each is about.
sub found {
    my ($answer) = @_;
    my %found = map { (join ' ', $_->{finding}, $_->{address} // ()) => 1 }
        $fixture->command->findings($answer);
    return [sort keys %found];
}

# Every name of a site leads to the same addresses.
sub lead {
    my ($site, @addresses) = @_;
    $fixture->command->resolve_by(map { $_ => \@addresses } $site->{policy}->names);
}

sub test_fleet {
    my ($kind) = @_;
    my $site = $fleet{$kind};
    lead($site, @NODES);
    my @expected = map { "$_ $NODES[1]:$site->{port}" }
        found_on_second($kind, $site->{policy}->names);
    for my $where (['--dns'], ['--connect', "www.example.test:$site->{port}"]) {
        my ($code, $answer, $errors) = $fixture->probe_at($site, '--each-address', @$where);
        is($code, 1, "$kind, one node is older, @$where: exit code") or diag($errors);
        is_deeply(found($answer), [sort @expected], "$kind, one node is older, @$where");
    }
}

# A node that does not listen is told, and the other is asked all the same.
sub test_absent {
    my ($kind) = @_;
    my $site = $fleet{$kind};
    my @names = $site->{policy}->names;
    lead($site, $NODES[0], $ABSENT);
    $fixture->server($kind)->asked(0, $site->{address});
    my ($code, $answer, $errors) = $fixture->probe_at($site, '--each-address', '--dns');
    is($code, 1, "$kind, a node is not there: exit code") or diag($errors);
    my ($name) = @names;
    is_deeply(found($answer), ["unreachable $name $ABSENT:$site->{port}"],
        "$kind, a node is not there");
    my %asked = map { ("$_->{sni} $_->{host}" => 1) }
        $fixture->server($kind)->asked($answer->{asked}{requests}, $site->{address});
    is_deeply([grep { !$asked{$_} } pairs(\@names, \@names)], [],
        "$kind, a node is not there: the other was asked everything");
}

sub test_names {
    my ($kind) = @_;
    my $site = $alone{$kind};
    my %addresses = map { $_ => [$NODES[0]] } $site->{policy}->names;
    $fixture->command->resolve_by(%addresses);
    my ($code, $answer, $errors) = $fixture->probe_at($site, '--dns');
    is($code, 0, "$kind, names that lead here: exit code") or diag($errors);
    is_deeply(found($answer), [], "$kind, names that lead here");
    $addresses{$SHOP} = [$ABSENT];
    delete $addresses{$IMG};
    $fixture->command->resolve_by(%addresses);
    ($code, $answer) = $fixture->probe_at($site, '--dns');
    is($code, 1, "$kind, names that do not: exit code");
    is_deeply(found($answer), ["resolves-elsewhere $SHOP", "resolves-nowhere $IMG"],
        "$kind, names that do not");
    my ($fault) = grep { $_->{finding} =~ /elsewhere/ } $fixture->command->findings($answer);
    my $line = $site->{policy}->policy_line($SHOP, qr/^<VirtualHost/);
    is_deeply([grep { $_ == $line } @{$fault->{lines}}], [$line],
        "$kind, names that do not: with its line of the policy");
}
