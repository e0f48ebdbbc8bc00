#!/usr/bin/perl
# The manual is well formed, and its items are the words that the programs know.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use Manual;
use Outcome;
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";

sub agree {
    my ($what, $page, $items, $known) = @_;
    my %documented = map { $_ => 1 } @$items;
    cmp_ok(scalar @$known, '>', 2, "the $what are found");
    is_deeply([grep { !$documented{$_} } @$known], [], "$page has all $what");
}

# The options that are named in a text. Those of -W count as one.
sub options_in {
    my ($text) = @_;
    return map { /^-W/ ? '-W' : $_ } $text =~ /(?<![\w-])(--?[a-zA-Z][\w-]*)/g;
}

sub distinct {
    my %seen = map { $_ => 1 } @_;
    return [sort keys %seen];
}

# Those that the help lists: at the beginnings of its lines, up to what they mean.
sub options_of_help {
    my ($help) = @_;
    return distinct(map { options_in($_) } $help =~ /^  (-.*?)(?:  |$)/mg);
}

# Those that the list of the page has.
sub options_of_page {
    my ($page) = @_;
    my @lines = slurp("man/$page") =~ /^\.It (Fl .*)/mg;
    return distinct(map { options_in("-$_") }
        map { /(?:\bFl|,) (?![A-Z][a-z]\b)(-?[a-zA-Z][\w-]*)/g } @lines);
}

# Those that the program takes: the lists that its commands give to getopt_long.
sub options_of_source {
    my ($command) = @_;
    my ($file) = grep { slurp($_) =~ /^int aty_command_\Q$command\E\(/m }
        files(qr,^authorityc/.*\.c$,);
    my $source = slurp($file);
    my ($list) = $source =~ /\baty_option (?:\w+)\[\] =(.*?);/s or return [];
    my @taken = map { ("--$_->[0]", $_->[1] ? "-$_->[1]" : ()) }
        map { [/^\{\s*"([\w-]+)",\s*(?:'(\w)')?/] } $list =~ /(\{\s*"[^}]*\})/g;
    push @taken, '-W' if $source =~ /\baty_warning_options\b/;
    return distinct(@taken, '--help');
}

# What two ways of writing a command line have in common.
sub essence {
    my ($line) = @_;
    return uc $line =~ s/\s+//gr;
}

sub test_command {
    my ($command) = @_;
    my $page = "authorityc-$command.1";
    ok(-f "man/$page", "$command has its page") or return;
    my (undef, $help) = outcome('.', $program, $command, '--help');
    my ($usage) = $help =~ /\Ausage: (.*?)\n\n/s;
    is(essence(section_text($page, 'SYNOPSIS')), essence($usage), "$page: SYNOPSIS and usage");
    my $listed = options_of_help($help);
    is_deeply($listed, options_of_source($command), "$command --help has all options");
    is_deeply(options_of_page($page), $listed, "$page has the options of $command --help");
    my %listed = map { $_ => 1 } @$listed;
    is_deeply([grep { !$listed{$_} } options_in($usage)], [], "$command: all of its usage is explained");
    for my $name ('EXIT STATUS', 'EXAMPLES', 'SEE ALSO') {
        ok(section($page, $name), "$page: $name");
    }
    return;
}

# All keys of a document, but for those below the keys that are given.
sub keys_of {
    my ($value, %closed) = @_;
    return map { keys_of($_, %closed) } @$value if ref $value eq 'ARRAY';
    return ref $value eq 'HASH'
        ? map { ($_, $closed{$_} ? () : keys_of($value->{$_}, %closed)) } keys %$value
        : ();
}

# The section JSON of a page has all keys of these answers, and its items are keys.
sub test_keys {
    my ($place, $command, $closed, @questions) = @_;
    my $page = "authorityc-$command.1";
    my @keys = map {
        my (undef, $answer, $errors) = outcome($place, $program, $command, '--json', @$_);
        my $document = eval { decode_json($answer) };
        ok($document, "$command --json @$_") or diag($errors);
        keys_of($document, map { $_ => 1 } @$closed);
    } @questions;
    my %is_key = map { $_ => 1 } @keys;
    my %is_word = map { $_ => 1 } section_text($page, 'JSON') =~ /\w+/g;
    is_deeply([grep { !$is_word{$_} } sort keys %is_key], [], "$page has all keys");
    my @items = map { split / , / } section($page, 'JSON') =~ /^\.It (?:Li |Em )?(.*)/mg;
    is_deeply([grep { !$is_key{$_} } @items], [], "$page: all items are keys");
    return;
}

my @pages = files(qr,^man/.*\.[1-8]$,);
cmp_ok(scalar @pages, '>=', 4, 'there are pages');
for my $page (@pages) {
    is(qx(mandoc -Tlint -W warning '$page' 2>&1), '', "mandoc has no remark about $page");
    my ($name, $section) = $page =~ m,/(.*)\.(\d)$,;
    like(slurp($page), qr/^\.Dt \U$name\E $section$/m, "$page has its name");
    my @elsewhere = grep { !-f "man/$_" } map { tr/ /./r }
        slurp($page) =~ /^\.Xr ((?:mod_)?authority\S* \d)/mg;
    is_deeply(\@elsewhere, [], "$page refers to pages that are there");
}

my @module = files(qr,^mod_authority/.*\.c$,);
my @directives = words(qr/\.name = "(\w+)"/, 'authorityc/directives.c');
my @commands = words(qr/aty_command_(\w+)/, 'authorityc/commands.h');
my @switches = words(qr/AP_INIT_\w+\("(\w+)"/, @module);

agree('directives', 'authority.policy.5', [items('authority.policy.5', 'Ic ')], \@directives);
is_deeply([items('authority.policy.5', 'Ic ')], \@directives, '... and no others');
my @faults = words(qr/\.name = "([a-z0-9-]+)"/, 'authorityc/probe/probe_faults.c');
agree('faults', 'authorityc-probe.1', [items('authorityc-probe.1', '')], \@faults);
is_deeply([words(qr/^\.It ([a-z0-9-]+) Pq/m, 'man/authorityc-probe.1')], \@faults, '... and no others');
agree('commands', 'authorityc.1', [items('authorityc.1', 'Cm ')], \@commands);
is_deeply([items('authorityc.1', 'Cm ')], [sort @commands], '... and no others');
agree('remedies', 'authorityc-plan.1', [items('authorityc-plan.1', '(?:Cm )?')],
    [words(qr/\[ATY_REMEDY_\w+\] = \{"(\w+)"/, 'authorityc/plan/plan.c')]);
agree('directives', 'mod_authority.8', [items('mod_authority.8', 'Ic ')], \@switches);
is_deeply([items('mod_authority.8', 'Ic ')], \@switches, '... and no others');

test_command($_) for @commands;

my $place = abs_path(tempdir('man-XXXXXX', DIR => out(), CLEANUP => 1));
copy($_, $place) or die "$_: $!\n" for files(qr,^policies/.*\.policy$,);
is(system('test/make-certificates', glob "$place/*.policy"), 0, 'certificates are made');
my @pair = qw(www.example.com files.example.com);
my %questions = (
    check => [map { ['--upgrade', "$_.policy"] } qw(hosting cdn)],
    explain => [['location.policy', @pair], ['--all', $pair[0], 'location.policy'],
        ['--groups', 'location.policy']],
    diff => [map { ['wildcard.policy', $_] } qw(balancer.policy hosting.policy)],
    plan => [map { ["$_.policy"] } qw(hosting location per-group-certificates)],
    probe => [[qw(--connect 127.0.0.1:1 location.policy)],
        [qw(--names localhost --connect 127.0.0.1:1)]],
    dump => [['cdn.policy'], ['location.policy']],
);
is_deeply([sort keys %questions], [grep { slurp("man/authorityc-$_.1") =~ /^\.It Fl -json$/m } @commands],
    'the JSON of every command that has it is looked at');
for my $command (sort keys %questions) {
    my $closed = {diff => ['samples'], dump => ['settings']}->{$command} // [];
    test_keys($place, $command, $closed, @{$questions{$command}});
}
done_testing();
