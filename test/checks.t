#!/usr/bin/perl
# The named checks: asked for and silenced by name as compilers do it, and each with its
# paragraph in the manual, its text, an example that is one, and its golden case.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Outcome;
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $place = tempdir('checks-XXXXXX', DIR => out(), CLEANUP => 1);

# Returns exit code, standard output and standard error.
sub authorityc {
    my (@words) = @_;
    return outcome('.', $program, @words);
}

sub policy {
    my ($name, $text) = @_;
    write_file("$place/$name", $text);
    return "$place/$name";
}

# not-covered twice (no certificate), lone-default once: warnings; nothing else.
my $warnings = policy('warnings', <<'END');
UnknownAuthority serve
<VirtualHost *:443>
    ServerName www.example.com
</VirtualHost>
<VirtualHost *:443>
    ServerName shop.example.com
</VirtualHost>
END

# duplicate-name once: an error.
my $duplicate = policy('duplicate', <<'END');
<VirtualHost *:443>
    ServerName www.example.com
</VirtualHost>
<VirtualHost *:443 192.0.2.1:443>
    ServerName www.example.com
</VirtualHost>
END

# The options, the exit code, and what of not-covered, lone-default and duplicate-name is
# then an error (E), a warning (w) or not there (-).
my @cases = (
    [$warnings, [], 0, 'ww-'],
    [$warnings, ['-Wno-not-covered'], 0, '-w-'],
    [$warnings, ['-W', 'no-not-covered', '-Wno-lone-default'], 0, '---'],
    [$warnings, ['-Wno-not-covered', '-Wnot-covered'], 0, 'ww-'],
    [$warnings, ['-Wnot-covered', '-Wno-not-covered'], 0, '-w-'],
    [$warnings, ['-Werror'], 1, 'EE-'],
    [$warnings, ['-Werror', '-Wno-error'], 0, 'ww-'],
    [$warnings, ['-Werror', '-Wno-lone-default'], 1, 'E--'],
    [$warnings, ['-Werror=not-covered'], 1, 'Ew-'],
    [$warnings, ['-Werror=not-covered', '-Wno-error'], 1, 'Ew-'],
    [$warnings, ['-Werror=not-covered', '-Wno-error=not-covered'], 0, 'ww-'],
    [$warnings, ['-Wno-error=not-covered', '-Werror'], 1, 'wE-'],
    [$warnings, ['-Wno-not-covered', '-Werror=not-covered'], 1, 'Ew-'],
    [$warnings, ['-Werror=not-covered', '-Wno-not-covered'], 0, '-w-'],
    [$warnings, ['-Wno-not-covered', '-Wno-error=not-covered'], 0, '-w-'],
    [$duplicate, [], 1, '--E'],
    [$duplicate, ['-Wno-not-covered', '-Wno-error'], 1, '--E'],
    [$duplicate, ['-Wno-not-covered', '-Wno-error=duplicate-name'], 0, '--w'],
    [$duplicate, ['-Wno-not-covered', '-Werror', '-Wno-error=duplicate-name'], 0, '--w'],
    [$duplicate, ['-Wno-duplicate-name'], 0, 'w--'],
);

sub severities {
    my ($messages) = @_;
    my $found = '';
    for my $name (qw(not-covered lone-default duplicate-name)) {
        my ($kind) = $messages =~ /^\S+: (error|warning): .*  \[$name\]$/m;
        $found .= !$kind ? '-' : $kind eq 'error' ? 'E' : 'w';
    }
    return $found;
}

for my $case (@cases) {
    my ($policy, $options, $expected_code, $expected) = @{$case};
    my ($code, undef, $errors) = authorityc('check', '-q', @{$options}, $policy);
    is(severities($errors), $expected, "check @{$options}: what is said");
    is($code, $expected_code, "check @{$options}: exit code");
    my $table = "$place/table";
    unlink $table;
    ($code, undef, my $same) = authorityc('compile', $policy, '-qo', $table, @{$options});
    is($code, $expected_code, "compile @{$options}: exit code");
    is($same =~ s/^.*: \d+ errors?.*\n\z//mr, $errors, "compile @{$options}: the same");
    is(-e $table ? 1 : 0, $code ? 0 : 1, "compile @{$options}: a table where all is well");
}

# A name that is no check's.
for my $word (qw(not-coverd no-not-coverd error=not-coverd no-error=not-coverd)) {
    for my $command ('check', 'compile') {
        my ($code, $output, $errors) = authorityc($command, "-W$word", $warnings, '-q');
        is($code, 2, "$command -W$word: exit code");
        is($errors, "authorityc: error: there is no check 'not-coverd';"
            . " did you mean 'not-covered'?\n", "$command -W$word: the nearest name");
    }
}
my ($code, undef, $errors) = authorityc('check', '-W', $warnings);
is($code, 2, '-W without a name takes the policy for one');
($code, undef, $errors) = authorityc('check', $warnings, '-W');
is($code, 2, '-W at the end');
is((authorityc('check', '-q', '--', $warnings))[0], 0, '-- ends options');

# explain and dump answer as httpd would: of a name that is there twice it takes the first,
# on each address. They only count what check shows.
for my $command (['explain', $duplicate, 'www.example.com', 'www.example.com'],
    ['explain', '--address', '192.0.2.1:443', $duplicate, ('www.example.com') x 2],
    ['dump', $duplicate])
{
    ($code, my $answer, $errors) = authorityc(@{$command});
    is($code, 0, "$command->[0] of what is a warning here");
    like($answer, $command->[0] eq 'dump' ? qr/\nvhost www/ : qr/\Asame\n/, '... answers');
    is($errors, "$duplicate: 3 warnings, which 'authorityc check' shows\n", '... and counts');
}

# DNS is asked on demand alone. localhost needs none: the hosts file has it.
my $elsewhere = policy('elsewhere', <<'END');
<VirtualHost 127.9.9.9:443>
    ServerName localhost
</VirtualHost>
END
for my $case (
    [['--dns'], 0, qr/\A\S+: warning: 'localhost' leads to .*  \[not-here\]\n/],
    [['--dns', '-Werror=not-here'], 1, qr/\A\S+: error: 'localhost' leads to /],
    [['--dns', '-Wno-not-here'], 0, qr/\A\z/],
    [[], 0, qr/\A\z/])
{
    ($code, undef, $errors) =
        authorityc('check', '-q', '-Wno-not-covered', @{$case->[0]}, $elsewhere);
    is($code, $case->[1], "check @{$case->[0]}: exit code");
    like($errors, $case->[2], "check @{$case->[0]}: what is said");
}

# What stands about each check.
sub without_macros {
    my ($page) = @_;
    my $text = qx(mandoc -Tascii '$page');
    $text =~ s/.\x08//g;
    my ($section) = $text =~ /^CHECKS\n(.*?)^\S/ms;
    $section =~ s/\s+/ /g;
    return $section =~ s/virtual host/vhost/gr;
}

my @checks = slurp('authorityc/checks.c') =~ /\{"([a-z0-9-]+)",/g;
my $manual = without_macros('man/authority.policy.5');
($code, my $list, $errors) = authorityc('check', '--explain');
is($code, 0, 'check --explain');
is_deeply([$list =~ /^(\S+)/mg], \@checks, 'check --explain lists the checks');

for my $name (@checks) {
    my ($summary) = $list =~ /^\Q$name\E +(.*)$/m;
    ($code, my $text) = authorityc('check', '--explain', $name);
    is($code, 0, "check --explain $name");
    like($text, qr/\A\Q$name: $summary\E\n\((an error|a warning|off) by default\)\n\n\w/,
        "$name: what it means");
    unlike($text, qr/\n.{90}/, "$name: short lines");
    like($text, qr/\n\nas in\n\n(    .*\n)+\n\w.*\.\n\z/s, "$name: what to do");
    like($manual, qr/ \Q$name\E \Q$summary\E\./i, "$name in authority.policy(5)");
    next if $name eq 'not-here'; # its cases are in unit/test_dns_check.c: they ask DNS
    my $policy = slurp("test/golden/check-$name.policy") =~ s/^ +//mgr =~ s/ +/ /gr;
    my @strange = grep { index("\n$policy", "\n$_\n") < 0 }
        map { s/^ +//r =~ s/ +/ /gr } $text =~ /^    (.*)$/mg;
    is_deeply(\@strange, [], "$name: its example is one of its golden case");
    my @found = slurp("test/golden/check-$name.err") =~ /  \[([a-z-]+)\]$/mg;
    is_deeply([grep { $_ ne $name } @found], [], "$name: its golden case finds no other");
    ok(scalar @found, "$name: its golden case finds it");
}

($code, my $nothing, $errors) = authorityc('check', '--explain', 'not-coverd');
is($code, 2, 'check --explain of no check');
is($nothing, '', '... has no answer');
like($errors, qr/did you mean 'not-covered'.*\n(\S.*\n){@{[scalar @checks]}}\z/,
    '... but the list of all');
done_testing();
