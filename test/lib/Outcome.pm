# Outcome.pm: what a program said, for tests that run programs.
package Outcome;

use strict;
use warnings;

use Exporter qw(import);
use File::Temp qw(tempfile);

our @EXPORT = qw(outcome write_file);

my $SECONDS = 100; # a program that takes longer hangs

sub slurp_handle {
    my ($handle) = @_;
    seek $handle, 0, 0 or die "seek: $!\n";
    local $/;
    return readline($handle) // '';
}

# Runs a program in a directory, without standard input; returns its exit code ("signal N"
# where one ended it), its standard output and its standard error.
sub outcome {
    my ($directory, @words) = @_;
    my ($output, $errors) = (scalar tempfile(), scalar tempfile());
    my $child = fork // die "fork: $!\n";
    if ($child == 0) {
        chdir $directory or die "$directory: $!\n";
        open STDIN, '<', '/dev/null' or die "standard input: $!\n";
        open STDOUT, '>&', $output or die "standard output: $!\n";
        open STDERR, '>&', $errors or die "standard error: $!\n";
        exec 'timeout', $SECONDS, @words or die "$words[0]: $!\n";
    }
    waitpid $child, 0;
    my $code = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
    return ($code, slurp_handle($output), slurp_handle($errors));
}

sub write_file {
    my ($path, @text) = @_;
    open my $file, '>:raw', $path or die "$path: $!\n";
    print {$file} @text;
    close $file or die "$path: $!\n";
    return;
}

1;
