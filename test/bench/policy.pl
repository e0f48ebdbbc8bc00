#!/usr/bin/env perl
# Writes the policy of a hosting site: VHOSTS vhosts with three names each, a hundred
# vhosts to a certificate file.
#
#     policy.pl VHOSTS DIRECTORY >site.policy
#
# The certificates are made in DIRECTORY, those that are there already are kept. Each
# covers *.gNNNNN.example.test with an EC key; the policy names them relative to itself as
# certificates/gNNNNN.pem.
use strict;
use warnings;

use constant VHOSTS_PER_CERTIFICATE => 100;

my ($vhosts, $directory) = @ARGV;
die "usage: policy.pl VHOSTS DIRECTORY\n"
    unless @ARGV == 2 && $vhosts =~ /\A[1-9]\d*\z/ && -d $directory;
my $groups = int(($vhosts + VHOSTS_PER_CERTIFICATE - 1) / VHOSTS_PER_CERTIFICATE);

sub group_name {
    return sprintf 'g%05d', $_[0];
}

sub run {
    system(@_) == 0 or die "@_ failed\n";
    return;
}

# One key for all: nothing here needs it, and the certificates differ without it.
sub make_certificates {
    my $key = "$directory/site.key";
    run(qw(openssl ecparam -name prime256v1 -genkey -noout -out), $key) unless -e $key;
    for my $group (map { group_name($_) } 0 .. $groups - 1) {
        my $file = "$directory/$group.pem";
        next if -e $file;
        run(qw(openssl req -x509 -config /dev/null -new -days 3650 -key), $key,
            '-subj', "/CN=$group", '-addext', 'basicConstraints=CA:FALSE',
            '-addext', "subjectAltName=DNS:*.$group.example.test", '-out', $file);
    }
    return;
}

sub print_bundles {
    for my $group (map { group_name($_) } 0 .. $groups - 1) {
        print <<"END";
<TLS $group>
    SSLCertificateFile    certificates/$group.pem
    SSLCertificateKeyFile certificates/site.key
</TLS>
END
    }
    return;
}

sub print_vhosts {
    for my $vhost (0 .. $vhosts - 1) {
        my $group = group_name(int($vhost / VHOSTS_PER_CERTIFICATE));
        my $domain = "$group.example.test";
        print <<"END";
<VirtualHost *:443>
    ServerName  www$vhost.$domain
    ServerAlias site$vhost.$domain static$vhost.$domain
    Use         $group
</VirtualHost>
END
    }
    return;
}

make_certificates();
# So that the lists of 300 names are written out: more work, not less.
print "OriginBudget 16384\n";
print_bundles();
print_vhosts();
