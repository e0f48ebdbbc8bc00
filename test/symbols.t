#!/usr/bin/perl
# What the objects export and import, as nm sees it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Tree;

my $out = out();

# Symbols of a file, as nm with these options lists them.
sub symbols {
    my (@words) = @_;
    open my $pipe, '-|', 'nm', '-P', @words or die "nm: $!\n";
    my @names = map { (split ' ')[0] } grep {/^\S+ \w/} readline $pipe;
    close $pipe or die "nm @words failed\n";
    return sort @names;
}

is_deeply(
    [symbols('-D', '--defined-only', "$out/mod_authority/mod_authority.so")],
    ['authority_module'],
    'mod_authority.so exports authority_module alone'
);

# What a compiler adds by itself, and a libc's checked mem* and str*.
my $harmless = qr/^(?:_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(?:mem|str)\w+_chk)$/;

my @core = glob "$out/core/*.o";
ok(scalar @core, 'core has objects');
for my $object (@core) {
    my @alien = grep { !/^(?:aty_|mem|str)/ && $_ !~ $harmless } symbols('-u', $object);
    is_deeply(\@alien, [], "$object needs nothing but mem*, str* and its own");
}

for my $object (glob "$out/{core,authorityc,mod_authority}/*.o") {
    my @odd = grep { !/^aty_/ && $_ ne 'main' && $_ ne 'authority_module' }
        symbols('-g', '--defined-only', $object);
    is_deeply(\@odd, [], "$object defines aty_ names alone");
}
done_testing();
