#!/usr/bin/perl
# What `authorityc probe` finds from outside: nothing on a healthy site, and on a site with a
# planted fault that one, by its name and with its line of the policy. Held on httpd with
# the module, on httpd alone and on nginx.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib probe/lib);

use Aty::Template;
use Probe::BigOrigin;
use Probe::Faults qw(planted_faults);
use Probe::Fixture;
use Room;
use Test::More;

my ($variables, $fixture);

exit run_in_room('probe', \&test_all, 'nginx');

sub test_all {
    ($variables) = @_;
    $fixture = Probe::Fixture->new($variables);
    my @cases = map { cases_of($_) } {name => 'a healthy site', found =>
        {map { $_ => {} } @Probe::Fixture::KINDS}}, planted_faults();
    $fixture->start;
    test_case($_) for @cases;
    test_frames();
    my %announced = map { $_ => qr/AH01909: shop.* does NOT include an ID which matches/ }
        qw(module stock);
    is_deeply([$fixture->complaints($_, $announced{$_} // ())], [],
        "$_: nothing else in its error log") for @Probe::Fixture::KINDS;
    done_testing();
    return Test::More->builder->is_passing ? 0 : 1;
}

# A fault on each server that can have it.
sub cases_of {
    my ($fault) = @_;
    return map { {
        name  => "$_, $fault->{name}",
        site  => $fixture->add_site($_, served => $fault->{server}, policy => $fault->{policy}),
        found => $fault->{found}{$_},
    } } grep { $fault->{found}{$_} } @Probe::Fixture::KINDS;
}

# Exactly what is planted is found, where it is written.
sub test_case {
    my ($case) = @_;
    my ($code, $answer, $errors) = $fixture->probe($case->{site});
    my %expected = %{$case->{found}};
    my %places = places_of($answer);
    is($code, %expected ? 1 : 0, "$case->{name}: exit code") or diag($errors);
    is_deeply([sort keys %places], [sort keys %expected], "$case->{name}: what is found")
        or diag(explain($answer->{faults}));
    my @astray = grep { !names_line($case->{site}, $_, $expected{$_}, $places{$_} || []) }
        sort keys %expected;
    is_deeply(\@astray, [], "$case->{name}: with its line of the policy");
    my ($text_code, $text) = $fixture->probe_text($case->{site});
    my %kinds = map { /\A(\S+)/ => 1 } keys %expected;
    is_deeply([$text_code, sort $text =~ /  \[([a-z-]+)\](?:, \d+ times)?$/mg],
        [$code, sort keys %kinds], "$case->{name}: people are told the same") or diag($text);
}

# The lines of the policy that each finding names.
sub places_of {
    my ($answer) = @_;
    my %places;
    push @{$places{$_->{finding}}}, @{$_->{lines}} for $fixture->command->findings($answer);
    return %places;
}

sub names_line {
    my ($site, $finding, $pattern, $lines) = @_;
    my ($name) = $finding =~ /(\S+)\z/;
    my @names = $site->{policy}->names;
    $name = $names[0] if !grep { $_ eq $name } @names;    # the default vhost has it
    my $wanted = $site->{policy}->policy_line($name, $pattern);
    return grep { $_ == $wanted } @$lines;
}

# Frames that httpd never sends (RFC 9113 §4.2): 16,384 bytes are what a client must take, and
# one more is too much.
sub test_frames {
    for my $size (16_384, 16_385) {
        my $port = $fixture->free_port;
        my $site = {kind => 'nginx', address => "127.0.0.1:$port", path => "$port.policy"};
        my $policy = $fixture->site('nginx', $site->{address});
        Aty::Template::store("$variables->{top_dir}/$site->{path}", $policy->policy_text);
        my $server = Probe::BigOrigin->start(port => $port, frames => [origins_of($size)],
            certificate => "$variables->{certs}/wild");
        my ($code, $answer, $errors) = $fixture->probe($site);
        my %found = places_of($answer);
        is_deeply([grep { /\Aorigin/ } sort keys %found], $size > 16_384
            ? [map { "origin-too-large $_" } sort $policy->names, '-', 'any-name.invalid'] : [],
            "an ORIGIN frame of $size bytes") or diag(explain($answer->{faults}), $errors);
        my @sizes = map { $_->{origin_largest} } @{$answer->{connections}};
        is_deeply([grep { $_ != $size } @sizes], [], "each of $size bytes is told as that");
    }
}

# Origins that take that many bytes, each with two for its length.
sub origins_of {
    my ($size) = @_;
    my @origins = map { sprintf 'https://n%05d.example.test', $_ } 1 .. $size / 100;
    my $left = $size - @origins * (2 + length $origins[0]) - 2;
    return [@origins, 'https://' . 'x' x ($left - length 'https://')];
}
