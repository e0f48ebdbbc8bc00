package Differential::Values;

# What random sites are made of: for each field that mod_ssl compares the lines that may
# stand there. @certs@ is where the certificates are.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(%LINES %NEEDS certificate_lines directive_key @CERTIFICATES @CONF);

# An axis along which vhosts differ => its lines. Every client certificate is good for all
# CAs here that hold test-ca or ca-b (one key and name, two certificates), so that no
# handshake fails for want of one.
our %LINES = (
    protocol => [
        ['SSLProtocol', 'all'],
        ['SSLProtocol', 'All', '-SSLv3'],
        ['SSLProtocol', 'all', '-TLSv1', '-TLSv1.1'],
        ['SSLProtocol', '-all', '+TLSv1.2', '+TLSv1.3'],
        ['SSLProtocol', '+TLSv1.3', '+TLSv1.2'],
        ['SSLProtocol', '-all', '+TLSv1.3'],
        ['SSLProtocol', 'TLSv1.2', 'TLSv1.3'],
        ['SSLProtocol', 'all', '-TLSv1.2'],
        ['SSLProtocol', 'TLSv1.2'],
        ['SSLProtocol', 'all', '-TLSv1.3'],
    ],
    ciphers => [
        ['SSLCipherSuite', 'ECDHE+AESGCM'],
        ['SSLCipherSuite', 'SSL', 'ECDHE+AESGCM'],
        ['SSLCipherSuite', 'AESGCM+ECDHE'],
        ['SSLCipherSuite', 'HIGH:!MD5'],
        ['SSLCipherSuite', 'DEFAULT'],
        ['SSLCipherSuite', 'ECDHE+AESGCM:ECDHE+CHACHA20'],
        ['SSLCipherSuite', 'SSL', 'ECDHE+CHACHA20:ECDHE+AESGCM'],
    ],
    ciphers13 => [
        ['SSLCipherSuite', 'TLSv1.3', 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'
            . ':TLS_AES_128_GCM_SHA256'],
        ['SSLCipherSuite', 'TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
        ['SSLCipherSuite', 'TLSv1.3', 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384'],
    ],
    verify => [map { ['SSLVerifyClient', $_] } qw(none optional require optional_no_ca)],
    depth  => [map { ['SSLVerifyDepth', $_] } 1, 2, 10],
    ca_file => [map { ['SSLCACertificateFile', "\@certs\@/$_.pem"] }
        qw(ca-a ca-a-copy ca-b ca-ab ca-ba)],
    ca_path => [map { ['SSLCACertificatePath', "\@certs\@/$_.d"] }
        qw(ca-a ca-a-copy ca-ab ca-other)],
    dn_file => [map { ['SSLCADNRequestFile', "\@certs\@/$_.pem"] } qw(ca-a ca-b ca-other)],
    dn_path => [map { ['SSLCADNRequestPath', "\@certs\@/$_.d"] } qw(ca-a ca-a-copy ca-other)],
    crl_file => [map { ['SSLCARevocationFile', "\@certs\@/$_.pem"] } qw(crl crl-copy crl-both)],
    crl_path => [map { ['SSLCARevocationPath', "\@certs\@/$_.d"] } qw(crl crl-copy)],
    crl_check => [
        ['SSLCARevocationCheck', 'none'],
        ['SSLCARevocationCheck', 'leaf'],
        ['SSLCARevocationCheck', 'chain'],
        ['SSLCARevocationCheck', 'leaf', 'no_crl_for_cert_ok'],
    ],
    ocsp => [
        ['SSLOCSPEnable', 'off'],
        ['SSLOCSPEnable', 'on'],
        ['SSLOCSPEnable', 'leaf'],
        ['SSLOCSPEnable', 'on', 'no_ocsp_for_cert_ok'],
    ],
    ocsp_override  => [map { ['SSLOCSPOverrideResponder', $_] } qw(on off)],
    ocsp_responder => [map { ['SSLOCSPDefaultResponder', "http://127.0.0.1:9/$_"] } qw(a b)],
    srp => [map { ['SSLSRPVerifierFile', "\@certs\@/$_.srp"] } qw(one two)],
);

# Lines of which any number may stand in a row.
our @CONF = (
    ['SSLOpenSSLConfCmd', 'Curves', 'P-256:P-384'],
    ['SSLOpenSSLConfCmd', 'Curves', 'P-256'],
    ['SSLOpenSSLConfCmd', 'Options', '-SessionTicket'],
    ['SSLOpenSSLConfCmd', 'Options', 'ServerPreference'],
);

# Certificates, and the names they are for. Several: RSA beside ECDSA.
our @CERTIFICATES = (
    ['wild'], ['wild'], ['wild-copy'], ['renewed'], ['wild-rsa'], ['wide'], ['narrow'],
    ['other'], ['wild', 'wild-rsa'], ['wild-rsa', 'wild'], ['wide', 'wide-rsa'],
);

sub certificate_lines {
    my (@names) = @_;
    return (
        (map { ['SSLCertificateFile',    "\@certs\@/$_.pem"] } @names),
        (map { ['SSLCertificateKeyFile', "\@certs\@/$_.key"] } @names),
    );
}

# Without this line nobody could connect, or httpd would not start: a directive with a value
# => what must stand beside it.
our %NEEDS = (
    SSLVerifyClient      => ['SSLCACertificateFile', '@certs@/ca-ab.pem'],
    SSLCARevocationCheck => ['SSLCARevocationFile',  '@certs@/crl.pem'],
);

# Directives that set the same thing have one key.
sub directive_key {
    my ($line) = @_;
    return $line->[0] eq 'SSLCipherSuite' && $line->[1] eq 'TLSv1.3' ? 'TLSv1.3' : $line->[0];
}

1;
