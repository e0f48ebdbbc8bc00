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
    for my $http1 (var('mpm') eq 'prefork' ? 1 : (0, 1)) {
        compare($policy, $ours, $stock, $http1);
        by_hand($policy, $ours, $http1);
    }
    $stock->log->announce(qr/AH02032: Hostname/) if $policy ne 'insecure';
    announce_renegotiation($stock) if $policy ne 'strict';
}

# By hand, so that compiler and module cannot be wrong together.
sub by_hand {
    my ($policy, $ours, $http1) = @_;
    my %cases = (
        strict => [
            ['www',   'www',    'same -'],
            ['www',   'static', 'misdirected strict'],
            ['www',   'admin',  'misdirected client-auth'],
        ],
        authonly => [
            ['www',   'static',  'shared -'],
            ['www',   'copy',    'shared -'],
            ['www',   'new',     'shared -'],
            ['www',   'second',  'shared -'],    # the wildcard covers it
            ['www',   'extra.elsewhere.test', 'misdirected not-covered'],
            ['www',   'other.elsewhere.test', 'shared -'],    # AcceptPair
            ['static', 'other.elsewhere.test', 'misdirected not-covered'],
            ['second', 'www',    'misdirected not-covered'],
            ['www',   'admin',   'misdirected client-auth'],
            ['www',   'partner', 'misdirected other-zone'],
        ],
        insecure => [
            ['www',   'static',  'shared -'],
            ['www',   'copy',    'shared -'],
            ['www',   'conf',    'misdirected openssl-conf'],
            ['www',   'admin',   'misdirected client-auth'],
            ['www',   'new',     'misdirected protocol'],
            ['www',   'ciphers', 'misdirected ciphers'],
            ['www',   'partner', 'misdirected other-zone'],
            ['www',   'extra.elsewhere.test', 'misdirected not-covered'],
        ],
    );
    my @cases = @{$cases{$policy}};
    my @pairs = map {
        [map { /\./ ? $_ : "$_.example.test" } @$_[0, 1]]
    } @cases;
    my @answers = ask_pairs(\@pairs, port => $ours->port('site'), http1 => $http1,
        server => $ours);
    is("$answers[$_]{verdict} $answers[$_]{reason}", $cases[$_][2],
        "$policy, by hand: $cases[$_][0] asked for $cases[$_][1]")
        for 0 .. $#cases;
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

    # A connection for each: after it refused a renegotiation mod_ssl wants the client
    # certificate of the refused vhost for all that follows.
    my %path;
    $path{"@{$pairs[$_]}"} = $expected[$_]{mod_ssl} eq 'http1-required' ? '/private/' : '/'
        for 0 .. $#pairs;
    @answers = ask_pairs(\@pairs, port => $stock->port('site'), server => $stock,
        http1 => $http1, fresh => !$http1, path => sub { $path{"@_"} });
    my @wrong;
    for my $i (0 .. $#pairs) {
        my $answer = defined $answers[$i]{rst} ? "rst $answers[$i]{rst}" : $answers[$i]{status};
        my $said = $expected[$i]{mod_ssl} =~ s/http1-required/rst 13/r;
        # Over HTTP/1.1 mod_ssl lets it through and then asks for a certificate.
        $answer =~ s/\A(?:0|403)\z/200/ if $http1;
        push @wrong, "@{$pairs[$i]}: $answer, not $said" if $answer ne $said;
    }
    none_wrong(\@wrong,
        "$policy, $http: mod_ssl alone answers @{[scalar @pairs]} pairs as it was said to");
}

# What mod_ssl logs where a vhost or a <Location> wants more than the connection has.
sub announce_renegotiation {
    my ($server) = @_;
    $server->log->may(qr/\[ssl:error\]/);
}

finish();
