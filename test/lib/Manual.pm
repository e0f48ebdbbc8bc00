# Manual.pm: what stands in the pages of man/, and words of the sources to hold against it.
package Manual;

use strict;
use warnings;

use Exporter qw(import);
use Tree;

our @EXPORT = qw(words items item section section_text);

# Everything that the pattern captures in the files, sorted, each once.
sub words {
    my ($pattern, @paths) = @_;
    my %seen = map { $_ => 1 } map { slurp($_) =~ /$pattern/g } @paths;
    return sort keys %seen;
}

# The items of a page's lists, with the macro that stands before them.
sub items {
    my ($page, $macro) = @_;
    return words(qr/^\.It $macro(\S+)/m, "man/$page");
}

# An item of a text: its line, and what follows up to the next. Items that share their
# text follow upon each other.
sub item {
    my ($text, $name) = @_;
    return $text =~ /^(\.It \Q$name\E(?![\w-]).*\n(?:\.It .*\n)*(?:(?!\.It ).*\n)*)/m ? $1 : '';
}

# A section of a page, or a subsection, as it stands in the page.
sub section {
    my ($page, $name) = @_;
    my $text = slurp("man/$page");
    return $1 if $text =~ /^\.Sh \Q$name\E\n(.*?)(?=^\.Sh |\z)/ms;
    return $text =~ /^\.Ss \Q$name\E\n(.*?)(?=^\.S[sh] |\z)/ms ? $1 : '';
}

# The same, as it is read, without the line ends that a page's width makes.
sub section_text {
    my ($page, $name) = @_;
    my $text = qx(mandoc -T ascii -O width=1000 'man/$page') =~ s/.\x08//gr;
    return $text =~ /^\Q$name\E\n(.*?)(?=^\S|\z)/ms ? $1 : '';
}

1;
