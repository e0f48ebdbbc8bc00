package Aty::Server;

# An httpd of a test's own: configured from a template, started, reloaded, stopped by pid
# even where the test dies.

use strict;
use warnings;

use Aty::Log;
use Aty::Patience;
use Aty::Ports;
use Aty::Template;
use File::Path qw(make_path);
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep time);

my @running;
my $owner;    # the process that started them

# Prepares a server. Options: name (of its directory below the tree's more/), template (in
# servers/), variables (hash); a variable site_text stands for another site than the
# suite's, log_level for another LogLevel than warn, timeout for another Timeout. Every
# variable whose name ends in _port gets a free port of this server's own. The templates see
# `root`, the server's directory, besides.
sub new {
    my ($class, %option) = @_;
    my %variables = (log_level => 'warn', timeout => patience(20), %{$option{variables}});
    my @ports = grep { /_port\z/ && $_ ne 'first_port' } keys %variables;
    ($variables{port}, @variables{@ports}) =
        Aty::Ports::free($variables{first_port}, 1 + @ports);
    my $root = "$variables{top_dir}/more/$option{name}";
    make_path("$root/logs");
    $variables{$_} = $root for qw(root serverroot);
    $variables{t_logs} = "$root/logs";
    $variables{t_pid_file} = "$root/logs/httpd.pid";
    my $self = bless {
        variables => \%variables,
        template  => $option{template},
        root      => $root,
        log       => Aty::Log->new("$root/logs/error_log"),
    }, $class;
    $self->configure;
    return $self;
}

# Writes the configuration (again), with other variables where they are given.
sub configure {
    my ($self, %changed) = @_;
    my $variables = $self->{variables};
    %$variables = (%$variables, %changed);
    my $templates = "$variables->{top_dir}/servers";
    my $site = $variables->{site_text} // Aty::Template::load("$templates/site.conf.in");
    Aty::Template::store("$self->{root}/site.conf", Aty::Template::fill($site, $variables));
    Aty::Template::fill_file("$templates/base.conf.in", "$self->{root}/base.conf", $variables);
    Aty::Template::fill_file("$templates/$self->{template}", "$self->{root}/httpd.conf",
        $variables);
}

sub root { return $_[0]{root} }
sub log { return $_[0]{log} }
sub port { return $_[0]{variables}{"$_[1]_port"} }
sub variables { return $_[0]{variables} }
sub pid { return $_[0]{pid} }

sub _command {
    my ($self, @more) = @_;
    return ($self->{variables}{httpd}, '-d', $self->{root}, '-f',
        "$self->{root}/httpd.conf", @more);
}

# Runs httpd with further arguments to its end: exit status and what it printed. Where a
# signal handler dies meanwhile, httpd is ended.
sub run {
    my ($self, @arguments) = @_;
    my $pid = open my $output, '-|';
    die "fork: $!\n" if !defined $pid;
    if (!$pid) {
        open STDERR, '>&', \*STDOUT;
        exec $self->_command(@arguments) or POSIX::_exit(127);
    }
    my $text = eval { local $/; <$output> };
    my $error = $@;
    kill KILL => $pid if $error;
    close $output;
    die $error if $error;
    return ($? >> 8, $text);
}

# Starts it and waits until it serves; dies where it does not.
sub start {
    my ($self) = @_;
    my $mark = $self->log->mark;
    my $pid = fork;
    die "fork: $!\n" if !defined $pid;
    if (!$pid) {
        POSIX::setsid();    # the prefork MPM ends its whole process group
        open STDOUT, '>>', "$self->{root}/logs/output";
        open STDERR, '>&', \*STDOUT;
        exec $self->_command('-DFOREGROUND') or POSIX::_exit(127);
    }
    $self->{pid} = $pid;
    $owner = $$;
    push @running, $self;
    $self->_wait_for_start($mark);
    return $self;
}

sub _wait_for_start {
    my ($self, $mark) = @_;
    my $end = time + patience(20);
    while (!$self->log->wait_for(qr/resuming normal operations/, $mark, 0.05)) {
        if (waitpid($self->{pid}, POSIX::WNOHANG()) != 0) {
            delete $self->{pid};
            die "$self->{root}: httpd did not start: ", $self->log->lines($mark), "\n";
        }
        die "$self->{root}: httpd does not serve\n" if time > $end;
    }
}

# A graceful restart; waits until the new generation serves, or fails after that.
sub restart {
    my ($self) = @_;
    my $mark = $self->log->mark;
    kill USR1 => $self->{pid};
    return defined $self->log->wait_for(qr/resuming normal operations/, $mark, 20);
}

sub alive {
    my ($self) = @_;
    return $self->{pid} && waitpid($self->{pid}, POSIX::WNOHANG()) == 0;
}

# Stops it and waits for its end; returns its exit status.
sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    @running = grep { $_ != $self } @running;
    kill TERM => $pid;
    my $end = time + patience(20);
    while (waitpid($pid, POSIX::WNOHANG()) == 0) {
        kill KILL => $pid if time > $end;
        sleep 0.01;
    }
    return $? >> 8;
}

END {
    if (defined $owner && $$ == $owner) {
        local ($?, $!);
        $_->stop for my @all = @running;    # which stop changes
    }
}

1;
