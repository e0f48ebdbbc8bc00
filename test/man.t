#!/usr/bin/perl
# The manual is well formed, and its items are the words that the programs know.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Tree;

# Everything that the pattern captures in the files, sorted, each once.
sub words {
    my ($pattern, @paths) = @_;
    my %seen = map { $_ => 1 } map { slurp($_) =~ /$pattern/g } @paths;
    return sort keys %seen;
}

# The items of a page's lists, with the macro that stands before them.
sub items {
    my ($page, $macro) = @_;
    return words(qr/^\.It $macro(\S+)/m, "man/$page");
}

sub agree {
    my ($what, $page, $items, $known) = @_;
    my %documented = map { $_ => 1 } @$items;
    cmp_ok(scalar @$known, '>', 2, "the $what are found");
    is_deeply([grep { !$documented{$_} } @$known], [], "$page has all $what");
}

my @pages = files(qr,^man/.*\.[1-8]$,);
cmp_ok(scalar @pages, '>=', 4, 'there are pages');
for my $page (@pages) {
    is(qx(mandoc -Tlint -W warning '$page' 2>&1), '', "mandoc has no remark about $page");
}

my @module = files(qr,^mod_authority/.*\.c$,);
my @directives = words(qr/\.name = "(\w+)"/, 'authorityc/directives.c');
my @commands = words(qr/aty_command_(\w+)/, 'authorityc/commands.h');
my @switches = words(qr/AP_INIT_\w+\("(\w+)"/, @module);

agree('directives', 'authority.policy.5', [items('authority.policy.5', 'Ic ')], \@directives);
is_deeply([items('authority.policy.5', 'Ic ')], \@directives, '... and no others');
agree('reasons', 'authority.policy.5', [items('authority.policy.5', '')],
    [words(qr/\{"([a-z0-9-]+)"/, 'core/reason.c')]);
agree('checks', 'authority.policy.5', [items('authority.policy.5', '')],
    [words(qr/\{"([a-z0-9-]+)"/, 'authorityc/checks.c')]);
agree('commands', 'authorityc.1', [items('authorityc.1', 'Cm ')], \@commands);
agree('directives', 'mod_authority.8', [items('mod_authority.8', 'Ic ')], \@switches);
is_deeply([items('mod_authority.8', 'Ic ')], \@switches, '... and no others');
agree('messages', 'mod_authority.8', [items('mod_authority.8', '')],
    [words(qr/"(ATY\d+)/, @module)]);
agree('variables', 'mod_authority.8', [items('mod_authority.8', 'Ev ')],
    [words(qr/, "(AUTHORITY_[A-Z]+)"/, @module)]);
done_testing();
