package Aty::Template;

# The templates of the servers: @name@ stands for a variable, as Apache::Test has it.

use strict;
use warnings;

# The text with every variable put in; dies on an unknown one.
sub fill {
    my ($text, $variables) = @_;
    $text =~ s/@(\w+)@/$variables->{lc $1} \/\/ die "unknown variable '$1'\n"/ge;
    return $text;
}

sub fill_file {
    my ($from, $to, $variables) = @_;
    return store($to, fill(load($from), $variables));
}

# The whole file, bytes.
sub load {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return scalar <$file>;
}

sub store {
    my ($path, $bytes) = @_;
    open my $file, '>:raw', $path or die "$path: $!\n";
    print {$file} $bytes;
    close $file or die "$path: $!\n";
    return $path;
}

1;
