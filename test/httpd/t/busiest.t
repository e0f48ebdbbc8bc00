# The pairs that are misdirected most, and the lines about them: a flood of invented names
# takes no memory and no place, a scan of more pairs than there are places leaves the heavy
# ones where they are, and nothing of it fills the log.

use Aty::Status;
use Aty::Test;
use Time::HiRes qw(sleep time);

# Observed, so that a connection over HTTP/1.1 goes on after a misdirected request; and for
# a reason that is not mod_ssl's, which would refuse it by itself.
my $observe = 'AuthorityEngine observe';
my $isolated = vhosts(1) =~ s/(ServerAlias .*\n)/$1Isolate on\n/r;

# Asks for many authorities, a hundred at a time on one connection.
sub ask_many {
    my ($connection, @authorities) = @_;
    my $wrong = 0;
    while (my @some = splice @authorities, 0, 100) {
        $connection->io->write(
            join '', map { "GET /index.html HTTP/1.1\r\nHost: $_\r\n\r\n" } @some);
        for (@some) {
            $wrong++ if $connection->response->{status} != 200;
        }
    }
    is($wrong, 0, 'all were answered');
}

sub connection {
    my ($server, $sni) = @_;
    return h1($server->port('site'), $sni, alpn => ['http/1.1']);
}

# The pairs of the page, "CONNECTION REQUESTED" to how often.
sub pairs {
    my ($server) = @_;
    return map { ("$_->{connection} @{[$_->{requested} // '-']}" => $_->{would_421}) }
        @{json_status($server)->{pairs}};
}

# KiB that a server's processes have to themselves, by pid.
sub memory {
    my ($server) = @_;
    my %own;
    for my $file (glob '/proc/[0-9]*/stat') {
        my ($pid, $parent) = (eval { file($file) } // '') =~ /\A(\d+) \(.*\) \S (\d+)/s or next;
        next if $pid != $server->pid && $parent != $server->pid;
        my $text = eval { file("/proc/$pid/smaps_rollup") } // next;
        $own{$pid} += $1 while $text =~ /^Private_(?:Clean|Dirty): +(\d+) kB/mg;
    }
    return \%own;
}

# A vhost for each zone, or as many in the policy.
sub zone_vhosts {
    my ($policy, $count) = @_;
    return join '', map {
        Aty::Status::vhost("z$_.example.test", policy => $policy, tls => '',
            lines => $policy ? "Isolate on\n" : '')
    } 1 .. $count;
}

# The limit of lines: the first part now, the rest when ten seconds are over.
my $limited = status_server('limited', more => $observe, policy => $isolated);
$limited->start;
my $mark = $limited->log->mark;
my $begun = time;
ask_many(connection($limited, 'www.example.test'), ('static.example.test') x 42);
ask_many(connection($limited, 'static.example.test'), ('www.example.test') x 3);
my @lines = grep { /ATY30/ } $limited->log->lines($mark);
cmp_ok(time - $begun, '<', 9, 'that took no ten seconds');
is(scalar @lines, 2, 'a line for each of two pairs, at once');
like($lines[0], qr/\[authority:info\] .*ATY302: would be misdirected on a connection of 'www/,
    'ATY302, since it is only observed');
unlike("@lines", qr/not logged/, 'nothing was left out before');
is(json_status($limited)->{requests}{would_421}{total}, 45, 'every request is counted');

# At LogLevel debug every one is logged.
{
    my $debug = status_server('unlimited', more => "LogLevel authority:debug\n$observe",
        policy => $isolated);
    $debug->start;
    my $start = $debug->log->mark;
    ask_many(connection($debug, 'www.example.test'), ('static.example.test') x 42);
    is(scalar(grep { /ATY302/ } $debug->log->lines($start)), 42, 'debug: a line for each');
    $debug->stop;
}

# A flood, of names that no vhost has and of names under a wildcard. One child, which is
# warm.
{
    my $flood = status_server('flood', more => "$observe\n<IfModule !prefork.c>\n"
            . "StartServers 1\nServerLimit 1\nThreadsPerChild 4\n"
            . "MinSpareThreads 1\nMaxRequestWorkers 4\n</IfModule>\n"
            . "<IfModule prefork.c>\nStartServers 1\nMinSpareServers 1\n"
            . "MaxRequestWorkers 1\n</IfModule>",
        policy => $isolated);
    $flood->log->may(qr/AH00161: .*MaxRequestWorkers/);    # prefork, with its one child busy
    $flood->start;
    ask_many(connection($flood, 'www.example.test'), ('static.example.test') x 20);
    my ($long, $none, $wild) = ('x' x 50, '.example.test', '.users.example.test');
    my $invent = sub {
        my ($from, $to) = @_;
        # The event MPM keeps some octets of each request until its connection ends.
        while ($from < $to) {
            ask_many(connection($flood, 'www.example.test'),
                map { $long . $_ . ($_ % 2 ? $none : $wild) } $from .. $from + 999);
            $from += 1000;
        }
    };
    $invent->(1, 4_000);
    my $before = memory($flood);
    my ($start, $flooded) = ($flood->log->mark, time);
    $invent->(4_001, 20_000);
    my $after = memory($flood);
    my ($most) = sort { $b <=> $a }
        map { $after->{$_} - ($before->{$_} // $after->{$_}) } keys %$after;
    cmp_ok(scalar keys %$after, '>=', 2, 'the memory of parent and children is known');
    my $bound = patience(1) > 1 ? 8000 : 300;    # memcheck keeps books of its own
    cmp_ok($most, '<', $bound, "16,000 invented names, 1 MB: the process that grew most by $most KiB");
    is_deeply({pairs($flood)}, {
        'www.example.test -'                     => 10_000,
        'www.example.test *.users.example.test' => 10_000,
        'www.example.test static.example.test'  => 20,
    }, 'they are two pairs, and the true pair stays');
    my $periods = 2 + int((time - $flooded) / 10);    # of ten seconds, begun meanwhile
    cmp_ok(scalar(grep { /ATY302/ } $flood->log->lines($start)), '<=', 2 * $periods,
        'and they do not fill the log');
    $flood->stop;
}

# More pairs than there are places: 40 vhosts, 1,560 pairs.
{
    my $scan = status_server('scan', site => zone_vhosts(0, 40), policy => zone_vhosts(1, 40),
        more => $observe);
    $scan->start;
    my %heavy = map { ("z$_.example.test z@{[$_ + 1]}.example.test" => 30) } 1 .. 20;
    for my $pair (sort keys %heavy) {
        my ($sni, $authority) = split ' ', $pair;
        ask_many(connection($scan, $sni), ($authority) x 30);
    }
    for my $sni (1 .. 40) {
        my @others = grep { $_ != $sni && $_ != $sni + 1 } 1 .. 40;
        ask_many(connection($scan, "z$sni.example.test"), map { "z$_.example.test" } @others);
    }
    is_deeply({pairs($scan)}, \%heavy, 'the heavy pairs stay, with every request of theirs');
    is(json_status($scan)->{requests}{would_421}{by_reason}{'other-zone'},
        20 * 30 + 40 * 39 - 39, 'and every request is counted');
    $scan->stop;
}

# What the limit left out.
{
    my $left = $begun + 10.5 - time;
    sleep $left if $left > 0;
    $mark = $limited->log->mark;
    ask_many(connection($limited, 'www.example.test'), ('static.example.test') x 3);
    @lines = grep { /ATY302/ } $limited->log->lines($mark);
    is(scalar @lines, 1, 'after ten seconds the next line');
    like($lines[0], qr/; 41 like it since \d\d:\d\d:\d\d were not logged$/,
        'it says how many were left out');
}

finish();
