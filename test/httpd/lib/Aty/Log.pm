package Aty::Log;

# An error log in which every line of level warn or worse, or of a crash, must have been announced.

use strict;
use warnings;

use Aty::Patience;
use Time::HiRes qw(sleep time);

# What stock httpd says, too, as its children are told to end at once. The event MPM closes the
# sockets that workers are serving (event.c: close_worker_sockets), and a worker that then
# hands its own back to the listener finds it closed. And the parent asks again after 3 seconds.
my $END = qr/\ \(9\)Bad\ file\ descriptor:\ AH\d+:\ process_\w+:\ apr_pollset_add\ failure\b
    | \ AH00045:\ child\ process\ \d+\ still\ did\ not\ exit,\ sending\ a\ SIGTERM\b/x;

# So may a child be killed by a fault as it ends: stock httpd's event MPM with traffic, prefork
# with HTTP/2. At any other time it is a fault, though httpd only takes note of it.
my $CRASH = qr/ AH0005[0-2]: child pid \d+ exit signal /;

# The parent's last word, when they have ended.
my $ENDED = qr/ AH\d+: (?:caught SIGTERM, shutting down|SIGHUP received)/;

# What the parent says of children that end slowly, as they do under valgrind.
our $SLOW_END = qr/AH0004[56]: child process \d+ still did not exit/;

# What APR says where the prefork MPM, which clears a child's pools in the handler of SIGTERM,
# does so while mod_proxy has a connection to a backend in use: as a websocket just ends.
our $PREFORK_END = qr{/apr_reslist\.c:\d+: reslist_cleanup: Assertion};

# `bookmark`, where it is given, is a file that remembers how far the log was checked, so
# that what was written between two test files is checked too.
sub new {
    my ($class, $path, $bookmark) = @_;
    my $self = bless {path => $path, bookmark => $bookmark, announced => []}, $class;
    if ($bookmark && open my $file, '<', $bookmark) {
        $self->{start} = <$file> + 0;
    }
    $self->{start} ||= 0;
    return $self;
}

# Whether nothing of it has been checked yet.
sub is_unread { return $_[0]{start} == 0 }

# Announces lines that this test file will cause: at least one must come by its end.
sub announce {
    my ($self, $pattern) = @_;
    push @{$self->{announced}}, {pattern => $pattern};
}

# Allows lines that this test file may cause.
sub may {
    my ($self, @patterns) = @_;
    push @{$self->{announced}}, map { +{pattern => $_, optional => 1} } @patterns;
}

# The whole lines written since the place (bytes) given, or since the last check.
sub lines {
    my ($self, $since) = @_;
    open my $file, '<:raw', $self->{path} or return;
    seek $file, $since // $self->{start}, 0;
    my @lines = <$file>;
    pop @lines if @lines && $lines[-1] !~ /\n\z/;
    chomp @lines;
    return @lines;
}

# Where the log ends now, for `lines` and `wait_for`.
sub mark { return -s $_[0]{path} || 0 }

# The first line after the mark that matches; waits for it. undef where none came.
sub wait_for {
    my ($self, $pattern, $mark, $seconds) = @_;
    my $end = time + patience($seconds // 20);
    while (1) {
        my ($line) = grep { /$pattern/ } $self->lines($mark);
        return $line if defined $line || time > $end;
        sleep 0.02;
    }
}

# What is wrong since the last check: lines that nobody announced, announcements that did
# not come. The log counts as checked afterwards.
sub faults {
    my ($self) = @_;
    my @wanted = map { $_->{pattern} } grep { !$_->{optional} } @{$self->{announced}};
    $self->wait_for($_) for @wanted;
    my $end = $self->mark;
    my @faults;
    for my $line (grep { is_serious($_) } _without_ends($self->lines)) {
        my ($known) = grep { $line =~ $_->{pattern} } @{$self->{announced}};
        push @faults, "not announced: $line" if !$known;
    }
    for my $pattern (@wanted) {
        push @faults, "announced, but did not come: $pattern" if !grep { /$pattern/ } $self->lines;
    }
    $self->_finish($end);
    return @faults;
}

# The lines but those of a child's end, where the parent said later that it was one; of a crash
# it has to say so next.
sub _without_ends {
    my ($parent, $is_next, @others) = ('');
    for my $line (reverse @_) {
        my ($pid) = $line =~ /\[pid (\d+)/;
        ($parent, $is_next) = ($pid, 1) if $line =~ $ENDED;
        next if $parent && $line =~ $END || $is_next && $line =~ $CRASH;
        $is_next &&= defined $pid && $pid eq $parent;
        unshift @others, $line;
    }
    return @others;
}

sub _finish {
    my ($self, $end) = @_;
    $self->{start} = $end;
    $self->{announced} = [];
    return if !$self->{bookmark};
    open my $file, '>', $self->{bookmark} or die "$self->{bookmark}: $!\n";
    print {$file} $end;
    close $file;
}

# Whether a line has level warn or worse, or tells of a crash. A line without a level (from a
# library, a sanitizer, the dynamic linker) is serious.
sub is_serious {
    my ($line) = @_;
    my ($level) = $line =~ /\A\[[^\]]+\] \[\w*:(\w+)\]/;
    return $line =~ $CRASH || !defined $level || $level =~ /\A(?:warn|error|crit|alert|emerg)\z/;
}

1;
