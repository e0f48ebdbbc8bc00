package Restarts::Stop;

# How it ends: old children go, graceful-stop waits for what is under way, stop does not, and
# nothing is left.

use strict;
use warnings;

use Aty::H1;
use Aty::H2;
use Exporter qw(import);
use Restarts::Client;
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(end_servers old_children_are_gone);

my $SECONDS = 20;    # for an end; then it hangs

# One more restart, without load: the children that there were must all end and be reaped.
# Returns those that are left after the seconds given.
sub old_children_are_gone {
    my ($side, $seconds) = @_;
    my %old = map { /(\d+)/ ? ($1 => 1) : () } $side->children;
    $side->signal('USR1');
    $side->settle(0);
    my $end = time + $seconds;
    while (1) {
        my @left = grep { /(\d+)/ && $old{$1} || /^Z/ } $side->children;
        return \@left if !@left || time > $end;
        sleep 0.1;
    }
}

# Ends the server by SIGWINCH, and started again by SIGTERM, each time while a request is
# under way. Returns what was wrong.
sub end_servers {
    my ($side, $mpm) = @_;
    my @wrong;
    my $pid = $side->pid;
    my $slow = _begin_request($side, $mpm);
    $side->kill_parent('WINCH');
    push @wrong, 'graceful-stop: did not wait for a request' if $side->ends_within(1);
    push @wrong, 'graceful-stop: a request was lost' if !$slow->();
    push @wrong, _left($side, $pid, 'graceful-stop');
    $side->start_again;
    $pid = $side->pid;
    $slow = _begin_request($side, $mpm);
    $side->kill_parent('TERM');
    push @wrong, _left($side, $pid, 'stop');
    return \@wrong;
}

sub _left {
    my ($side, $pid, $what) = @_;
    return "$what: the parent does not end" if !$side->ends_within($SECONDS);
    my @wrong;
    push @wrong, "$what: exit status " . $side->status if $side->status;
    my $end = time + 10;
    my @left;
    sleep 0.05 while (@left = $side->children($pid)) && time < $end;
    return @wrong, map { "$what: process $_ is left" } @left;
}

# A request that waits for us. Returns what ends it, and says whether all of the answer came.
sub _begin_request {
    my ($side, $mpm) = @_;
    my @common = (
        port => $side->port,
        sni  => 'www.example.test',
        ca   => $side->server->variables->{certs} . '/ca.pem',
    );
    if ($mpm eq 'prefork') {
        my $h1 = Aty::H1->connect(@common, alpn => ['http/1.1']);
        $h1->io->write("GET / HTTP/1.1\r\nHost: www.example.test\r\n");
        sleep 0.2;    # for a child to take it
        return sub {
            $h1->io->write("\r\n");
            my $status = $h1->response->{status};
            $h1->close;
            return $status == 200;
        };
    }
    my $h2 = Aty::H2->connect(@common, hold => 1);
    my $stream = $h2->request(authority => 'www.example.test', path => '/big.txt');
    $h2->status($stream);
    return sub {
        $h2->release($stream);
        my $length = length $h2->response($stream)->{body};
        $h2->close;    # worker would wait for the connection's end
        return $length == $Restarts::Client::BIG;
    };
}

1;
