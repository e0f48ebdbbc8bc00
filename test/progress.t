#!/usr/bin/perl
# Long work says on a terminal how far it has come, and leaves nothing of it there; short
# work, a file or a pipe sees none of it. The terminal is script(1)'s.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $place = tempdir('progress-XXXXXX', DIR => out(), CLEANUP => 1);
my $erase = "\r\e[K";

sub policy {
    my ($count) = @_;
    my $path = "$place/$count.policy";
    open my $file, '>', $path or die "$path: $!\n";
    for my $i (1 .. $count) {
        print {$file} "<VirtualHost *:443>\nServerName h$i.example.com\n</VirtualHost>\n";
    }
    close $file or die "$path: $!\n";
    return $path;
}

# What a terminal of this kind gets of `authorityc check`; certificates are none.
sub on_terminal {
    my ($kind, $path) = @_;
    local $ENV{TERM} = $kind;
    return scalar qx(script -qec "$program check -q -Wno-not-covered $path" /dev/null </dev/null);
}

my $long = policy(10_000);
my $shown = on_terminal('xterm', $long);
like($shown, qr/\Q${erase}\Eauthorityc: reading certificates \.\.\.\Q$erase\E/,
    'a terminal is told what goes on');
like($shown, qr/\Q$erase\E\r?\n?\z/, '... and nothing of it stays');
is(on_terminal('dumb', $long), '', 'a terminal that cannot erase is told nothing');
is(on_terminal('xterm', policy(9_999)), '', 'nor is it of short work');
is(scalar qx($program check -q -Wno-not-covered $long 2>&1), '', 'nor is a pipe');
done_testing();
