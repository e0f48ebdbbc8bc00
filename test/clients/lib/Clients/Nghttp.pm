package Clients::Nghttp;

# nghttp: a process, so a connection, for each request; for what a step loads at once, one for
# each host. It has no HTTP/1.1.

use strict;
use warnings;

use parent 'Clients::OneShot';

use Clients::Wishes;
use Outcome;

sub version {
    my (undef, $said) = outcome('.', 'nghttp', '--version');
    return $said =~ s/\s+\z//r;
}

sub _open {
    my ($self, $wishes) = @_;
    my ($page) = $self->_ask($wishes->{page});
    die "$wishes->{page}{address}: $page->{got}\n" if $page->{got} ne 'answer';
    my @reports;
    for my $step (@{$wishes->{steps}}) {
        my ($how, @requests) = @$step;
        push @reports, $how eq 'in_turn' ? map({ $self->_ask($_) } @requests)
            : map { $self->_ask(@$_) } _by_host(@requests);
    }
    return @reports;
}

# Lists of those that go to the same host, where nothing is posted.
sub _by_host {
    my (@requests) = @_;
    my @lists;
    for my $request (@requests) {
        if (@lists && !defined $request->{body} && $lists[-1][0]{host} eq $request->{host}) {
            push @{$lists[-1]}, $request;
        }
        else {
            push @lists, [$request];
        }
    }
    return @lists;
}

# Runs nghttp for requests to one host; returns what visit.js would report. Answers are short
# lines, so that they come whole, in whatever order.
sub _ask {
    my ($self, @requests) = @_;
    my ($code, $said, $errors) = $self->_run([], @requests);
    my $wanted = join '', sort map { $_->{answer} } @requests;
    my $got = $errors =~ /requests were not processed/ ? 'not processed'
        : $code ? "exit status $code: $errors"
        : _sorted($said) eq _sorted($wanted) ? 'answer' : length($said) . ' bytes';
    return map { {host => $_->{host}, id => $_->{id}, got => $got} } @requests;
}

sub _sorted {
    my ($text) = @_;
    return join '', sort split /^/, $text;
}

sub _run {
    my ($self, $options, @requests) = @_;
    my ($name, $port) = $requests[0]{host} =~ /\A(.*):(\d+)\z/;
    my $address = $self->{addresses}{$name};
    my @body = defined $requests[0]{body} ? ('-d', "$self->{home}/body") : ();
    write_file("$self->{home}/body", $requests[0]{body}) if @body;
    return outcome($self->{home}, 'nghttp', '-y', '-t', 60, $self->_identity, @$options, @body,
        '-H', ":authority: $name:$port",
        map { $_->{address} =~ s{//[^/]+}{//$address:$port}r } @requests);
}

sub _identity {
    my ($self) = @_;
    my $name = $self->{identity} && $self->{identity} =~ s/\.p12\z//r;
    return $name ? ("--cert=$name.pem", "--key=$name.key") : ();
}

# What the ORIGIN frame lists on the connection of an address, as -v shows it: a list, or
# undef where none came.
sub frame {
    my ($self, $address) = @_;
    my $page = Clients::Wishes::read_address($address)->{page};
    my ($code, $said, $errors) = $self->_run(['-n', '-v'], $page);
    die "nghttp: $errors\n" if $code;
    my @frames = $said =~ /recv ORIGIN frame .*\n((?:.*\[https?:.*\n)*)/g;
    die "nghttp: more than one ORIGIN frame: @frames\n" if @frames > 1;
    return @frames ? [$frames[0] =~ m{\[(https?:[^\]]*)\]}g] : undef;
}

1;
