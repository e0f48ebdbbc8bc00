#!/usr/bin/env perl
# Writes a hosting site: VHOSTS vhosts with three names each, a hundred vhosts to a
# certificate file, each file for *.gNNNNN.example.test.
#
#     policy.pl [OPTION]… VHOSTS DIRECTORY >site.policy
#
#     --own         a certificate for each vhost, that covers its ServerName and, with the
#                   same wildcard, the names of a hundred vhosts
#     --rsa         a second certificate for each vhost, with an RSA key
#     --zones N     that many zones, in turn
#     --budget N    OriginBudget; 16384, so that the lists of 300 names are written out:
#                   more work, not less
#     --for SERVER  not as a policy, but for httpd, nginx, caddy,
#                   haproxy-names or haproxy-certificates
#     --port N      443
#
# The certificates are made in DIRECTORY, those that are there already are kept. A policy
# and the lists of haproxy name them relative to itself as certificates/gNNNNN.pem.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Getopt::Long;
use Bench::Certificate;
use Bench::Formats;

use constant VHOSTS_PER_CERTIFICATE => 100;

my %option = (for => 'policy', budget => 16384, port => 443);
GetOptions(\%option, qw(own rsa zones=i budget=i for=s port=i)) or exit 2;
my ($vhosts, $directory) = @ARGV;
die "usage: policy.pl [OPTION]... VHOSTS DIRECTORY\n"
    unless @ARGV == 2 && $vhosts =~ /\A[1-9]\d*\z/ && -d $directory;
my $format = Bench::Formats::named($option{for}) or die "no format '$option{for}'\n";
my %KEY = (ec => 'site.key', rsa => 'site.rsa.key');

sub certificate_names {
    my ($vhost, $group) = @_;
    return $option{own} ? ("www$vhost.$group.example.test", "*.$group.example.test")
        : "*.$group.example.test";
}

# What there is to write of a vhost; certificates and keys are names of files in DIRECTORY.
sub vhost_facts {
    my ($number) = @_;
    my $group = sprintf 'g%05d', int($number / VHOSTS_PER_CERTIFICATE);
    my $bundle = $option{own} ? sprintf('v%06d', $number) : $group;
    my @kinds = $option{rsa} ? qw(ec rsa) : qw(ec);
    return {
        names  => [map {"$_$number.$group.example.test"} qw(www site static)],
        covers => [certificate_names($number, $group)],
        bundle => $bundle,
        files  => [map { [$bundle . ($_ eq 'rsa' ? '.rsa.pem' : '.pem'), $KEY{$_}] } @kinds],
        zone   => $option{zones} && 'z' . $number % $option{zones},
    };
}

sub make_certificates {
    my ($vhost) = @_;
    for (@{ $vhost->{files} }) {
        my ($file, $key) = @$_;
        Bench::Certificate::key("$directory/$key", $key =~ /rsa/ ? 'rsa' : 'ec');
        Bench::Certificate::make("$directory/$file", "$directory/$key", @{ $vhost->{covers} });
    }
    return;
}

print $format->{head}->(\%option, $directory);
my $last = '';
for my $number (0 .. $vhosts - 1) {
    my $vhost = vhost_facts($number);
    if ($vhost->{bundle} ne $last) {
        make_certificates($vhost);
        print $format->{bundle}->($vhost, $directory);
        $last = $vhost->{bundle};
    }
    print $format->{vhost}->($vhost, $directory, \%option);
}
print $format->{foot}->(\%option, $directory);
