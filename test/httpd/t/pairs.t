# Every pair of the site, asked for real: the module answers what authorityc says, and an
# httpd without it answers what authorityc says that mod_ssl answers.

use Aty::Pairs;
use Aty::Test;

my $stock = server('stock-pairs', 'stock.conf.in')->start;

for my $http1 (0, 1) {
    my $http = $http1 ? 'HTTP/1.1' : 'h2';
    next if !$http1 && var('mpm') eq 'prefork';
    my @connections = site_connections();
    my @pairs = map {
        my $connection = $_;
        map { [$connection, $_] } site_authorities();
    } @connections;
    my @expected = explain_pairs(\@pairs, http1 => $http1);

    my $mark = error_log->mark;
    my @answers = ask_pairs(\@pairs, port => port('site'), http1 => $http1);
    for my $i (0 .. $#pairs) {
        my ($connection, $authority) = @{$pairs[$i]};
        my $said = "$expected[$i]{verdict} $expected[$i]{reason}";
        my $status = $expected[$i]{verdict} eq 'misdirected' ? 421 : 200;
        is("$answers[$i]{status} $answers[$i]{verdict} $answers[$i]{reason}", "$status $said",
            "$http: $connection asked for $authority");
    }
    none_wrong([grep { /AH02032/ } error_log->lines($mark)],
        "$http: mod_ssl has not refused one of them");

    my @stock_answers = ask_pairs(\@pairs, port => $stock->port('site'), http1 => $http1,
        server => $stock);
    my @wrong = grep { $stock_answers[$_]{status} != mod_ssl_status($expected[$_]) } 0 .. $#pairs;
    none_wrong([map { "@{$pairs[$_]}: $stock_answers[$_]{status}" } @wrong],
        "$http: mod_ssl alone answers @{[scalar @pairs]} pairs as it was said to");
}
$stock->log->announce(qr/AH02032: Hostname/);

# Of the documents, not of a <Location>: see policies.t for those.
sub mod_ssl_status {
    my ($expected) = @_;
    return $expected->{mod_ssl} eq '421' ? 421 : 200;
}

# By hand, so that compiler and module cannot be wrong together.
my @by_hand = (
    ['www',      'www',      'same',        '-'],
    ['www',      'web',      'same',        '-'],
    ['www',      'static',   'shared',      '-'],
    ['static',   'www',      'shared',      '-'],
    ['www',      'quiet',    'shared',      '-'],
    ['www',      'admin',    'misdirected', 'client-auth'],
    ['admin',    'www',      'misdirected', 'client-auth'],
    ['admin',    'locked',   'shared',      '-'],
    ['www',      'location', 'misdirected', 'client-ca'],
    ['www',      'partner',  'misdirected', 'other-zone'],
    ['partner',  'alone',    'misdirected', 'other-zone'],
    ['www',      'second',   'misdirected', 'certificate'],
    ['www',      'copy',     'misdirected', 'textual'],
    ['www',      'ciphers',  'misdirected', 'ciphers'],
    ['www',      'new',      'misdirected', 'protocol'],
    ['www',      'conf',     'misdirected', 'openssl-conf'],
    ['www',      'nowhere',  'misdirected', 'unknown-authority'],
    ['nowhere',  'www',      'same',        '-'],
    ['nowhere',  'nowhere',  'misdirected', 'unknown-authority'],
    ['-',        'nowhere',  'same',        '-'],
    ['-',        'static',   'shared',      '-'],
    ['-',        'admin',    'misdirected', 'client-auth'],
    ['stranger', 'stranger', 'same',        '-'],
    ['stranger', 'www',      'misdirected', 'not-in-policy'],
    ['www',      'stranger', 'misdirected', 'not-in-policy'],
    ['stranger', 'nowhere',  'misdirected', 'unknown-authority'],
);
my @by_hand_h2 = (
    ['www', 'files', 'misdirected', 'location-client-auth'],
    ['www', 'old',   'misdirected', 'http1-only'],
    ['files', 'www', 'shared',      '-'],
);
my @by_hand_http1 = (
    ['www', 'files', 'shared', '-'],
    ['www', 'old',   'shared', '-'],
    ['old', 'www',   'shared', '-'],
);

for my $http1 (0, 1) {
    next if !$http1 && var('mpm') eq 'prefork';
    my @cases = (@by_hand, $http1 ? @by_hand_http1 : @by_hand_h2);
    my @pairs = map {
        [map { $_ eq '-' ? $_ : "$_.example.test" } @$_[0, 1]]
    } @cases;
    my @answers = ask_pairs(\@pairs, port => port('site'), http1 => $http1);
    for my $i (0 .. $#cases) {
        is("$answers[$i]{verdict} $answers[$i]{reason}", "$cases[$i][2] $cases[$i][3]",
            ($http1 ? 'HTTP/1.1' : 'h2') . ": $cases[$i][0] asked for $cases[$i][1]");
    }
}

finish();
