package Soak::Recorder;

# What is measured every few seconds of both servers, as lines of two files: figures.tsv has
# the parent, its children together and the counters of the module; children.tsv has each
# child. Memory is in KiB.

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(max sum0);
use Restarts::Process qw(measure);
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(COUNTERS);

# USS is what a process has for itself (private); anonymous is all that was allocated,
# whether it is shared with the parent or not.
my @MEASURES = qw(rss pss private anonymous descriptors);

use constant COUNTERS => qw(connections origin_frames same shared misdirected);

# Options: run (of Restarts::Course), directory, seconds (between two measures).
sub new {
    my ($class, %option) = @_;
    my $self = bless {%option, phase => 'begin', cycle => 0, due => 0}, $class;
    $self->{figures} = _file("$option{directory}/figures.tsv", qw(seconds cycle phase restarts),
        map { _columns($_) } qw(stock authority));
    print {$self->{figures}} join("\t", '', COUNTERS), "\n";
    $self->{children} = _file("$option{directory}/children.tsv",
        qw(seconds cycle phase server pid), @MEASURES);
    print {$self->{children}} "\n";
    return $self;
}

sub _file {
    my ($path, @columns) = @_;
    open my $file, '>', $path or die "$path: $!\n";
    $file->autoflush(1);
    print {$file} join "\t", @columns;
    return $file;
}

sub _columns {
    my ($name) = @_;
    return ((map { "${name}_parent_$_" } @MEASURES), "${name}_children",
        (map { "${name}_children_$_" } @MEASURES), "${name}_largest_child");
}

# What goes on from here: storm, calm or rest.
sub phase {
    my ($self, $cycle, $phase) = @_;
    @$self{qw(cycle phase)} = ($cycle, $phase);
}

# Waits until that time, or until it is interrupted, and measures meanwhile.
sub wait_until {
    my ($self, $until) = @_;
    while ((my $now = time) < $until && !$self->{run}{interrupted}) {
        $self->sample if $now >= $self->{due};
        my $next = $self->{due} < $until ? $self->{due} : $until;
        my $pause = $next - time;
        sleep($pause) if $pause > 0;
    }
}

# Measures now. Returns children by server: a hash of PID to a measure, with time.
sub sample {
    my ($self) = @_;
    my $now = time;
    $self->{due} = $now + $self->{seconds};
    my $run = $self->{run};
    my (%children, @row);
    for my $side (@{$run->{sides}}) {
        my $parent = $side->measured;
        my $of = $children{$side->name} = _children($side);
        push @row, (map { $parent->{$_} } @MEASURES), scalar keys %$of;
        for my $measure (@MEASURES) {
            push @row, sum0(map { $_->{$measure} } values %$of);
        }
        push @row, max(0, map { $_->{private} } values %$of);
        $self->_write_children($side->name, $of, $now);
    }
    my $told = eval { $run->{sides}[1]->told };
    my @place = (sprintf('%.1f', $now - $run->{begun}), @$self{qw(cycle phase)},
        scalar @{$run->{restarts} || []});
    print {$self->{figures}} join("\t", @place, @row,
        map { $told ? $told->{counts}{$_} : '-' } COUNTERS), "\n";
    return \%children;
}

sub _write_children {
    my ($self, $name, $of, $now) = @_;
    my @place = (sprintf('%.1f', $now - $self->{run}{begun}), @$self{qw(cycle phase)});
    print {$self->{children}} join("\t", @place, $name, $_, @{$of->{$_}}{@MEASURES}), "\n"
        for sort { $a <=> $b } keys %$of;
}

# One that ends meanwhile is left out.
sub _children {
    my ($side) = @_;
    my %of;
    for my $pid (map { /\A[^Z] (\d+)/ ? $1 : () } $side->children) {
        local $SIG{__WARN__} = sub { die @_ };
        my $measured = eval { measure($pid) } or next;
        $of{$pid} = {%$measured, time => time};
    }
    return \%of;
}

1;
