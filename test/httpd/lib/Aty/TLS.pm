package Aty::TLS;

# A TLS client that knows where records begin: OpenSSL over memory BIOs, fed from the
# socket one record at a time. What a read returns is therefore the plaintext of exactly
# one record, and the length of every record is known.

use strict;
use warnings;

use Aty::Plain;
use IO::Select;
use Net::SSLeay;

Net::SSLeay::load_error_strings();
Net::SSLeay::SSLeay_add_ssl_algorithms();
Net::SSLeay::randomize();

my %VERSION = ('TLSv1.2' => 0x0303, 'TLSv1.3' => 0x0304);

# Connects and shakes hands; dies where that fails. Options: port; address (127.0.0.1); sni
# (undef: none);
# alpn (list of protocols, undef: none); version; ciphers; ca (file to verify with, undef:
# no verification); cert and key (client certificate); session (to resume); tickets (0: a
# client without); pha (offer post-handshake authentication); before (octets that are sent
# in front of the handshake).
sub connect {
    my ($class, %option) = @_;
    my $self = bless {raw => '', records => [], deadline => $Aty::Plain::DEADLINE}, $class;
    $self->{socket} = Aty::Plain::socket_to(@option{qw(port address)});
    syswrite $self->{socket}, $option{before} if defined $option{before};
    $self->{context} = _context(\%option);
    $self->{ssl} = Net::SSLeay::new($self->{context});
    _prepare($self->{ssl}, \%option);
    $self->{in}  = Net::SSLeay::BIO_new(Net::SSLeay::BIO_s_mem());
    $self->{out} = Net::SSLeay::BIO_new(Net::SSLeay::BIO_s_mem());
    Net::SSLeay::set_bio($self->{ssl}, $self->{in}, $self->{out});
    $self->_handshake;
    $self->{records} = [];    # from here on they are the server's answers
    return $self;
}

sub _context {
    my ($option) = @_;
    my $context = Net::SSLeay::CTX_new_with_method(Net::SSLeay::TLS_client_method());
    if (my $version = $option->{version}) {
        Net::SSLeay::CTX_set_min_proto_version($context, $VERSION{$version});
        Net::SSLeay::CTX_set_max_proto_version($context, $VERSION{$version});
    }
    Net::SSLeay::CTX_set_cipher_list($context, $option->{ciphers}) if $option->{ciphers};
    Net::SSLeay::CTX_set_alpn_protos($context, $option->{alpn}) if $option->{alpn};
    Net::SSLeay::CTX_set_post_handshake_auth($context, 1) if $option->{pha};
    Net::SSLeay::CTX_set_options($context, Net::SSLeay::OP_NO_TICKET())
        if !($option->{tickets} // 1);
    if ($option->{ca}) {
        Net::SSLeay::CTX_load_verify_locations($context, $option->{ca}, '');
        Net::SSLeay::CTX_set_verify($context, Net::SSLeay::VERIFY_PEER(), undef);
    }
    if ($option->{cert}) {
        Net::SSLeay::set_cert_and_key($context, $option->{cert}, $option->{key})
            or die "client certificate $option->{cert}: " . _error();
    }
    return $context;
}

sub _prepare {
    my ($ssl, $option) = @_;
    Net::SSLeay::set_tlsext_host_name($ssl, $option->{sni}) if defined $option->{sni};
    Net::SSLeay::set_session($ssl, $option->{session}) if $option->{session};
    Net::SSLeay::set_connect_state($ssl);
}

sub _error {
    my @errors;
    while (my $error = Net::SSLeay::ERR_get_error()) {
        push @errors, Net::SSLeay::ERR_error_string($error);
    }
    return join('; ', @errors) || 'unknown';
}

sub _handshake {
    my ($self) = @_;
    while ((my $result = Net::SSLeay::do_handshake($self->{ssl})) != 1) {
        my $reason = Net::SSLeay::get_error($self->{ssl}, $result);
        $self->_send_pending;
        die 'handshake: ' . _error() . "\n"
            if $reason != Net::SSLeay::ERROR_WANT_READ();
        my $record = $self->_next_record;
        die "handshake: the server closed the connection\n" if !defined $record;
        Net::SSLeay::BIO_write($self->{in}, $record);
    }
    $self->_send_pending;
}

# Sends what OpenSSL has written.
sub _send_pending {
    my ($self) = @_;
    while (Net::SSLeay::BIO_pending($self->{out})) {
        my $bytes = Net::SSLeay::BIO_read($self->{out});
        while (length $bytes) {
            my $written = syswrite $self->{socket}, $bytes;
            return if !defined $written;    # the reader sees that the peer is gone
            substr $bytes, 0, $written, '';
        }
    }
}

# The next whole record as it stands on the wire; undef at the end of the stream.
sub _next_record {
    my ($self) = @_;
    while (length $self->{raw} < 5
        || length $self->{raw} < 5 + unpack('x3n', $self->{raw})) {
        IO::Select->new($self->{socket})->can_read($self->{deadline})
            or die "no answer within $self->{deadline} seconds\n";
        my $got = sysread $self->{socket}, $self->{raw}, 65536, length $self->{raw};
        return if !$got;
    }
    return substr $self->{raw}, 0, 5 + unpack('x3n', $self->{raw}), '';
}

# The plaintext of the next record that has any; undef where the connection has ended.
sub read {
    my ($self) = @_;
    return delete $self->{ahead} if defined $self->{ahead};
    while (!$self->{ended}) {
        my $bytes = $self->_read_record;
        return $bytes if length $bytes;
    }
    return;
}

# The plaintext of the next record, '' where it has none (a session ticket, an alert).
sub _read_record {
    my ($self) = @_;
    my $record = $self->_next_record;
    if (!defined $record) {
        $self->{ended} = 'closed';
        return '';
    }
    Net::SSLeay::BIO_write($self->{in}, $record);
    my $bytes = $self->_decrypt;
    push @{$self->{records}}, length $bytes if length $bytes;
    return $bytes;
}

sub _decrypt {
    my ($self) = @_;
    my $plain = '';
    while (1) {
        my ($bytes, $result) = Net::SSLeay::read($self->{ssl}, 65536);
        if (defined $bytes && $result > 0) {
            $plain .= $bytes;
            next;
        }
        my $reason = Net::SSLeay::get_error($self->{ssl}, $result);
        $self->_send_pending;
        if ($reason != Net::SSLeay::ERROR_WANT_READ()) {
            $self->{ended} =
                $reason == Net::SSLeay::ERROR_ZERO_RETURN() ? 'closed' : _error();
        }
        return $plain;
    }
}

sub write {
    my ($self, $bytes) = @_;
    while (length $bytes) {
        my $written = Net::SSLeay::write($self->{ssl}, $bytes);
        return if $written <= 0;
        substr $bytes, 0, $written, '';
    }
    $self->_send_pending;
    return 1;
}

# Says that nothing more will be sent (close_notify); what the server says can still be read.
sub finish_writing {
    my ($self) = @_;
    Net::SSLeay::shutdown($self->{ssl});
    $self->_send_pending;
}

# Another SNI for the handshakes that the server asks for from now on.
sub rename {
    my ($self, $name) = @_;
    Net::SSLeay::set_tlsext_host_name($self->{ssl}, $name);
}

# Whether the server says nothing within the seconds given.
sub silent_for {
    my ($self, $seconds) = @_;
    while (length $self->{raw} || IO::Select->new($self->{socket})->can_read($seconds)) {
        my $bytes = $self->_read_record;
        $self->{ahead} = $bytes if length $bytes;
        return 0 if length $bytes || $self->{ended};
    }
    return 1;
}

# Sizes in bytes of the plaintexts of the records that the server has sent so far.
sub records { return @{$_[0]{records}} }

sub alpn { return Net::SSLeay::P_alpn_selected($_[0]{ssl}) }
sub version { return Net::SSLeay::get_version($_[0]{ssl}) }
sub cipher { return Net::SSLeay::get_cipher($_[0]{ssl}) }
sub resumed { return Net::SSLeay::session_reused($_[0]{ssl}) }
sub session { return Net::SSLeay::get1_session($_[0]{ssl}) }

# Why the connection ended: 'closed', or OpenSSL's message.
sub ended { return $_[0]{ended} }

sub close {
    my ($self) = @_;
    my $ssl = delete $self->{ssl} or return;
    Net::SSLeay::shutdown($ssl);
    $self->_send_pending;
    Net::SSLeay::free($ssl);
    Net::SSLeay::CTX_free(delete $self->{context});
    CORE::close(delete $self->{socket});
}

# Ends the connection without a word of TLS, by a reset of TCP.
sub reset {
    my ($self) = @_;
    my $ssl = delete $self->{ssl} or return;
    Net::SSLeay::free($ssl);
    Net::SSLeay::CTX_free(delete $self->{context});
    Aty::Plain::reset_socket(delete $self->{socket});
}

# What a client says first, for those who send it and then do not go on. Options as those of
# `connect`.
sub client_hello {
    my (%option) = @_;
    my $context = _context(\%option);
    my $ssl = Net::SSLeay::new($context);
    _prepare($ssl, \%option);
    my $out = Net::SSLeay::BIO_new(Net::SSLeay::BIO_s_mem());
    Net::SSLeay::set_bio($ssl, Net::SSLeay::BIO_new(Net::SSLeay::BIO_s_mem()), $out);
    Net::SSLeay::do_handshake($ssl);
    my $bytes = Net::SSLeay::BIO_read($out);
    Net::SSLeay::ERR_clear_error();
    Net::SSLeay::free($ssl);
    Net::SSLeay::CTX_free($context);
    return $bytes;
}

sub DESTROY {
    local ($@, $!, $?);
    $_[0]->close;
}

1;
