# Terminal.pm: an interactive shell on a terminal of its own, which script(1) makes, and
# somebody who types. What a shell makes of a line is told by the function `args`, which
# this defines in bash and zsh alike.
package Terminal;

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use IPC::Open2 qw(open2);
use Time::HiRes qw(time);

my $SECONDS = 60; # a shell that takes longer hangs

# Starts a shell in a directory, and types these lines.
sub new {
    my ($class, $directory, $shell, @lines) = @_;
    my $room = abs_path(tempdir('terminal-XXXXXX', TMPDIR => 1, CLEANUP => 1));
    local $ENV{TERM} = 'dumb';
    my $pid = open2(my $screen, my $keys, 'sh', '-c', 'cd "$1" && exec script -qfec "$2" /dev/null',
        'sh', $directory, $shell);
    my $self = bless {pid => $pid, screen => $screen, keys => $keys, shown => '',
        told => "$room/told"}, $class;
    $self->type("PS1='READY''> '\n");
    $self->wait_for(qr/READY> /);
    $self->line($_) for "args() { printf '%s\\0' \"\$\@\" >'$self->{told}'; }", @lines;
    return $self;
}

sub type {
    my ($self, $keys) = @_;
    syswrite($self->{keys}, $keys) // die "no terminal: $!\n";
    return;
}

# Reads what appears on the screen until it has the pattern, and forgets it.
sub wait_for {
    my ($self, $pattern) = @_;
    my $end = time + $SECONDS;
    while ($self->{shown} !~ $pattern) {
        my $ready = '';
        vec($ready, fileno $self->{screen}, 1) = 1;
        select($ready, undef, undef, 1);
        my $read = vec($ready, fileno $self->{screen}, 1)
            ? sysread($self->{screen}, $self->{shown}, 65_536, length $self->{shown}) : 1;
        die "the terminal shows: $self->{shown}\n" if !$read || time > $end;
    }
    my ($seen) = $self->{shown} =~ /\A(.*?$pattern)/s;
    substr $self->{shown}, 0, length $seen, '';
    return $seen;
}

# Types a line; returns what is shown until the shell is ready again. What is typed is shown,
# too, so the mark of the end is not written as it comes out.
sub line {
    my ($self, $line) = @_;
    $self->type("$line; echo EN''D\n");
    return $self->wait_for(qr/END\r?\n.*?READY> /s);
}

# Types a line and then keys, such as TAB; returns the words that the shell makes of it all.
# What was on the screen meanwhile is in $self->{seen}.
sub words_after {
    my ($self, $line, $keys) = @_;
    unlink $self->{told};
    $self->type("$line$keys\cAargs \cE; echo EN''D\n");
    $self->{seen} = $self->wait_for(qr/END\r?\n.*?READY> /s);
    open my $told, '<:raw', $self->{told} or die "nothing was told of '$line': $self->{seen}\n";
    local $/;
    return split /\0/, readline($told) // '';
}

sub stop {
    my ($self) = @_;
    $self->type("\cU\nexit\n");
    close $self->{keys};
    waitpid delete $self->{pid}, 0;
    return;
}

# Where a test dies, nothing is left that holds its output open.
sub DESTROY {
    my ($self) = @_;
    local ($?, $!, $@);
    kill KILL => $self->{pid} if $self->{pid};
    return;
}

1;
