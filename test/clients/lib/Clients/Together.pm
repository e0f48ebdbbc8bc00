package Clients::Together;

# Tasks that are done side by side, each in a process of its own.

use strict;
use warnings;

use Aty::Ports;
use Aty::Template;
use Exporter qw(import);
use JSON::PP qw(decode_json encode_json);

our @EXPORT_OK = qw(at_once);

my $AT_ONCE = 2;

# Calls CODE with variables, as Room has them but with other ports, and each of the tasks, a
# few at a time. Returns [task, what CODE returned], in order; where it died, why. What is
# returned has to be data, which is handed on as JSON.
sub at_once {
    my ($variables, $code, @tasks) = @_;
    my %running;
    my $end_all = sub { kill TERM => keys %running; 1 while wait > 0; exit 130 };
    local @SIG{qw(HUP INT TERM)} = ($end_all) x 3;
    my @paths = map { "$variables->{top_dir}/result-$_" } 0 .. $#tasks;
    for my $number (0 .. $#tasks) {
        delete $running{wait()} if keys %running == $AT_ONCE;
        my $pid = fork // die "fork: $!\n";
        _run_task($variables, $code, $tasks[$number], $paths[$number]) if !$pid;
        $running{$pid} = 1;
    }
    delete $running{wait()} while %running;
    return map { [$tasks[$_], decode_json(Aty::Template::load($paths[$_]))->[0]] } 0 .. $#tasks;
}

sub _run_task {
    my ($variables, $code, $task, $path) = @_;
    $SIG{$_} = sub { exit 130 } for qw(HUP INT TERM);    # servers and browsers are stopped
    my ($first_port, $ports) = Aty::Ports::reserve();
    my $result = eval { $code->({%$variables, first_port => $first_port}, $task) } // "$@";
    Aty::Template::store($path, encode_json([$result]));
    exit 0;
}

1;
