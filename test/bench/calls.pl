#!/usr/bin/env perl
# Reads a callgrind profile and prints, for each function asked for, its name, how often it
# was called, how many instructions a call took and how many all calls took, those of its
# callees with it.
#
#     calls.pl PROFILE FUNCTION[-CALLEE]…
#
# FUNCTION-CALLEE leaves out what FUNCTION spent in CALLEE.
use strict;
use warnings;

my ($profile, @wanted) = @ARGV;
die "usage: calls.pl PROFILE FUNCTION[-CALLEE]...\n" unless @wanted;

# Of each function: own instructions, calls to it, and instructions spent in callees.
my (%own, %calls, %spent);
my %names; # callgrind writes a name once, then its number

sub name_of {
    my ($text) = @_;
    my ($number, $name) = $text =~ /\A\((\d+)\)(?:\s+(.*))?\z/ or return $text;
    $names{$number} = $name =~ s/'\d+\z//r if defined $name; # 'N marks recursion
    return $names{$number};
}

sub read_profile {
    my ($function, $callee);
    open my $lines, '<', $profile or die "$profile: $!\n";
    while (<$lines>) {
        chomp;
        if (/\Afn=(.*)/) { $function = name_of($1) }
        elsif (/\Acfn=(.*)/) { $callee = name_of($1) }
        elsif (/\Acalls=(\d+)/) {
            $calls{$callee} += $1;
            my (undef, $cost) = split ' ', <$lines>;
            $spent{$function}{$callee} += $cost;
        }
        elsif (/\A[+\-*]?\d* (\d+)\z/ && defined $function) { $own{$function} += $1 }
    }
    return;
}

sub sum {
    my $sum = 0;
    $sum += $_ for @_;
    return $sum;
}

read_profile();
for (@wanted) {
    my ($function, $without) = split /-/;
    my %callees = %{ $spent{$function} // {} };
    delete $callees{$without} if defined $without;
    my $calls = $calls{$function} or die "$profile: $function was not called\n";
    my $total = ($own{$function} // 0) + sum(values %callees);
    printf "%s %d %.0f %d\n", $_, $calls, $total / $calls, $total;
}
