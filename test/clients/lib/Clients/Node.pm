package Clients::Node;

# node's HTTP/2, by which node/browser.mjs does what a browser would do that keeps to the
# standards: it honours ORIGIN frames.

use strict;
use warnings;

use Aty::Template;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use JSON::PP ();
use Outcome;

# Those who run it may be allowed to read less than those who load it.
my $directory = abs_path(dirname(__FILE__) . '/../../node');
my %SCRIPTS = map { s{.*/}{}r => Aty::Template::load($_) } glob "$directory/*.mjs";

# Whether it ignores ORIGIN frames.
sub deaf { return 0 }

# As Clients::Chromium has it; each user is a process, and there is none between them.
sub start {
    my ($class, %option) = @_;
    my $home = $option{home};
    mkdir $home or die "$home: $!\n";
    Aty::Template::store("$home/$_", $SCRIPTS{$_}) for keys %SCRIPTS;
    return bless {%option}, $class;
}

sub version {
    my (undef, $said) = outcome('.', 'node', '--version');
    return "node $said" =~ s/\s+\z//r;
}

sub visit {
    my ($self, @addresses) = @_;
    return @{$self->_run(@addresses)->{done}};
}

# What the ORIGIN frame lists on the connection of an address, as its 'origin' event has it:
# a list, or undef where none came.
sub frame {
    my ($self, $address) = @_;
    my ($frame) = values %{$self->_run($address)->{frames}};
    return $frame;
}

sub _run {
    my ($self, @addresses) = @_;
    my $options = JSON::PP->new->encode({
        opens     => \@addresses,
        addresses => $self->{addresses},
        ca        => $self->{ca},
        pfx       => $self->{identity},
        deaf      => $self->deaf ? JSON::PP::true : JSON::PP::false,
    });
    my $file = Aty::Template::store("$self->{home}/options", $options);
    my ($code, $said, $errors) =
        outcome($self->{home}, 'sh', '-c', 'exec node browser.mjs <"$1"', 'sh', $file);
    die "node: $errors\n" if $code;
    return JSON::PP::decode_json($said);
}

sub stop { }

1;
