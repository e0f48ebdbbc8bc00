package Aty::DriftKinds;

# The kinds of drift, and of what is none.

use strict;
use warnings;

use Aty::SiteText;
use Aty::Test qw(var);
use Exporter qw(import);

our @EXPORT = qw(drift_kinds);

# Under prefork there is no h2, whatever Protocols says.
my $h2 = var('mpm') ne 'prefork';

# What is changed: of the text, or the files that are put in the place of others. `told`:
# of each vhost that must be named in a line, what stands after its place there; in it
# {NAME}, {NAME DIRECTIVE} and {DIRECTIVE} stand for the place in the policy, and
# ... for anything. Such a vhost is in quarantine, unless it is `unknown` (ATY102) or has
# only `lost` names. `apart`: vhosts that do not share with the others then. `client`: who
# shows another client certificate than usual. `before`: changes of what it begins with;
# `heal`: further ones of httpd's configuration, where no policy could say what it is.
my @kinds = (
    {
        kind   => 'a certificate with fewer names',
        files  => {'pair.pem' => 'pair-fewer.pem', 'pair.key' => 'pair-fewer.key'},
        told   => {map { $_ => "certificate: the table has the names 'news.example.test' "
            . "({$_ SSLCertificateFile}), httpd has a certificate without them" } qw(shop blog)},
        lost   => [qw(shop blog)],
    },
    {
        kind  => 'a certificate renewed with the same names',
        files => {'pair.pem' => 'pair-same.pem', 'pair.key' => 'pair-same.key'},
    },
    {
        kind  => 'a certificate renewed with more names',
        files => {'pair.pem' => 'pair-more.pem', 'pair.key' => 'pair-more.key'},
    },
    {
        kind  => 'a wildcard certificate in the place of one that lists the names',
        files => {'pair.pem' => 'pair-wild.pem', 'pair.key' => 'pair-wild.key'},
    },
    {
        kind   => 'a second certificate, with fewer names',
        change => [map { added($_, 'SSLCertificateFile "@certs@/pair-rsa.pem"',
            'SSLCertificateKeyFile "@certs@/pair-rsa.key"') } qw(shop blog)],
        told   => {map { $_ => "certificate: the table has the names 'news.example.test' "
            . "({$_ SSLCertificateFile}), httpd has a certificate without them" } qw(shop blog)},
        lost   => [qw(shop blog)],
    },
    {
        kind   => 'one certificate of two with fewer names, under authonly',
        before => [top('SSLVHostSNIPolicy', 'SSLVHostSNIPolicy authonly'),
            in_vhost('blog', sub { s/pair\./pair-same./g })],
        files  => {'pair-same.pem' => 'pair-fewer.pem', 'pair-same.key' => 'pair-fewer.key'},
        told   => {blog => "certificate: the table has the names 'news.example.test' "
            . '({blog SSLCertificateFile}), httpd has a certificate without them'},
        lost   => ['blog'],
    },
    {
        kind   => 'another CA in the same file',
        files  => {'staff-ca.pem' => 'other-ca.pem'},
        told   => {map { $_ => "client-ca: the table has ...CAs: ... "
            . "({$_ SSLCACertificateFile}), httpd ...CAs: ..." } qw(admin audit)},
        client => {admin => 'other', audit => 'other'},
    },
    {
        kind   => 'another CA with the same subject',
        files  => {'staff-ca.pem' => 'namesake-ca.pem'},
        told   => {map { $_ => "client-ca: the table has ...CAs: ... "
            . "({$_ SSLCACertificateFile}), httpd ...CAs: ..." } qw(admin audit)},
        client => {admin => 'namesake', audit => 'namesake'},
    },
    {
        kind   => 'the same CA in another file',
        change => [map { in_vhost($_, sub { s/staff-ca\.pem/staff-ca-copy.pem/ }) }
            qw(admin audit)],
    },
    {
        kind   => 'the same CA, but in a directory',
        change => [map { in_vhost($_,
            sub { s/SSLCACertificateFile(.*)staff-ca\.pem/SSLCACertificatePath$1staff-dir/ }) }
            qw(admin audit)],
    },
    {
        kind   => 'another CA, and in a directory',
        change => [in_vhost('audit',
            sub { s/SSLCACertificateFile(.*)staff-ca\.pem/SSLCACertificatePath$1other-dir/ })],
        told   => {audit => 'client-ca: the table has ... ({audit SSLCACertificateFile}), httpd ...'},
        client => {audit => 'other'},
    },
    {
        kind   => 'another CA in the same directory',
        before => [map { in_vhost($_,
            sub { s/SSLCACertificateFile(.*)staff-ca\.pem/SSLCACertificatePath$1staff-dir/ }) }
            qw(admin audit)],
        files  => {'staff-dir' => 'other-dir'},
        told   => {map { $_ => "client-ca: the table has ... ({$_ SSLCACertificatePath}), "
            . 'httpd ...' } qw(admin audit)},
        client => {admin => 'other', audit => 'other'},
    },
    {
        kind   => 'another CA with the same subject in the same directory',
        before => [map { in_vhost($_,
            sub { s/SSLCACertificateFile(.*)staff-ca\.pem/SSLCACertificatePath$1staff-dir/ }) }
            qw(admin audit)],
        files  => {'staff-dir' => 'namesake-dir'},
        told   => {map { $_ => "client-ca: the table has ... ({$_ SSLCACertificatePath}), "
            . 'httpd ...' } qw(admin audit)},
        client => {admin => 'namesake', audit => 'namesake'},
    },
    {
        kind   => 'clients are asked for certificates',
        change => [added('static', 'SSLVerifyClient optional')],
        told   => {static => 'client-auth: the table has no client certificate ({static}), '
            . 'httpd client certificate optional'},
    },
    {
        kind   => 'clients need no certificate any more',
        change => [in_vhost('audit', sub { s/^ *SSLVerifyClient.*\n//m })],
        told   => {audit => 'client-auth: the table has client certificate required, depth 1 '
            . '({audit SSLVerifyClient}), httpd no client certificate...'},
    },
    {
        kind   => 'a client certificate is optional',
        change => [in_vhost('audit', sub { s/require/optional/ })],
        told   => {audit => 'client-auth: the table has client certificate required, depth 1 '
            . '({audit SSLVerifyClient}), httpd client certificate optional'},
    },
    {
        # An SSL_CTX does not tell the two apart.
        kind   => 'client certificates of any CA',
        before => [in_vhost('audit', sub { s/require/optional/ })],
        change => [in_vhost('audit', sub { s/optional/optional_no_ca/ })],
        told   => {audit => "client-auth: the table has 'SSLVerifyClient optional' "
            . "({audit SSLVerifyClient}), httpd 'SSLVerifyClient optional_no_ca'"},
    },
    {
        kind   => 'another depth of verification',
        change => [in_vhost('audit', sub { s/SSLVerifyDepth +1/SSLVerifyDepth 2/ })],
        told   => {audit => "client-auth: the table has 'SSLVerifyDepth 1' "
            . "({audit SSLVerifyDepth}), httpd 'SSLVerifyDepth 2'"},
    },
    {
        kind   => 'revocation is asked for',
        change => [added('audit', 'SSLOCSPEnable on no_ocsp_for_cert_ok')],
        told   => {audit => "revocation: the table has 'SSLOCSPEnable off' ({audit}), "
            . "httpd 'SSLOCSPEnable on no_ocsp_for_cert_ok'"},
    },
    {
        kind   => 'other TLS versions',
        change => [added('static', 'SSLProtocol -all +TLSv1.3')],
        told   => {static => 'protocol: the table has TLSv1.2 TLSv1.3 ({SSLProtocol}), '
            . 'httpd TLSv1.3'},
    },
    {
        kind   => 'TLS versions by SSLOpenSSLConfCmd',
        change => [added('static', 'SSLOpenSSLConfCmd MinProtocol TLSv1.3')],
        told   => {static => "openssl-conf: the table has no such line ({static}), httpd "
            . "'SSLOpenSSLConfCmd MinProtocol TLSv1.3'; protocol: the table has "
            . 'TLSv1.2 TLSv1.3 ({SSLProtocol}), httpd TLSv1.3'},
    },
    {
        kind   => 'other curves by SSLOpenSSLConfCmd',
        before => [added('static', 'SSLOpenSSLConfCmd Curves P-256')],
        change => [in_vhost('static', sub { s/P-256/P-384/ })],
        told   => {static => "openssl-conf: the table has 'SSLOpenSSLConfCmd Curves P-256' "
            . "({static SSLOpenSSLConfCmd}), httpd 'SSLOpenSSLConfCmd Curves P-384'"},
    },
    {
        kind   => 'other TLS versions of the default vhost',
        change => [added('www', 'SSLProtocol -all +TLSv1.2')],
        told   => {www => 'protocol: the table has TLSv1.2 TLSv1.3 ({SSLProtocol}), '
            . 'httpd TLSv1.2'},
    },
    {
        # ssl_find_vhost of mod_ssl: who has no SSLProtocol has that of the default vhost.
        kind   => 'other TLS versions of the default vhost, which lends them',
        before => [top('SSLProtocol', ''), added('static', 'SSLProtocol all')],
        change => [added('www', 'SSLProtocol -all +TLSv1.2')],
        told   => {www => 'protocol: the table has ... ({www}), httpd TLSv1.2'},
        apart  => ['static'],
    },
    {
        kind   => 'the TLS versions spelt otherwise',
        change => [top('SSLProtocol', 'SSLProtocol all -TLSv1 -TLSv1.1')],
    },
    {
        kind   => 'other ciphers',
        change => [added('static', 'SSLCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256')],
        told   => {static => "ciphers: the table has 'SSLCipherSuite ...' ({SSLCipherSuite}), "
            . 'httpd another list: as cipher ...'},
    },
    {
        kind   => 'other ciphers for TLS 1.3',
        change => [added('static', 'SSLCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256')],
        told   => {static => "ciphers: the table has 'SSLCipherSuite ...' ({SSLCipherSuite}), "
            . 'httpd another list: as cipher 1 TLS_AES_128_GCM_SHA256 instead of ...'},
    },
    {
        kind   => 'the ciphers spelt otherwise',
        change => [top('SSLCipherSuite', 'SSLCipherSuite "ECDHE-ECDSA-AES256-GCM-SHA384 '
            . 'ECDHE-ECDSA-AES128-GCM-SHA256 aRSA+kECDHE+AES128+AESGCM:!NULL"')],
    },
    {
        kind   => 'an alias added',
        change => [aliases('static', 'img.example.test pic.example.test new.example.test')],
        told   => {static => "names: httpd has 'new.example.test', the table has not ({static})"},
    },
    {
        kind   => 'an alias removed',
        change => [aliases('static', 'img.example.test')],
        told   => {static => "names: the table has 'pic.example.test' ({static}), httpd has not"},
    },
    {
        kind   => 'the default vhost loses an alias',
        change => [in_vhost('www', sub { s/^ *ServerAlias.*\n//m })],
        told   => {www => "names: the table has 'web.example.test' ({www}), httpd has not"},
    },
    {
        kind   => 'aliases in another order and case',
        change => [aliases('static', 'PIC.example.test Img.Example.Test')],
    },
    {
        kind   => 'an alias that has moved to an earlier vhost',
        change => [aliases('static', 'img.example.test'),
            aliases('www', 'web.example.test pic.example.test')],
        told   => {
            static => "names: the table has 'pic.example.test' ({static}), httpd has not",
            www    => "names: httpd has 'pic.example.test', the table has not ({www})",
        },
    },
    {
        kind   => 'an alias that has moved to a later vhost',
        change => [aliases('static', 'img.example.test'),
            aliases('users', '*.users.example.test pic.example.test')],
        told   => {
            static => "names: the table has 'pic.example.test' ({static}), httpd has not",
            users  => "names: httpd has 'pic.example.test', the table has not ({users})",
        },
    },
    {
        kind   => 'a wildcard that takes the names of later vhosts',
        change => [aliases('static', 'img.example.test pic.example.test a*.example.test')],
        told   => {static => "names: httpd has 'a*.example.test', the table has not ({static})"},
    },
    {
        kind   => 'a wildcard removed',
        change => [in_vhost('users', sub { s/^ *ServerAlias.*\n//m })],
        told   => {users => "names: the table has '*.users.example.test' ({users}), "
            . 'httpd has not'},
    },
    {
        kind   => 'an alias that takes the name of a later vhost',
        change => [aliases('static', 'img.example.test pic.example.test admin.example.test')],
        told   => {static => "names: httpd has 'admin.example.test', the table has not ({static})"},
        heal   => [without_vhost('admin')],
    },
    {
        kind   => 'an alias that an earlier vhost has',
        change => [aliases('users', '*.users.example.test static.example.test')],
        heal   => [aliases('users', '*.users.example.test')],
    },
    {
        kind   => 'two vhosts that have exchanged their names',
        change => [in_vhost('static', sub { s/static\./fixed./ }),
            in_vhost('admin', sub { s/admin\./static./ }),
            in_vhost('fixed', sub { s/fixed\./admin./ })],
        told   => {
            static => 'client-auth: the table has no client certificate ({static}), httpd '
                . 'client certificate required; ...names: the table has ... ({static}), httpd has not',
            admin  => 'client-auth: the table has client certificate required, depth 1 '
                . '({admin SSLVerifyClient}), httpd no client certificate; ...'
                . 'names: httpd has ..., the table has not ({admin})',
        },
    },
    {
        kind    => 'another ServerName',
        change  => [in_vhost('static', sub { s/static\./fixed./ })],
        missing => ['static'],
        unknown => ['fixed'],
    },
    {
        kind   => 'a ServerName with scheme and port',
        change => [in_vhost('static', sub { s,(static\.example\.test),https://$1:443, })],
    },
    {
        kind   => 'a ServerName in another case',
        change => [in_vhost('static', sub { s/static\./STATIC./ })],
    },
    {
        kind   => 'any address',
        change => [in_vhost('static', sub { s/127\.0\.0\.1/*/ })],
        told   => {static => 'its addresses: the table has 127.0.0.1:@drift_one_port@, '
            . 'httpd *:@drift_one_port@'},
    },
    {
        kind   => 'one address fewer',
        before => [in_vhost('static',
            sub { s/(127\S+one_port@)/$1 127.0.0.1:\@drift_two_port@/ })],
        change => [in_vhost('static', sub { s/ 127\.0\.0\.1:\@drift_two_port@// })],
        told   => {static => 'its addresses: the table has 127.0.0.1:@drift_one_port@, '
            . '127.0.0.1:@drift_two_port@, httpd 127.0.0.1:@drift_one_port@'},
    },
    {
        kind   => 'another port',
        change => [in_vhost('static', sub { s/one_port/two_port/ })],
        told   => {static => 'its addresses: the table has 127.0.0.1:@drift_one_port@..., '
            . 'httpd 127.0.0.1:@drift_two_port@'},
    },
    {
        kind   => 'another address',
        change => [in_vhost('static', sub { s/127\.0\.0\.1/127.0.0.2/ })],
        told   => {static => 'its addresses: the table has 127.0.0.1:@drift_one_port@..., '
            . 'httpd 127.0.0.2:@drift_one_port@'},
    },
    {
        kind   => 'a further address',
        change => [in_vhost('static', sub { s/(127\S+one_port@)/$1 127.0.0.1:\@drift_two_port@/ })],
        told   => {static => 'its addresses: the table has 127.0.0.1:@drift_one_port@..., '
            . 'httpd 127.0.0.1:@drift_one_port@, 127.0.0.1:@drift_two_port@'},
    },
    {
        kind    => 'a vhost added',
        change  => [sub { $_[0] . <<'END' }],
<VirtualHost 127.0.0.1:@drift_one_port@>
    ServerName  fixed.example.test
    ServerAlias new.example.test
    SSLEngine   on
</VirtualHost>
END
        unknown => ['fixed'],
    },
    {
        kind    => 'a vhost added before all others',
        change  => [sub { $_[0] =~ s{(?=^<VirtualHost)}{<<'END'}mer }],
<VirtualHost 127.0.0.1:@drift_one_port@>
    ServerName  fixed.example.test
    SSLEngine   on
</VirtualHost>

END
        unknown => ['fixed'],
    },
    {
        kind    => 'a vhost removed',
        change  => [without_vhost('static')],
        missing => ['static'],
    },
    {
        kind    => 'the default vhost removed',
        change  => [without_vhost('www')],
        missing => ['www'],
    },
    {
        kind    => 'SSLEngine off',
        change  => [in_vhost('static', sub { s/SSLEngine +on/SSLEngine off/ })],
        missing => ['static'],
    },
    {
        kind   => 'HTTP/2 taken away',
        change => [added('static', 'Protocols http/1.1')],
        told   => $h2 && {static => 'Protocols: the table has h2 ({Protocols}), httpd no h2'},
    },
    {
        kind   => 'HTTP/2 allowed',
        change => [in_vhost('old', sub { s/^( *Protocols ).*/$1 h2 http\/1.1/m })],
        told   => $h2 && {old => 'Protocols: the table has no h2 ({old Protocols}), httpd h2'},
    },
    {
        kind   => 'another default vhost',
        change => [sub {
            my ($static, $rest);
            ($rest = $_[0]) =~ s{(<VirtualHost [^>]*>\n *ServerName +static.*?</VirtualHost>\n)}
                {$static = $1; ''}se;
            return $rest =~ s/(?=^<VirtualHost)/$static/mr;
        }],
        told   => {static => "the default vhost of its address: the table has "
            . "'www.example.test' ({www}), httpd this one..."},
    },
    {
        kind   => 'several things at once',
        change => [added('static', 'SSLProtocol -all +TLSv1.3'),
            aliases('static', 'img.example.test pic.example.test new.example.test')],
        told   => {static => "names: httpd has 'new.example.test', the table has not ({static}); "
            . 'protocol: the table has TLSv1.2 TLSv1.3 ({SSLProtocol}), httpd TLSv1.3'},
    },
    {
        kind   => 'what has nothing to do with it',
        change => [added('static', 'SSLOptions +StdEnvVars', 'TraceEnable off', '# a comment'),
            added('www', 'SSLHonorCipherOrder on')],
    },
);

sub drift_kinds { return @kinds }

1;
