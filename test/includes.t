#!/usr/bin/perl
# Includes go one way: core/ <- authorityc/, core/ <- mod_authority/, and nothing else.
# core/ stands on C11 alone, without anything that allocates or does input and output.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Tree;

my @core_system = qw(stdbool.h stddef.h stdint.h string.h);
my %may_include = (
    core          => ['core'],
    authorityc    => ['core', 'authorityc'],
    mod_authority => ['core', 'mod_authority'],
);
my $httpd = qr/^(?:httpd|http_\w+|ap_\w+|util_\w+|mod_\w+|scoreboard|mpm_common)\.h$/;

sub objections {
    my ($path) = @_;
    my ($folder) = $path =~ m,^(\w+)/,;
    my $text = slurp($path);
    my @objections;
    while ($text =~ /^\s*#\s*include\s*(\S)([^">]+)/mg) {
        my ($quote, $name) = ($1, $2);
        if ($quote eq '"') {
            push @objections, "\"$name\" does not begin at the root" if !-f $name;
            push @objections, "\"$name\" is out of reach"
                if !grep { $name =~ m,^$_/, } @{ $may_include{$folder} };
        }
        elsif ($folder eq 'core') {
            push @objections, "<$name> is not in the list"
                if !grep { $_ eq $name } @core_system;
        }
        elsif ($folder eq 'authorityc') {
            push @objections, "<$name> is httpd's" if $name =~ $httpd;
        }
    }
    return @objections;
}

my @sources = files(qr,^(?:core|authorityc|mod_authority)/.*\.[ch]$,);
cmp_ok(scalar @sources, '>', 20, 'the sources are found');
for my $path (@sources) {
    is_deeply([objections($path)], [], "$path includes what it may");
}

my ($good, $output) = make('-k', 'OUT=' . out(), 'headers');
ok($good, 'every header compiles alone') or diag($output);
done_testing();
