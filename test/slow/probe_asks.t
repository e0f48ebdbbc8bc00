#!/usr/bin/perl
# What `authorityc probe` asks, as the servers' access logs have it: of a healthy site every
# pair, and without a policy the matrix of the names, which curl gets once more by the
# commands that are printed. And no faster than it was told.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib probe/lib);

use List::Util qw(max min);
use Probe::Fixture;
use Probe::Servers;
use Room;
use Test::More;

my @KINDS = @Probe::Fixture::KINDS;

# HAProxy has two certificates and these names.
my %HAPROXY = (
    wild => ['www.example.test', 'example.test'],
    shop => ['shop.example.test'],
);

my ($variables, $fixture, %site);

exit run_in_room('probe_asks', \&test_all, qw(nginx haproxy));

sub test_all {
    ($variables) = @_;
    $fixture = Probe::Fixture->new($variables);
    $site{$_} = $fixture->add_site($_) for @KINDS;
    my $proxied = $fixture->add_site('nginx', served => sub { $_[0]{proxied} = 1 });
    $fixture->start;
    $site{haproxy} = start_haproxy();
    for my $kind (@KINDS) {
        test_all_asked($kind);
        test_without_certificate($kind);
        test_http1($kind);
    }
    test_proxied($proxied);
    test_matrix($_) for @KINDS, 'haproxy';
    test_rate();
    my %announced = (nginx => qr/broken header: .* while reading PROXY protocol/s);
    is_deeply([$fixture->complaints($_, $announced{$_} // ())], [],
        "$_: nothing else in its error log") for @KINDS;
    done_testing();
    return Test::More->builder->is_passing ? 0 : 1;
}

sub start_haproxy {
    my $port = $fixture->free_port;
    $fixture->add_server(haproxy => Probe::Servers->haproxy(variables => $variables,
        port => $port, names => \%HAPROXY));
    return {kind => 'haproxy', port => $port, address => "127.0.0.1:$port"};
}

sub names_of { return $site{$_[0]}{policy}->names }

# A name of each vhost, and for HAProxy one that it has not.
sub some_names_of {
    my ($kind) = @_;
    return $kind eq 'haproxy' ? ((map { @$_ } values %HAPROXY), 'static.example.test')
        : map { $_->{name} } @{$site{$kind}{policy}{vhosts}};
}

# What a server was asked since the last call, at least so many requests.
sub asked {
    my ($kind, $count) = @_;
    return $fixture->server($kind)->asked($count, $site{$kind}{address});
}

sub pairs {
    my ($connections, $authorities) = @_;
    return sort map { my $sni = $_; map { "$sni $_" } @$authorities } @$connections;
}

sub test_all_asked {
    my ($kind) = @_;
    my @names = names_of($kind);
    my ($code, $answer, $errors) = $fixture->probe($site{$kind});
    my @asked = map { "$_->{sni} $_->{host}" } asked($kind, $answer->{asked}{requests});
    my %count;
    $count{$_}++ for @asked;
    my @pairs = pairs(\@names, \@names);
    is($code, 0, "$kind: a healthy site") or diag($errors);
    is_deeply([grep { ($count{$_} // 0) != 1 } @pairs], [], "$kind: each pair is asked once");
    delete @count{@pairs};
    my ($first, $nobodys) = ('www.example.test', 'any-name.invalid');
    is_deeply([sort keys %count], [sort { $a cmp $b } pairs(['-'], [$first, 'static.example.test']),
        pairs([$nobodys], [$first, $nobodys]), "$first $nobodys"],
        "$kind: and connections without a name, names without a vhost");
    is($answer->{asked}{requests}, scalar @asked, "$kind: and that is said");
}

# Where nobody has a client certificate the vhosts that want one are left alone, and the
# others are asked.
sub test_without_certificate {
    my ($kind) = @_;
    my @names = names_of($kind);
    my ($code, $answer, $errors) = $fixture->command->answer($site{$kind}{path},
        '--connect', $site{$kind}{address}, '--server', $fixture->against($kind));
    my @asked = asked($kind, $answer->{asked}{requests});
    is($code, 0, "$kind, no client certificate: a healthy site") or diag($errors);
    is_deeply($answer->{faults}, [], "$kind, no client certificate: no faults");
    my %asked = map { ("$_->{sni} $_->{host}" => 1) } @asked;
    my @open = grep { !/\A(?:admin|staff)\./ } @names;
    is_deeply([grep { !$asked{$_} } pairs(\@open, \@names)], [],
        "$kind, no client certificate: what can be asked is asked");
    my @withheld = map { $_->{sni} // () } grep { $_->{withheld} } @{$answer->{connections}};
    is_deeply([sort @withheld], [grep { /\A(?:admin|staff)\./ } sort @names],
        "$kind, no client certificate: the rest is not, and that is said");
}

sub test_http1 {
    my ($kind) = @_;
    my @names = names_of($kind);
    my ($code, $answer, $errors) = $fixture->probe($site{$kind}, '--http1');
    my @asked = asked($kind, $answer->{asked}{requests});
    is($code, 0, "$kind, over HTTP/1.1: a healthy site") or diag($errors);
    my %asked = map { ("$_->{sni} $_->{host}" => 1) } @asked;
    is_deeply([grep { !$asked{$_} } pairs(\@names, \@names)], [],
        "$kind, over HTTP/1.1: each pair is asked");
    is_deeply([grep { $_ ne 'HTTP/1.1' } map { $_->{protocol} } @asked], [],
        "$kind, over HTTP/1.1: by nothing else");
}

sub test_proxied {
    my ($proxied) = @_;
    my ($code, $answer, $errors) = $fixture->probe($proxied, '--proxy-protocol');
    is($code, 0, 'a server that wants a PROXY line gets it') or diag($errors);
    ($code, $answer) = $fixture->probe($proxied);
    is($code, 1, 'and has not got it: exit code');
    my @found = map { $_->{finding} } $fixture->command->findings($answer);
    is_deeply([grep { !/\Ano-tls / } @found], [], 'and has not got it: no TLS comes of it');
    cmp_ok(scalar @found, '>', 0, 'and that is told');
}

# Without a policy: each status is what the log has, and what curl gets.
sub test_matrix {
    my ($kind) = @_;
    my @names = some_names_of($kind);
    my @words = ('--names', join(',', @names), '--connect', $site{$kind}{address},
        $fixture->command->client);
    asked($kind, 0);
    my ($code, $answer, $errors) = $fixture->command->answer(@words);
    my %logged;
    push @{$logged{"$_->{sni} $_->{host}"}}, $_->{status} for asked($kind, @names ** 2);
    my %said = map { my $sni = $_->{sni};
        map { ("$sni $_->{authority}" => $_->{status}) } @{$_->{requests}} }
        @{$answer->{connections}};
    is_deeply([sort keys %said], [pairs(\@names, \@names)], "$kind, by names: each pair");
    my @wrong = grep { my $pair = $_; !$logged{$pair} || grep { $_ != $said{$pair} }
        @{$logged{$pair}} } sort keys %said;
    is_deeply(\@wrong, [], "$kind, by names: each status is what the server has logged");
    is_deeply([sort { $a <=> $b } keys %{{reverse %said}}], [200, 421],
        "$kind, by names: some are answered and some are refused") or diag($errors);
    test_curl($kind, \@names, \%said, ($fixture->command->run(@words))[1]);
}

# A row is a command that asks for all names on the connection for one.
sub test_curl {
    my ($kind, $names, $said, $text) = @_;
    my @rows = $text =~ /^ +(for host in .*; done)$/mg;
    is(scalar @rows, scalar @$names, "$kind, by names: a command for each row") or diag($text);
    for my $sni (@$names) {
        my ($row) = grep { m{ https://\Q$sni\E:} } @rows;
        my @statuses = split /\n/, `$row`;
        is_deeply(\@statuses, [map { $said->{"$sni $_"} } @$names],
            "$kind, by names: curl gets the same on the connection for $sni") or diag($row);
    }
}

# Of N requests the last begins N-1 intervals after the first, or later.
sub test_rate {
    my @names = (names_of('nginx'))[0 .. 2];
    my $rate = 5;
    asked('nginx', 0);
    my ($code, $answer) = $fixture->command->answer('--names', join(',', @names), '--rate', $rate,
        '--connect', $site{nginx}{address});
    my @times = map { $_->{at} } asked('nginx', @names ** 2);
    cmp_ok(scalar @times, '>=', @names ** 2, 'at a rate: all is asked');
    cmp_ok(max(@times) - min(@times), '>=', (@times - 1) / $rate - 0.01,
        'at a rate: not faster than that');
}
