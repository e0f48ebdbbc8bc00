package Clients::OneShot;

# What curl and nghttp have in common: a process for a request or some, whose connections end
# with it. Such a client has `_open`, which loads what a page wishes and returns what visit.js
# would report.

use strict;
use warnings;

use Clients::Wishes;

sub cannot {
    my ($class, $scenario) = @_;
    return 'its connections end with the process' if Clients::Wishes::lasts($scenario);
    return;
}

# As Clients::Chromium has it.
sub start {
    my ($class, %option) = @_;
    mkdir $option{home} or die "$option{home}: $!\n";
    return bless {%option}, $class;
}

sub visit {
    my ($self, @addresses) = @_;
    return map { [$self->_open(Clients::Wishes::read_address($_))] } @addresses;
}

sub stop { }

1;
