# Tree.pm: the files of this tree, for tests about the tree itself. Works without git.
package Tree;

use strict;
use warnings;

use Cwd qw(getcwd);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Find qw(find);

our @EXPORT = qw(files slurp make out);

# Tests are run from the root, wherever they were called.
chdir dirname(__FILE__) . '/../..' or die "no root: $!\n";

# Paths of all files from the root, without what git ignores, that match the pattern.
sub files {
    my ($pattern) = @_;
    my @found;
    my $collect = sub {
        if (-d $_ && /^(?:\.git|out)$/) {
            $File::Find::prune = 1;
        }
        elsif (-f $_ && !-l $_) {
            push @found, $File::Find::name =~ s,^\./,,r;
        }
    };
    find($collect, '.');
    return sort grep { $_ =~ $pattern } @found;
}

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return scalar readline $file;
}

# Runs make with the words; returns whether it went well, and its output.
sub make {
    my (@words) = @_;
    delete local @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
    open my $pipe, '-|', 'sh', '-c', 'exec make "$@" 2>&1', 'sh', '-s', @words
        or die "make: $!\n";
    local $/;
    my $output = readline $pipe;
    return (close($pipe), $output // '');
}

# Where the objects under test are.
sub out {
    return $ENV{OUT} // 'out';
}

1;
