# I9: a resumed TLS session changes nothing about whose connection it is.

use Aty::Test;

my @protocols = var('mpm') eq 'prefork' ? ('HTTP/1.1') : ('HTTP/1.1', 'h2');

sub client {
    my ($protocol, $sni, %option) = @_;
    return h2('site', $sni, %option) if $protocol eq 'h2';
    return h1('site', $sni, %option, alpn => ['http/1.1']);
}

for my $protocol (@protocols) {
    for my $version (qw(TLSv1.2 TLSv1.3)) {
        my $what = "I9 $protocol $version";
        my $first = client($protocol, 'static.example.test', version => $version);
        is(verdict($first, 'static.example.test'), 'same', "$what: a first connection");
        my $session = $first->io->session;
        $first->close;

        # TLS 1.2 says the first name in SSL_TLS_SNI then.
        my $alias = client($protocol, 'img.example.test', version => $version,
            session => $session);
        ok($alias->io->resumed, "$what: resumed by an alias of the vhost");
        is(verdict($alias, 'img.example.test'), 'same', "$what: the alias is the same vhost");
        is(verdict($alias, 'www.example.test'), 'shared', "$what: shares as it did");
        is(verdict($alias, 'admin.example.test'), 'misdirected client-auth',
            "$what: and no more");
        $alias->close;

        my $other = client($protocol, 'www.example.test', version => $version,
            session => $session);
        ok(!$other->io->resumed, "$what: another vhost does not resume it");
        is(verdict($other, 'www.example.test'), 'same', "$what: the other vhost by itself");
        $other->close;

        my $staff = client($protocol, 'admin.example.test', version => $version, staff => 1);
        is(verdict($staff, 'admin.example.test'), 'same', "$what: a client certificate");
        my $ticket = $staff->io->session;
        $staff->close;
        my $stolen = client($protocol, 'www.example.test', version => $version,
            session => $ticket);
        is(verdict($stolen, 'admin.example.test'), 'misdirected client-auth',
            "$what: a ticket of the client-certificate vhost opens nothing elsewhere");
        $stolen->close;
        my $back = client($protocol, 'admin.example.test', version => $version,
            session => $session, staff => 1);
        is(verdict($back, 'static.example.test'), 'misdirected client-auth',
            "$what: nor does a foreign ticket there");
    }
}

# The frame follows the vhost of this handshake, not of the session.
if ($protocols[-1] eq 'h2') {
    for my $version (qw(TLSv1.2 TLSv1.3)) {
        my $first = h2('site', 'files.example.test', version => $version);
        $first->get('files.example.test');
        my $again = h2('site', 'files.example.test', version => $version,
            session => $first->io->session);
        $again->barrier;
        ok($again->io->resumed, "I9 $version: resumed");
        is_deeply([$again->origins], [$first->origins],
            "I9 $version: a resumed connection gets the same frame");
    }
}

finish();
