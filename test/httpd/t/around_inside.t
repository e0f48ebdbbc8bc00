# Ways that lead from one vhost to another inside httpd: the documents of a 421, redirects,
# rewrites, inclusions, a proxy back to the server itself.

use Aty::Around;
use Aty::Test;

my $server = around_server('around-inside');
my @protocols = var('mpm') eq 'prefork' ? ('HTTP/1.1') : ('HTTP/1.1', 'h2');

sub ask {
    my ($protocol, $host, $path) = @_;
    my @port = ($server->port('around'), 'www.example.test');
    my $connection = $protocol eq 'h2' ? h2(@port) : h1(@port, alpn => ['http/1.1']);
    my $response = $connection->get($host, $path);
    watch("$protocol: $host$path", join "\n", $response->{body} // '',
        map { @{$_ || []} } values %{$response->{headers}});
    return $response;
}

# What the forbidden vhosts would have httpd answer to 421: the document of the main server, one
# of their own, the same for a <Location>, a text, another place.
my @documents = map { "$_.example.test" } qw(partner document location text place admin);
for my $protocol (@protocols) {
    for my $host (@documents) {
        for my $path ('/', '/index.html', '/missing') {
            my $response = ask($protocol, $host, $path);
            my $what = "$protocol: ErrorDocument 421 of $host, $path";
            is($response->{status}, 421, "$what: 421");
            is($response->{headers}{location}, undef, "$what: leads nowhere");
            is($response->{headers}{'x-mark'}, undef, "$what: without fields of a success");
            is_deeply($response->{headers}{'x-always'}, ['on each answer'],
                "$what: but with those of `Header always`");
            cmp_ok(length $response->{body}, '<', 1000, "$what: a short text");
        }
    }
}

# What www itself leads to. A redirect is the client's to follow, on a connection of its own.
my @redirects = map { [$_, "https://partner.example.test:@{[$server->port('around')]}/"] }
    qw(/moved/ /unsaid/ /missing);
for my $protocol (@protocols) {
    for my $case (@redirects) {
        my ($path, $to) = @$case;
        my $response = ask($protocol, 'www.example.test', $path);
        is($response->{status}, 302, "$protocol: $path sends the client away");
        is_deeply($response->{headers}{location}, [$to], "$protocol: $path to the other vhost");
    }
    my $passed = ask($protocol, 'www.example.test', '/passed/');
    is($passed->{headers}{'x-vhost'}[0], 'www', "$protocol: a rewrite stays in its vhost");
    is($passed->{status}, 200, "$protocol: and serves");

    my $fetched = ask($protocol, 'www.example.test', '/fetched/');
    is($fetched->{status}, 421, "$protocol: a proxy back to this server is a client of its own");

    my $page = ask($protocol, 'www.example.test', '/elsewhere.shtml');
    is($page->{status}, 200, "$protocol: a page that includes what is elsewhere");
    like($page->{body}, qr/begin.*end/s, "$protocol: comes without it");
}
$server->log->announce($_) for qr{\[include:error\]}, qr{AH10244: invalid URI path};

finish_around();
