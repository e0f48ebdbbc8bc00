package Clients::Wishes;

# What an address of visit.html asks for, for clients without scripts.

use strict;
use warnings;

use Aty::Template;
use Cwd qw(abs_path);
use File::Basename qw(dirname);

my $PAGES = abs_path(dirname(__FILE__) . '/../../pages');

# The file of each way, and what it has to be; or how much is posted. Those who ask may be
# allowed to read less than those who load this.
my %FILES = (fetch => 'answer.txt', anonymous => 'answer.txt', image => 'answer.svg',
    script => 'answer.js');
my %TEXTS = map { $_ => Aty::Template::load("$PAGES/$_") } 'visit.html', values %FILES;
my %LENGTHS = (post => 1000, upload => 200_000);

# Reads an address. Returns a hash: page (what `request` has, for the page itself), and steps: a
# list of [in_turn or at_once, REQUEST…]. A request is a hash:
#   address, host  host with its port
#   id             of the report
#   body           what is posted, or undef
#   answer         the whole text that has to come
sub read_address {
    my ($address) = @_;
    my ($at, $query) = $address =~ m{\Ahttps://([^/]+)/visit\.html\?(.*)};
    my @parts = map { [split /=/, $_, 2] } split /&/, $query;
    my ($visit) = map { $_->[1] } grep { $_->[0] eq 'visit' } @parts;
    my @hosts = map { $_->[1] } grep { $_->[0] eq 'host' } @parts;
    my $number = 0;
    my @steps;
    for my $part (grep { $_->[0] =~ /\A(?:in_turn|at_once)\z/ } @parts) {
        my ($how, $ways) = @$part;
        push @steps, [$how, map {
            my $host = $_;
            map { _request($_, $host, "$visit." . ++$number) } split /,/, $ways;
        } @hosts];
    }
    my %page = (address => $address, host => $at, answer => $TEXTS{'visit.html'});
    return {page => \%page, steps => \@steps};
}

sub _request {
    my ($way, $host, $id) = @_;
    my $length = $LENGTHS{$way};
    my $body = $length && substr "$id " x $length, 0, $length;
    return {
        address => "https://$host/" . ($length ? 'echo' : $FILES{$way}) . "?$id",
        host    => $host,
        id      => $id,
        body    => $body,
        answer  => $body // $TEXTS{$FILES{$way}},
    };
}

# Whether the scenario needs connections that are there from one page to the next.
sub lasts {
    my ($scenario) = @_;
    return @{$scenario->{pages}} > 1;
}

1;
