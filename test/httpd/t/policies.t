# The same site under the other policies of SSLVHostSNIPolicy, each with and without the
# module.

use Aty::Pairs;
use Aty::Test;

for my $policy (qw(strict authonly insecure)) {
    my $ours = server("$policy-ours", 'authority.conf.in', sni_policy => $policy);
    compile_for($ours);
    $ours->start;
    $ours->log->announce(qr/ATY102: .*stranger\.example\.test/);
    my $stock = server("$policy-stock", 'stock.conf.in', sni_policy => $policy)->start;
    compare($policy, $ours, $stock, $_)
        for var('mpm') eq 'prefork' ? 1 : (0, 1);
    $stock->log->announce(qr/AH02032: Hostname/) if $policy ne 'insecure';
    announce_renegotiation($stock) if $policy ne 'strict';
}

sub compare {
    my ($policy, $ours, $stock, $http1) = @_;
    my $http = $http1 ? 'HTTP/1.1' : 'h2';
    my @connections = grep { !/\A(?:example|img|bob|late|other|conf)\b/ } site_connections();
    my @authorities = grep { !/\A(?:web|deep|late|conf)\b/ } site_authorities();
    my @pairs = map {
        my $connection = $_;
        map { [$connection, $_] } @authorities;
    } @connections;
    my @expected = explain_pairs(\@pairs, http1 => $http1, table => $ours->variables->{table},
        port => $ours->port('site'));

    my @answers = ask_pairs(\@pairs, port => $ours->port('site'), http1 => $http1,
        server => $ours);
    for my $i (0 .. $#pairs) {
        my $said = $expected[$i]{verdict} eq 'misdirected' ? 421 : 200;
        is("$answers[$i]{status} $answers[$i]{verdict} $answers[$i]{reason}",
            "$said $expected[$i]{verdict} $expected[$i]{reason}",
            "$policy, $http: $pairs[$i][0] asked for $pairs[$i][1]");
    }

    return if $http1;
    my %path;
    $path{"@{$pairs[$_]}"} = $expected[$_]{mod_ssl} eq 'http1-required' ? '/private/' : '/'
        for 0 .. $#pairs;
    # A connection for each: after it refused a renegotiation mod_ssl wants the client
    # certificate of the refused vhost for all that follows.
    @answers = ask_pairs(\@pairs, port => $stock->port('site'), server => $stock, fresh => 1,
        path => sub { $path{"@_"} });
    my @wrong = grep {
        my $answer = defined $answers[$_]{rst} ? "rst $answers[$_]{rst}" : $answers[$_]{status};
        my $said = $expected[$_]{mod_ssl} =~ s/http1-required/rst 13/r;
        $answer ne $said && push @{$pairs[$_]}, "answered $answer, not $said";
    } 0 .. $#pairs;
    is_deeply([map { "@{$pairs[$_]}" } @wrong], [],
        "$policy, $http: mod_ssl alone answers @{[scalar @pairs]} pairs as it was said to");
}

# What mod_ssl logs where a vhost or a <Location> wants more than the connection has.
sub announce_renegotiation {
    my ($server) = @_;
    $server->log->may(qr/\[ssl:error\]/);
}

finish();
