package Restarts::Side;

# One of the two servers: swapped, restarted in several ways, measured.

use strict;
use warnings;

use Aty::H1;
use Aty::Server;
use Aty::Template;
use JSON::PP qw(decode_json);
use Restarts::Process qw(measure processes);
use Restarts::Site qw(httpd_text);
use Time::HiRes qw(sleep time);

my $SECONDS = 30;    # for a restart; then it hangs
my $TRIES   = 5;

# What httpd says of a signal, and when it serves again.
my $TOLD   = qr/(?:AH00493: SIGUSR1|AH00494: SIGHUP|AH00171: Graceful restart|AH00173: SIGHUP)/;
my $SERVES = qr/resuming normal operations/;

# A server, not yet started. name: stock or authority.
sub new {
    my ($class, $name, $variables) = @_;
    my $server = Aty::Server->new(
        name      => $name,
        template  => "$name.conf.in",
        variables => {%$variables, site_text => '', table => 'none', site_port => 0},
    );
    return bless {name => $name, server => $server}, $class;
}

# Code that returns further lines of httpd.conf for a generation.
sub add_lines {
    my ($self, $more) = @_;
    $self->{more} = $more;
}

sub name { return $_[0]{name} }
sub server { return $_[0]{server} }
sub log { return $_[0]{server}->log }
sub port { return $_[0]{server}->port('site') }
sub pid { return $_[0]{server}->pid }

# Puts a state's files in place, each by a rename: the table, and the configuration of that
# generation.
sub swap {
    my ($self, $state, $tables, $generation) = @_;
    my $root = $self->{server}->root;
    my $more = $self->{more} ? $self->{more}->($generation) : '';
    my $text = Aty::Template::fill(httpd_text($generation, $state->{change}) . $more,
        $self->{server}->variables);
    _replace("$root/site.conf", $text);
    _replace("$root/site.table", $tables->{$state->{table}});
}

sub _replace {
    my ($path, $bytes) = @_;
    if (!defined $bytes) {
        unlink $path;
        return;
    }
    Aty::Template::store("$path.new", $bytes);
    rename "$path.new", $path or die "$path: $!\n";
}

# Starts it with the first state. Later only site.conf and the table are replaced.
sub start {
    my ($self, $state, $tables) = @_;
    $self->{server}->configure(table => $self->{server}->root . '/site.table');
    $self->swap($state, $tables, 0);
    $self->{server}->start;
}

# Begins a restart.
sub signal {
    my ($self, $signal) = @_;
    $self->{mark} = $self->log->mark if !defined $self->{mark};
    $self->{signalled} //= time;
    kill $signal => $self->pid or die "$self->{name}: the parent is gone\n";
}

# Waits until each restart that httpd told of has come to its end, and so many seconds more,
# in which another may begin. Returns a hash: signalled and served (when), lines (of the log
# since the signal).
sub settle {
    my ($self, $quiet) = @_;
    my $end = time + $SECONDS;
    my $served;
    while (1) {
        my @lines = $self->log->lines($self->{mark});
        my ($last) = grep { /$TOLD|$SERVES/ } reverse @lines;
        $served = undef if ($last // '') !~ $SERVES;
        $served //= time if defined $last && $last =~ $SERVES;
        return $self->_settled($served, \@lines) if $served && time >= $served + $quiet;
        die "$self->{name}: httpd does not serve after a restart\n"
            if time > $end || !$self->{server}->alive;
        sleep 0.01;
    }
}

sub _settled {
    my ($self, $served, $lines) = @_;
    my $signalled = delete $self->{signalled};
    delete $self->{mark};
    return {signalled => $signalled, served => $served, lines => $lines};
}

# Waits until children of that generation serve; returns the seconds that it took. httpd makes
# new children when old ones end, or about a second after the restart.
sub served_by {
    my ($self, $generation) = @_;
    my $begun = time;
    while (time < $begun + $SECONDS) {
        my $answer = eval { $self->_get('/') };
        my $seen = $answer && $answer->{headers}{'x-generation'};
        return time - $begun if $seen && $seen->[0] >= $generation;
        sleep 0.02;
    }
    die "$self->{name}: new children do not serve\n";
}

sub _get {
    my ($self, $path) = @_;
    $self->{asked}++;
    return Aty::H1->connect(port => $self->port, sni => 'www.example.test', alpn => ['http/1.1'])
        ->get('www.example.test', $path);
}

# How many requests were made here, which the clients do not know of.
sub asked { return $_[0]{asked} // 0 }

# What the status page says: usable (there is a table), and counts by name.
sub told {
    my ($self) = @_;
    my $told = decode_json($self->_status_page);
    return {
        usable => $told->{table}{usable},
        counts => {
            connections   => $told->{connections},
            origin_frames => $told->{origin_frames},
            same          => $told->{requests}{same},
            shared        => $told->{requests}{shared},
            misdirected   => $told->{requests}{misdirected}{total},
            %{$told->{requests}{misdirected}{by_reason}},
        },
    };
}

# A connection may be lost now and then, as any other.
sub _status_page {
    my ($self) = @_;
    for (1 .. $TRIES) {
        my $answer = eval { $self->_get('/authority-status?json') };
        return $answer->{body} if $answer && $answer->{status} == 200;
        sleep 0.2;
    }
    die "$self->{name}: no status page in $TRIES attempts\n";
}

sub measured { return measure($_[0]->pid) }

# Its processes but for the parent.
sub children {
    my ($self, $pid) = @_;
    $pid //= $self->pid;
    return grep { !/ \Q$pid\E\z/ } processes($pid);
}

# Sends the parent a signal that ends it.
sub kill_parent {
    my ($self, $signal) = @_;
    delete $self->{status};
    kill $signal => $self->pid;
}

# Whether the parent ends within the seconds; `status` is its exit status then.
sub ends_within {
    my ($self, $seconds) = @_;
    my $end = time + $seconds;
    while (!defined $self->{status}) {
        $self->{status} = $? >> 8 if !$self->{server}->alive;
        return 0 if time > $end;
        sleep 0.02;
    }
    return 1;
}

sub status { return $_[0]{status} }

# Starts it once more, after it has ended.
sub start_again {
    my ($self) = @_;
    $self->{server}->start;
}

1;
