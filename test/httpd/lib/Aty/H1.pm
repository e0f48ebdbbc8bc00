package Aty::H1;

# An HTTP/1.1 client that sends what it is told, over TLS or in clear text.

use strict;
use warnings;

use Aty::Plain;
use Aty::TLS;

# Connects over TLS (options of Aty::TLS), or in clear text with clear => 1.
sub connect {
    my ($class, %option) = @_;
    my $io = $option{clear} ? Aty::Plain->connect(%option) : Aty::TLS->connect(%option);
    return $class->over($io);
}

sub over {
    my ($class, $io) = @_;
    return bless {io => $io, buffer => ''}, $class;
}

sub io { return $_[0]{io} }
sub close { return $_[0]{io}->close }

# Sends a request. Options: host (undef: no Host header), target, method, version, headers
# (lines), body.
sub send_request {
    my ($self, %option) = @_;
    my $method  = $option{method}  || 'GET';
    my $version = $option{version} || 'HTTP/1.1';
    my $target  = $option{target} // '/';
    my @lines = ("$method $target $version");
    push @lines, "Host: $option{host}" if defined $option{host};
    push @lines, @{$option{headers} || []};
    push @lines, 'Content-Length: ' . length $option{body} if defined $option{body};
    return $self->{io}->write(join("\r\n", @lines, '', '') . ($option{body} // ''));
}

# Reads a response: status, headers (lower-case name to list), body, interim (statuses
# before the final one). Status 0 where the connection ended before one came.
sub response {
    my ($self, $method) = @_;
    my @interim;
    while (1) {
        my $response = $self->_head or return {status => 0, interim => \@interim};
        if ($response->{status} < 200 && $response->{status} != 101) {
            push @interim, $response->{status};
            next;
        }
        $response->{interim} = \@interim;
        $response->{body} = $self->_body($response, $method // 'GET');
        return $response;
    }
}

sub get {
    my ($self, $host, $target, %option) = @_;
    $self->send_request(host => $host, target => $target, %option);
    return $self->response($option{method});
}

# Whether the server has ended the connection (waits for it).
sub ended {
    my ($self) = @_;
    return 0 if length $self->{buffer};
    return !defined $self->{io}->read;
}

# What came after a response with which HTTP/1.1 ends (101).
sub rest { return $_[0]{buffer} }

sub _more {
    my ($self) = @_;
    my $bytes = $self->{io}->read;
    $self->{buffer} .= $bytes if defined $bytes;
    return defined $bytes;
}

sub _head {
    my ($self) = @_;
    while ($self->{buffer} !~ /\r\n\r\n/) {
        $self->_more or return;
    }
    $self->{buffer} =~ s/\A(.*?)\r\n\r\n//s;
    my ($line, @fields) = split /\r\n/, $1;
    my %response = (line => $line);
    ($response{status}) = $line =~ m{\AHTTP/1\.[01] (\d{3})};
    die "not a status line: $line\n" if !$response{status};
    for (@fields) {
        my ($name, $value) = split /:\s*/, $_, 2;
        push @{$response{headers}{lc $name}}, $value;
    }
    return \%response;
}

sub _body {
    my ($self, $response, $method) = @_;
    my $headers = $response->{headers} || {};
    my $status = $response->{status};
    return '' if $method eq 'HEAD' || $status == 204 || $status == 304 || $status == 101;
    return '' if $method eq 'CONNECT' && $status == 200;
    my ($coding, $length) =
        map { $_ ? $_->[0] : undef } @$headers{qw(transfer-encoding content-length)};
    return $self->_chunked if ($coding // '') eq 'chunked';
    return $self->_counted($length) if defined $length;
    1 while $self->_more;
    return substr $self->{buffer}, 0, length $self->{buffer}, '';
}

sub _counted {
    my ($self, $length) = @_;
    while (length $self->{buffer} < $length) {
        $self->_more or die "the connection ended inside a body\n";
    }
    return substr $self->{buffer}, 0, $length, '';
}

sub _chunked {
    my ($self) = @_;
    my $body = '';
    while (1) {
        while ($self->{buffer} !~ /\r\n/) {
            $self->_more or die "the connection ended inside a body\n";
        }
        $self->{buffer} =~ s/\A([0-9a-fA-F]+)[^\r]*\r\n// or die "not a chunk size\n";
        my $length = hex $1;
        $body .= $self->_counted($length);
        $self->_counted(2);
        return $body if !$length;
    }
}

1;
