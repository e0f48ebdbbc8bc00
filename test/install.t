#!/usr/bin/perl
# `make install` puts things where DESTDIR, PREFIX and httpd say, and nothing elsewhere.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Find qw(find);
use File::Temp qw(tempdir);
use Test::More;
use Tree;

my $root = tempdir(CLEANUP => 1);
my @where = ('OUT=' . out(), "DESTDIR=$root", 'PREFIX=/opt/authority');
my ($modules) = qx(apxs -q LIBEXECDIR) =~ /(\S+)/;

sub installed {
    my @found;
    find(sub { push @found, $File::Find::name if -f }, $root);
    return [sort map { substr $_, length $root } @found];
}

my @pages = map { my ($name, $section) = m,man/(.*\.(\d)),;
    "/opt/authority/share/man/man$section/$name" } files(qr,^man/.*\.[1-8]$,);
my @expected = sort '/opt/authority/bin/authorityc', "$modules/mod_authority.so",
    '/opt/authority/share/mod_authority/authority.conf', @pages,
    '/opt/authority/share/bash-completion/completions/authorityc',
    '/opt/authority/share/zsh/site-functions/_authorityc';

my ($good, $output) = make(@where, 'install');
ok($good, 'make install') or diag($output);
is_deeply(installed(), \@expected, 'program, module, configuration, manual and completion are where they belong');

my $version = qx($root/opt/authority/bin/authorityc --version);
like($version, qr/\Aauthorityc \d/, 'the installed program runs');

($good, $output) = make(@where, 'uninstall');
ok($good, 'make uninstall') or diag($output);
is_deeply(installed(), [], 'nothing is left');
done_testing();
