package Probe::Faults;

# The faults that are planted: on each server a site that is not what the policy says, and
# what is found of it. A finding is written "FAULT NAME", or "FAULT SNI AUTHORITY" where it is
# about a pair; beside it stands what the line of the policy looks like that it has to name,
# in the vhost of its last name.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(planted_faults);

my @WWW    = qw(www.example.test example.test);
my @STATIC = qw(static.example.test img.example.test);
my $OLD    = 'old.example.test';
my $NOBODY = 'any-name.invalid';    # as probe calls it; the default vhost's, which is www
my $SHOP   = 'shop.example.test';

my $VHOST       = qr/^<VirtualHost /;
my $CERTIFICATE = qr/^ +SSLCertificateFile /;
my $PROTOCOLS   = qr/^ +Protocols /;

# The findings of a fault about each of these names, or about each pair of both lists.
sub _of { my ($fault, $line, @names) = @_; return map { ("$fault $_" => $line) } @names }

sub _pairs {
    my ($fault, $line, $connections, $authorities) = @_;
    return map { _of("$fault $_", $line, @$authorities) } @$connections;
}

# A change of some fields of a vhost.
sub _with {
    my ($label, %fields) = @_;
    return sub {
        my $vhost = $_[0]->vhost($label);
        $vhost->{$_} = $fields{$_} for keys %fields;
    };
}

# For a fault that looks the same on every server.
sub _everywhere {
    my %found = @_;
    return map { $_ => {%found} } qw(module stock nginx);
}

# A name, what is changed in the server's site and in the policy, and what is found on each
# kind of server that can have it.
sub planted_faults {
    return (_certificates(), _answers(), _handshakes(), _lists());
}

sub _certificates {
    my @bare = (
        ['the wrong certificate on one name', 'wrong', 'wrong-certificate'],
        ['an expired certificate', 'expired', 'expired-certificate'],
        ['a certificate that ends in a few days', 'ending', 'ending-certificate'],
        ['a certificate of an unknown authority', 'strange/shop', 'untrusted-certificate'],
    );
    my @names = (@WWW, @STATIC);
    my @wrong = _of('wrong-certificate', $CERTIFICATE, $SHOP);
    my @opened = (_pairs('opened', $CERTIFICATE, [@names, $OLD], [$SHOP]),
        _pairs('opened', $CERTIFICATE, [$SHOP], \@names));
    return (
        (map { {
            name   => $_->[0],
            server => _with('shop', certificate => $_->[1]),
            found  => {_everywhere(_of($_->[2], $CERTIFICATE, $SHOP))},
        } } @bare),
        {
            name   => 'a vhost that lost its own certificate to that of the others',
            server => _with('shop', certificate => 'wild'),
            found  => {
                nginx  => {@wrong},
                stock  => {@wrong, @opened, _pairs('opened', $CERTIFICATE, [$SHOP], [$OLD])},
                module => {@wrong, @opened,
                    _of('origin-differs', $VHOST, @names, $SHOP, $NOBODY)},
            },
        },
    );
}

sub _answers {
    my @refused = (_pairs('refused', $VHOST, [@WWW, $OLD], \@STATIC),
        _pairs('refused', $VHOST, ['-'], [$STATIC[0]]),
        _pairs('refused', $VHOST, \@STATIC, \@WWW));
    my @asked = _of('client-certificate-asked', $VHOST, @STATIC);
    return (
        {
            name   => "a vhost that answers another's name",
            server => sub {
                push @{$_[0]->vhost('www')->{aliases}}, 'img.example.test';
                $_[0]->vhost('static')->{aliases} = [];
            },
            found => {_everywhere('wrong-vhost img.example.test' => $VHOST)},
        },
        {
            name   => 'client certificates demanded by one of two that share',
            server => _with('static', staff => 1, lines => ['SSLVerifyDepth 2']),
            found  => {
                nginx => {@asked},
                stock => {@asked, @refused, _pairs('refused', $VHOST, \@STATIC, [$OLD])},
                module => {@asked, @refused,
                    _of('origin-differs', $VHOST, @WWW, @STATIC, $NOBODY)},
            },
        },
    );
}

sub _handshakes {
    my @alpn = _of('alpn', $PROTOCOLS, $SHOP);
    my @protocol = _of('protocol', qr/^ +SSLProtocol /, $SHOP);
    return (
        {
            name   => 'a client certificate demanded where the policy says none',
            server => _with('shop', staff => 1),
            found  => {_everywhere(_of('client-certificate-asked', $VHOST, $SHOP))},
        },
        {
            name   => 'no client certificate asked for where the policy says one is',
            policy => _with('shop', staff => 1),
            found  => {_everywhere(
                _of('client-certificate-not-asked', qr/^ +SSLVerifyClient/, $SHOP))},
        },
        {
            name   => 'a client certificate asked for, and not demanded',
            server => _with('admin', lenient => 1),
            found  => {_everywhere(_of('client-certificate-not-asked',
                qr/^ +SSLVerifyClient/, qw(admin.example.test staff.example.test)))},
        },
        {
            name   => 'a client certificate demanded where one may be left out',
            policy => _with('admin', lenient => 1),
            found  => {_everywhere(_of('client-certificate-asked',
                qr/^ +SSLVerifyClient/, qw(admin.example.test staff.example.test)))},
        },
        {
            name   => 'one that is not demanded, over HTTP/1.1',
            server => _with('admin', lenient => 1, http1 => 1),
            policy => _with('admin', http1 => 1),
            found  => {map { $_ => {_of('client-certificate-not-asked',
                qr/^ +SSLVerifyClient/, qw(admin.example.test staff.example.test))} }
                    qw(module stock)},
        },
        {
            name   => 'HTTP/2 of a vhost that has HTTP/1.1 alone',
            policy => _with('shop', http1 => 1),
            found  => {
                nginx  => {@alpn},
                stock  => {@alpn},
                module => {@alpn, _of('origin-unexpected', $VHOST, $SHOP)},
            },
        },
        {
            name   => 'an older TLS version than the policy has',
            server => _with('shop', lines => ['SSLProtocol -all +TLSv1.2']),
            policy => _with('shop', lines => ['SSLProtocol -all +TLSv1.2 +TLSv1.3']),
            found  => {stock => {@protocol}, module => {@protocol}},
        },
    );
}

# Lists of names that are larger than the policy's: they fit into the server's budget, and
# not into that of the policy.
sub _lists {
    my @many = map { sprintf '%s%02d.example.test', 'x' x 60, $_ } 1 .. 48;
    return (
        {
            name   => 'an ORIGIN set that is larger than that of the policy',
            server => _with('www', policy => ['OriginBudget 4096']),
            policy => _with('www', policy => ['OriginBudget 64']),
            found  => {module => {_of('origin-differs', $VHOST, @WWW, $NOBODY)}},
        },
        {
            name   => 'an ORIGIN frame that is too large',
            server => sub {
                _with('www', aliases => \@many, policy => ['OriginBudget 16384'])->(@_) },
            policy => _with('www', aliases => \@many),
            found  => {module => {map { _of($_, $VHOST, 'www.example.test', @many,
                        $NOBODY) }
                    qw(origin-differs origin-too-large)}},
        },
    );
}

1;
