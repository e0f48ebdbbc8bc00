#!/usr/bin/perl
# Runs the soak, once all is built; test/bench/soak says how it is called.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib",
    map { "$FindBin::RealBin/../../$_" } qw(restarts/lib httpd/lib lib);

use Aty::Certificates;
use File::Path qw(make_path);
use Getopt::Long qw(GetOptions);
use Restarts::Course qw(prepare start);
use Restarts::States qw(compare_with_authorityc);
use Room;
use Soak::Client;
use Soak::Cycle qw(run_cycle);
use Soak::Recorder;
use Soak::Report qw(report);
use Soak::Tally;
use Time::HiRes qw(time);

my %option = (clients => 2, mpm => 'event', seed => 1, name => 'soak', plant => {});
GetOptions(\%option, 'clients=i', 'mpm=s', 'seed=i', 'name=s', 'allow=f', 'keep',
    'plant=s' => sub { $option{plant}{$_} = 1 for split /,/, $_[1] })
    && @ARGV == 1 && $option{mpm} =~ /\A(?:event|worker)\z/ && $option{name} =~ /\A[\w.-]+\z/
    && $ARGV[0] =~ /\A(?:\d+(?:\.\d*)?|\.\d+)\z/ && $ARGV[0] > 0
    && !grep { !/\A(?:observe|crash|growth)\z/ } keys %{$option{plant}}
    or do { print STDERR "soak: see test/bench/soak --help\n"; exit 2 };
my $seconds = 3600 * $ARGV[0];

$| = 1;
$SIG{PIPE} = sub { };    # who closes is seen where one reads; servers do not inherit it
exit run_in_room($option{name}, \&soak);

# How fast it goes: as hours want it, or so that less than a minute shows something.
sub pace {
    my $cycles = int($seconds / 600 + 0.5) || 1;
    $cycles = 2 if $cycles < 2;
    my %pace = (cycles => $cycles, seconds => $seconds / $cycles);
    return $pace{seconds} >= 240
        ? {%pace, between => 10, pause => 0.2, rate => 60, rest => 6, sample => 5, long => 1}
        : {%pace, between => 0.8, pause => 0.1, rate => 90, rest => 1.5, sample => 0.5};
}

sub soak {
    my ($variables) = @_;
    my %run = (option => \%option, room => $variables->{top_dir}, begun => time, number => 0,
        restarts => []);
    $SIG{$_} = sub { $run{interrupted} = 1 } for qw(HUP INT TERM);
    my $status = eval { run_all(\%run, $variables) };
    my $error = $@;
    print "broken: $error" if $error;
    keep(\%run) if $error || $status || $option{keep};
    $_->server->stop for @{$run{sides} || []};
    return $error ? 1 : $status;
}

sub run_all {
    my ($run, $variables) = @_;
    prepare($run, $variables);
    Aty::Certificates::authority($variables->{certs}, 'other-ca');
    Aty::Certificates::client($variables->{certs}, 'other-ca', 'stranger');
    my $ours = $run->{sides}[1];
    $run->{differences} = [compare_with_authorityc($run->{room}, $ours->server->variables)];
    $ours->add_lines(\&planted_lines);
    start($run);
    my $figures = "$run->{room}/kept/figures";
    make_path($figures);
    my $pace = pace();
    my $recorder = Soak::Recorder->new(run => $run, directory => $figures,
        seconds => $pace->{sample});
    my $tally = Soak::Tally->new($run);
    for my $cycle (1 .. $pace->{cycles}) {
        last if $run->{interrupted};
        $tally->add(run_cycle($run, $recorder, $cycle, $pace));
        say_progress($run, $tally, $pace);
    }
    print "interrupted\n" if $run->{interrupted};
    return report($run, $tally);
}

# What --plant has put into httpd.conf.
sub planted_lines {
    my ($generation) = @_;
    my @lines;
    push @lines, 'AuthorityEngine observe' if $option{plant}{observe};
    push @lines, map { "SetEnv PLANTED_$_ " . 'x' x 4000 } 1 .. 40 * $generation
        if $option{plant}{growth};
    return join '', map {"\n$_"} @lines, '';
}

sub say_progress {
    my ($run, $tally, $pace) = @_;
    my $faults = join ', ', map {"$tally->{faults}{$_} $_"}
        grep { $tally->{faults}{$_} } sort keys %{$tally->{faults}};
    printf STDERR "%5d s, cycle %d of %d, %d restarts, %d requests: %s\n", time - $run->{begun},
        $tally->{cycles}, $pace->{cycles}, scalar @{$run->{restarts}},
        $tally->{load}{authority}{requests}, $faults || 'all is well';
}

sub keep {
    my ($run) = @_;
    for my $side (@{$run->{sides}}) {
        my $place = "$run->{room}/kept/" . $side->name;
        system('cp', '-R', $side->server->root, $place) == 0 or die "cp failed\n";
    }
}
