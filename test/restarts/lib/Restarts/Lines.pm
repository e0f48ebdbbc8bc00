package Restarts::Lines;

# What the error log may say, and what a restart must have said.

use strict;
use warnings;

use Aty::Log;
use Exporter qw(import);

our @EXPORT_OK = qw(is_crash is_unexpected said_wrong);

# What any httpd may say under this load and these restarts: mod_ssl's refusals; children that
# a hard restart has to ask again; the end of a listener in between; that prefork has no h2.
my @MAY = (
    qr/AH0203[12]:/,
    qr/AH0004[56]: child process \d+ still did not exit, sending a SIG(?:TERM|KILL)/,
    qr/\(9\)Bad file descriptor: AH10503: process_socket: apr_pollset_add failure/,
    qr/AH10034: The mpm module \(prefork\.c\) is not supported by mod_http2/,
);

my $CRASH = qr/exit signal|Segmentation|AH0005[0-2]|core dump|assert|stack smash|free\(\)|malloc/i;

sub is_crash { return $_[0] =~ $CRASH }

# Whether a line should not be there, where the states say those besides.
sub is_unexpected {
    my ($line, @says) = @_;
    return Aty::Log::is_serious($line) && !_is_any($line, @MAY, @says);
}

sub _is_any {
    my ($line, @patterns) = @_;
    return scalar grep { $line =~ $_ } @patterns;
}

# What is wrong with the lines of a restart, given what its states say.
sub said_wrong {
    my ($restart) = @_;
    my @lines = grep { /ATY1\d\d: / && Aty::Log::is_serious($_) }
        @{$restart->{settled}{authority}{lines}};
    my @says = map { @{$_->{says}} } @{$restart->{states}};
    my $which = "restart $restart->{number} ($restart->{states}[-1]{name})";
    my @wrong = map { "$which: $_" } grep { !_is_any($_, @says) } @lines;
    return @wrong if $restart->{manner} eq 'twice';
    for my $says (@says) {
        push @wrong, "$which: no line $says" if !grep { $_ =~ $says } @lines;
    }
    return @wrong;
}

1;
