package Aty::Test;

# What every test file begins with: Test::More, the clients, and the promise that nothing
# stands in the error logs that was not announced. A file ends with `finish`.

use strict;
use warnings;

use Aty::H1;
use Aty::H2;
use Aty::Log;
use Aty::Patience;
use Aty::Server;
use Aty::Template;
use Exporter ();
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = (
    @Test::More::EXPORT,
    qw(announce compile compile_for error_log eventually explain_pairs file finish h1 h2 logged
        needs_h2 none_wrong patience port server tls var verdict)
);

sub import {
    strict->import;
    warnings->import;
    goto &Exporter::import;
}

# What `run` has written, a line "name value" each. Apache::Test::vars has the same, and
# takes a second to say so.
my $vars = {map { chomp; split / /, $_, 2 } split /^/, Aty::Template::load($ENV{ATY_VARIABLES})};
my $log  = Aty::Log->new("$vars->{t_logs}/error_log", "$vars->{t_logs}/error_log.checked");
my (@servers, $requests, %access_logs);

# What every start logs: see servers/site.conf.in.
my $no_h2 = qr/AH10034: The mpm module \(prefork\.c\) is not supported by mod_http2/;

$log->may($Aty::Log::SLOW_END) if patience(1) > 1;
if ($log->is_unread) {
    $log->announce(qr/ATY102: .*stranger\.example\.test/);
    $log->announce($no_h2) if $vars->{mpm} eq 'prefork';
}

# A variable of the suite's configuration, and the port of that name of the site.
sub var { return $vars->{$_[0]} // die "no variable '$_[0]'\n" }
sub port { return var("$_[0]_port") }
sub file { return Aty::Template::load($_[0]) }

sub error_log { return $log }
sub announce { return $log->announce(@_) }

# Skips the file, and says why, where the MPM has no h2.
sub needs_h2 {
    plan skip_all => 'mod_http2 serves no h2 under prefork (AH10034)'
        if var('mpm') eq 'prefork';
}

# A further server (see Aty::Server), not yet started. Its log is checked as well.
sub server {
    my ($name, $template, %variables) = @_;
    my $server = Aty::Server->new(
        name      => $name,
        template  => $template,
        variables => {%$vars, %variables},
    );
    $server->log->may($Aty::Log::SLOW_END) if patience(1) > 1;
    $server->log->may($no_h2, $Aty::Log::PREFORK_END) if var('mpm') eq 'prefork';
    push @servers, $server;
    return $server;
}

# Compiles the site's policy for a server's own ports and variables; the table becomes its
# `table`, and its configuration is written anew. Returns what authorityc printed.
sub compile_for {
    my ($server, $policy) = @_;
    my $root = $server->root;
    my %file = map { $_ => "$root/site.$_" } qw(policy table);
    $policy ||= Aty::Template::load(var('top_dir') . '/policy/site.policy.in');
    Aty::Template::store($file{policy}, Aty::Template::fill($policy, $server->variables));
    my $output = compile(@file{qw(policy table)});
    $server->configure(%file);
    return $output;
}

# Runs authorityc compile; dies where it fails. Returns what it printed.
sub compile {
    my ($policy, $table) = @_;
    my $output = `\Q$vars->{authorityc}\E compile \Q$policy\E -o \Q$table\E 2>&1`;
    die "authorityc compile: $output
" if $?;
    return $output;
}

# Clients. The port is a name of the site's ports, or a number; the SNI undef for none.
sub tls {
    my ($port, $sni, %option) = @_;
    return Aty::TLS->connect(_common($port, $sni, %option));
}

sub h1 {
    my ($port, $sni, %option) = @_;
    return Aty::H1->connect(_common($port, $sni, %option));
}

sub h2 {
    my ($port, $sni, %option) = @_;
    return Aty::H2->connect(_common($port, $sni, %option));
}

sub _common {
    my ($port, $sni, %option) = @_;
    return (
        port => $port =~ /\A\d+\z/ ? $port : port($port),
        sni  => $sni,
        ca   => var('certs') . '/ca.pem',
        %option,
        delete $option{staff}
        ? (cert => var('certs') . '/staff.pem', key => var('certs') . '/staff.key')
        : (),
    );
}

# The line of the access log for a request that carried `X-Id: ID`, as a hash: status,
# vhost, verdict, reason, group, conn; each "-" where it was not set. Waits for it. The
# connection that it came on belongs here while it is open (see _stir).
sub logged {
    my ($id, $server, $connection) = @_;
    my $path = ($server ? $server->root : var('serverroot')) . '/logs/authority_log';
    my $known = $access_logs{$path} ||= {at => 0};
    my $end = time + patience(20);
    for (my $round = 1; !$known->{lines}{$id}; $round++) {
        die "no line for $id in $path\n" if time > $end;
        _stir($connection) if $round % 10 == 0;
        _read_access_log($path, $known) or sleep 0.01;
    }
    my %line;
    @line{qw(status vhost verdict reason group conn)} = split ' ', $known->{lines}{$id};
    return \%line;
}

# An answer that was sent before its thread had ended is logged no earlier than when its
# connection has something else to do: nothing wakes it for that alone (h2_mplx.c, s_c2_done
# to c1c2_stream_joined). A PING does.
sub _stir {
    my ($connection) = @_;
    $connection->barrier if $connection && $connection->isa('Aty::H2');
    return;
}

# Takes in what was written since; false where there is nothing new.
sub _read_access_log {
    my ($path, $known) = @_;
    open my $file, '<:raw', $path or return;
    seek $file, $known->{at}, 0;
    my $before = $known->{at};
    while (my $line = <$file>) {
        last if $line !~ /\n\z/;
        $known->{at} += length $line;
        my ($id, $fields) = split ' ', $line, 2;
        $known->{lines}{$id} = $fields;
    }
    return $known->{at} > $before;
}

# A header to find a request in the access log by.
sub id { return sprintf 'r%d.%d', $$, ++$requests }

# Asks for one authority on a connection and says, in a word or two, what came of it:
# "same", "shared", "misdirected REASON", from the environment as the access log has it.
sub verdict {
    my ($connection, $authority, %option) = @_;
    my ($server, $path) = delete @option{qw(server path)};
    my $id = id();
    my $headers = $connection->isa('Aty::H2') ? ['x-id' => $id] : ["X-Id: $id"];
    $connection->get($authority, $path // '/', headers => $headers, %option);
    my $line = logged($id, $server, $connection);
    return $line->{reason} eq '-' ? $line->{verdict} : "$line->{verdict} $line->{reason}";
}

# What authorityc says of pairs [CONNECTION, AUTHORITY], connection "-" for no SNI: a list
# of hashes with verdict, reason and mod_ssl. Options: table, port, address, http1.
sub explain_pairs {
    my ($pairs, %option) = @_;
    my @command = (
        var('authorityc'), 'explain', $option{table} || var('table'),
        '--pairs', '-', '--address',
        ($option{address} || '127.0.0.1') . ':' . ($option{port} || port('site')),
        $option{http1} ? '--http1' : (),
    );
    my $input = "$vars->{t_logs}/pairs.$$";
    Aty::Template::store($input, join '', map { "$_->[0] $_->[1]\n" } @$pairs);
    my @lines = `@{[join ' ', map { quotemeta } @command]} < \Q$input\E`;
    unlink $input;
    die "authorityc explain --pairs answered ", scalar @lines, " of ", scalar @$pairs,
        " lines\n"
        if @lines != @$pairs;
    return map {
        my ($connection, $authority, $verdict, $reason, $mod_ssl) = split ' ';
        {verdict => $verdict, reason => $reason, mod_ssl => $mod_ssl};
    } @lines;
}

# One test of many questions: what is in the list was wrong.
sub none_wrong {
    my ($wrong, $name) = @_;
    my $more = @$wrong > 20 ? "\n... and @{[@$wrong - 20]} more" : '';
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok(!@$wrong, $name) or diag(join("\n", grep { defined } @$wrong[0 .. 19]) . $more);
}

# Ends a test file: the further servers are stopped, all logs are checked.
sub finish {
    for my $server (@servers) {
        $server->stop;
        _check_log($server->log, $server->root =~ s{.*/}{}r . ': ');
    }
    _check_log($log, '');
    done_testing();
}

sub _check_log {
    my ($checked, $whose) = @_;
    my @faults = $checked->faults;
    none_wrong(\@faults, "${whose}nothing in the error log that was not announced");
}

1;
