package Clients::Curl;

# curl: the page and what is loaded in turn by one process, what is loaded at once by another
# with --parallel. It has a connection for each name, and never another use for it.

use strict;
use warnings;

use parent 'Clients::OneShot';

use Aty::Template;
use Outcome;

sub version {
    my (undef, $said) = outcome('.', 'curl', '--version');
    return join ' ', (split ' ', $said)[0, 1];
}

sub _open {
    my ($self, $wishes) = @_;
    my @in_turn = map { @$_[1 .. $#$_] } grep { $_->[0] eq 'in_turn' } @{$wishes->{steps}};
    my ($page, @reports) = $self->_ask('--no-parallel', $wishes->{page}, @in_turn);
    die "$wishes->{page}{address}: $page->{got}\n" if $page->{got} ne 'answer';
    for my $step (grep { $_->[0] eq 'at_once' } @{$wishes->{steps}}) {
        push @reports, $self->_ask('--parallel', @$step[1 .. $#$step]);
    }
    return @reports;
}

# Runs curl for some requests; returns what visit.js would report.
sub _ask {
    my ($self, $option, @requests) = @_;
    my $home = $self->{home};
    unlink glob "$home/got-*";
    my @parts = map { $self->_lines($_, $requests[$_]) } 0 .. $#requests;
    Aty::Template::store("$home/config", join "next\n", @parts);
    my ($code, $said, $errors) = outcome($home, 'curl', '-sS', $option, '-K', "$home/config");
    my %codes = map { split ' ', $_, 2 } split /\n/, $said;
    return map { $self->_report($_, $requests[$_], $codes{$_} // "nothing: $errors") } 0 .. $#requests;
}

sub _lines {
    my ($self, $number, $request) = @_;
    my ($home, $addresses) = @$self{qw(home addresses)};
    my ($port) = $request->{host} =~ /:(\d+)\z/;
    my %options = (
        'url'        => $request->{address},
        'output'     => "$home/got-$number",
        'write-out'  => "$number %{http_code} %{errormsg}\\n",
        'cacert'     => $self->{ca},
        'max-time'   => 60,
        $self->{identity} ? ('cert-type' => 'P12', 'cert' => "$self->{identity}:") : (),
    );
    $options{'data-binary'} = '@' . Aty::Template::store("$home/body-$number", $request->{body})
        if defined $request->{body};
    my @resolve = map { "$_:$port:$addresses->{$_}" } sort keys %$addresses;
    return join '', map({ "$_ = \"$options{$_}\"\n" } sort keys %options),
        map { "resolve = \"$_\"\n" } @resolve;
}

sub _report {
    my ($self, $number, $request, $code) = @_;
    my $file = "$self->{home}/got-$number";
    my $text = -e $file ? Aty::Template::load($file) : '';
    my $got = $code !~ /\A200\b/ ? "status $code"
        : $text eq $request->{answer} ? 'answer' : length($text) . ' bytes';
    return {host => $request->{host}, id => $request->{id}, got => $got};
}

1;
