#!/usr/bin/perl
# Whatever stands for a policy or a table on the command line: authorityc ends soon, with a
# message and the right exit code, and never harms a file that is there.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use POSIX qw(mkfifo);
use Outcome;
use Test::More;
use Time::HiRes qw(time);
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $make_certificates = abs_path('test/make-certificates');
my $place = tempdir('input-XXXXXX', DIR => out(), CLEANUP => 1);
chdir $place or die "$place: $!\n";

my $SECONDS = 180; # by far more than anything here takes, on a busy machine, too

# Runs a shell command; returns exit code, standard output and standard error.
sub run {
    my ($command) = @_;
    my $code = system "timeout $SECONDS sh -c '$command' >stdout 2>stderr";
    return ($code & 127 ? "signal $code" : $code >> 8, slurp('stdout'), slurp('stderr'));
}

# The command must end with the code and say what matches the pattern.
sub ends {
    my ($command, $expected, $pattern, $what) = @_;
    my ($code, undef, $said) = run($command);
    return (is($code, $expected, "$what: exit code") & like($said, $pattern, $what))
        || diag(substr $said, 0, 2000);
}

my $good = <<'POLICY';
#: certs/wild.pem example.com *.example.com
SSLCertificateFile certs/wild.pem
<VirtualHost *:443>
    ServerName www.example.com
</VirtualHost>
POLICY
write_file('good.policy', $good);
is(system($make_certificates, 'good.policy'), 0, 'certificates');

# What is no policy file at all: exit 2.
mkdir 'directory';
mkfifo('fifo', 0600) or die "fifo: $!\n";
my $socket = IO::Socket::UNIX->new(Local => 'socket', Listen => 1) or die "socket: $!\n";
write_file('unreadable', $good);
symlink 'loop', 'loop';
open my $huge, '>', 'huge' or die "huge: $!\n";
truncate $huge, 300 * 1024 * 1024;
my $no = qr/^authorityc: error: cannot read /;
ends("$program check missing.policy", 2, qr/${no}'missing.policy': No such file/, 'missing');
ends("$program check directory", 2, qr/${no}'directory': it is a directory/, 'directory');
ends("$program check fifo", 2, qr/${no}'fifo': it is a FIFO/, 'FIFO');
ends("$program check socket", 2, qr/${no}'socket': /, 'socket');
ends("$program check /dev/zero", 2, qr/$no.*it is a device/, 'device without end');
ends("$program check loop", 2, qr/${no}'loop': Too many levels/, 'loop of links');
ends("$program check huge", 2, qr/${no}'huge': it is larger than 256 MiB/, 'huge file');
ends("$program check - <directory", 2, qr/${no}'-': it is a directory/, 'directory as input');
ends("$program check - </dev/zero", 2, qr/${no}'-': it is larger/, 'input without end');

# Files that can be read and are no text: one error, at the byte.
write_file('nul', "SNIPolicy secure\n\0" x 3);
write_file('program', "\x7fELF\x02\x01\x01\0\0");
write_file('utf16', "\xff\xfeS\0N\0I\0");
write_file('escape', "# \e]0;title\a\n");
write_file('returns', "SNIPolicy\rsecure\r");
my $one = qr/: error: this is not text: a byte 0x(?:00|7f|1b|0d) stands here\n(?!.*error: )/s;
ends("$program check nul", 1, qr/^nul:2:1$one/, 'NUL byte');
ends("$program check program", 1, qr/^program:1:1$one/, 'a program');
ends("$program check utf16", 1, qr/^utf16:1:4$one.*save the file as UTF-8/s, 'UTF-16');
ends("$program check escape", 1, qr/^escape:1:3$one/, 'escape sequence');
unlike((run("$program check escape"))[2], qr/\e/, 'escape sequence is not shown');
ends("$program check returns", 1, qr/^returns:1:10$one/, 'line ends of long ago');

# Forms of text that are let pass.
write_file('dos.policy', $good =~ s/\n/\r\n/gr);
write_file('bom.policy', "\xef\xbb\xbf", $good);
write_file('no-end.policy', $good =~ s/\n\z//r);
write_file('latin1.policy', "# M\xfcnchen\n", $good);
write_file('empty.policy', '');
for my $name (qw(dos bom no-end latin1)) {
    my ($code, $said) = run("$program check $name.policy");
    is($code, 0, "$name.policy is fine") or diag(slurp('stderr'));
    is($said, "$name.policy: 1 vhost, 1 name, no errors\n", "$name.policy is summed up");
}
is((run("$program check empty.policy"))[0], 0, 'an empty policy is no error');
is((run("$program check - <good.policy"))[0], 0, 'a policy from the standard input');
is((run("$program explain - www.example.com www.example.com <good.policy"))[1] =~ /^same$/m, 1,
    'a question about a policy from the standard input');
is((run("$program dump - <good.policy"))[0], 0, 'a dump of one');
write_file('-', "Nonsense\n");
write_file('dash.policy', $good, "Include -\n");
ends("$program check dash.policy </dev/null", 1, qr,^\./-:1:1: error: unknown directive,m,
    'an included file of the name - is a file');
unlink '-';
write_file('bom-typo.policy', "\xef\xbb\xbfSNIPolicy none\r\n");
ends("$program check bom-typo.policy", 1, qr/^bom-typo.policy:1:11: error: .*\n.* none\n/,
    'columns are counted from behind the byte order mark, and line ends are not shown');

# Shapes that eat stacks, memory or time.
my $million = 1_000_000;
my %shapes = (
    'one word of a megabyte'      => ['S' x $million],
    'one value of a megabyte'     => ['ServerAlias ', 'a' x $million],
    'one quote of a megabyte'     => ['Define x "', 'a ' x ($million / 2)],
    'a megabyte of words'         => ['Protocols', ' h' x ($million / 2)],
    'a megabyte of continuations' => ['Protocols', " \\\n" x ($million / 3)],
    'a megabyte of variables'     => ['Zone ', '${x}' x ($million / 4)],
    'a megabyte of closing tags'  => ["</TLS>\n" x ($million / 7)],
    'ten thousand open sections'  => ["<TLS x>\n" x 10_000],
    'ten thousand open vhosts'    => ["<VirtualHost *:443>\n" x 10_000],
    'ten thousand unknown ones'   => ["<IfModule x>\n" x 10_000, "</IfModule>\n" x 9_999],
    'sections in one another'     => [("<VirtualHost *:443>\n<Location /a>\n") x 10_000],
    'a megabyte of quotes'        => ['Zone ', '"' x $million],
    'a megabyte of #'             => ["#\\\n" x ($million / 3), "x\n"],
    'many bad variables'          => [
        (map { "Define v$_ x\n" } 1 .. 20_000), (map { "Zone \${w$_}\n" } 1 .. 20_000)
    ],
);
for my $shape (sort keys %shapes) {
    write_file('shape.policy', @{ $shapes{$shape} });
    my $begin = time;
    my ($code, undef, $said) = run("$program check shape.policy");
    is($code, 1, "$shape: errors, and no crash");
    like($said, qr/^shape\.policy:\d+:\d+: error: /m, "$shape: a place is named");
    cmp_ok(length $said, '<', 60_000, "$shape: nothing is shown at length");
    diag(sprintf '%s took %.1f s', $shape, time - $begin) if time - $begin > 2;
}

# Variables that grow each other, and files that include each other: both are bounded.
my $laughs = "Define v0 aaaaaaaaaa\n";
$laughs .= "Define v$_ \"" . "\${v" . ($_ - 1) . '}' x 1 . ("\${v" . ($_ - 1) . '}') x 9 . "\"\n"
    for 1 .. 30;
write_file('laughs.policy', $laughs);
ends("$program check laughs.policy", 1, qr/a word of more than 65536 bytes/, 'laughs');
write_file("tree$_.policy", ('Include tree' . ($_ + 1) . ".policy\n") x 10) for 0 .. 15;
write_file('tree16.policy', '# ' . 'x' x 4000 . "\n");
ends("$program check tree0.policy", 1, qr/come to more than 1 GiB/, 'a tree of includes');
write_file("chain$_.policy", 'Include chain' . ($_ + 1) . ".policy\n") for 0 .. 16;
write_file('chain17.policy', '');
ends("$program check chain0.policy", 1, qr/include each other 16 deep/, 'a chain of includes');

# What is too much for one thing, and names with the characters of patterns.
write_file('uses.policy', (map { "<TLS b$_>\n</TLS>\n" } 1 .. 101),
    "<VirtualHost *:443>\n    ServerName a.test\n", (map { "    Use b$_\n" } 1 .. 101),
    "</VirtualHost>\n");
ends("$program check uses.policy", 1, qr/:305:9: error: more than 100 bundles in one <VirtualHost>/,
    'many bundles');
write_file('words.policy', 'Protocols', ' h2' x 100_001, " \\\n x\nSNIPolicy none\n");
ends("$program check words.policy", 1, qr/error: more than 100000 arguments\n.*^words.policy:3:11: error: /ms,
    'many arguments: the lines that go on are passed over');
write_file('path.policy', 'SSLCACertificateFile /', 'a/' x 4096, "\n");
ends("$program check path.policy", 1, qr/:1:22: error: 'SSLCACertificateFile' takes a path, not/,
    'a path of more than 4096 bytes');
mkdir 'a[b]';
write_file('a[b]/one.inc', "SNIPolicy none\n");
write_file('a[b]/all.policy', "Include *.inc\n");
ends("$program check a[b]/all.policy", 1, qr,^a\[b\]/one\.inc:1:11: error: ,m,
    'a pattern in a directory that looks like one');

# Tables: written whole or not at all.
my $compile = "$program compile good.policy -o";
is((run("$compile good.table"))[0], 0, 'a table');
my $table = slurp('good.table');
like($table, qr/\AATYTABLE/, 'a table is written');
is((stat 'good.table')[2] & 0777, 0644 & ~umask, 'its mode is 0644 but for umask');
is((run("umask 077; $compile private.table"))[0], 0, 'a table under a strict umask');
is((stat 'private.table')[2] & 0777, 0600, 'umask counts');
is((run("$compile -"))[1], $table, 'a table to the standard output is the same');
is((run("$program compile - -o again.table <good.policy"))[0], 0, 'from the standard input');
symlink 'good.table', 'link.table';
is((run("$compile link.table"))[0], 0, 'through a symbolic link');
ok(-l 'link.table', 'the link stays');
my $refused = qr/^authorityc: error: cannot write /;
ends("$compile missing/good.table", 2, qr/$refused/, 'no such directory');
ends("$compile directory", 2, qr/$refused.*not a regular file/, 'a directory as a table');
ends("$compile fifo", 2, qr/$refused.*not a regular file/, 'a FIFO as a table');
ends("$compile /dev/null", 2, qr/$refused.*not a regular file/, 'a device as a table');
ok(-c '/dev/null', 'the device stays');
ends("$compile - >/dev/full", 2, qr/$refused'-': No space left/, 'a full device');
ends("$compile good.policy", 2, qr/would overwrite the policy/, 'the policy as its table');
is(slurp('good.policy'), $good, 'the policy stays');
write_file('bad.policy', "$good\nNonsense\n");
ends("$program compile bad.policy -o good.table", 1, qr/unknown directive/, 'an error');
is(slurp('good.table'), $table, 'after an error the old table stays');
ends("ulimit -f 1; $compile good.table", 2, qr/$refused.*File too large/, 'no room')
    if length $table > 1024;
is(slurp('good.table'), $table, 'without room the old table stays');
is_deeply([glob '*.table.*'], [], 'no temporary file is left');

# Names that nobody has.
my $explain = "$program explain good.policy";
ends("$explain ww.example.com www.example.com", 2,
    qr/no vhost has the name 'ww\.example\.com'; did you mean 'www\.example\.com'\?/,
    'a connection of nobody');
is((run("$explain nobody.test www.example.com"))[1], '', 'and no answer beside the error');
ends("$explain www.example.com ww.example.com", 1, qr/note: .*did you mean 'www\.example\.com'/,
    'an authority of nobody has an answer, and a hint');
ends("$program explain --all nobody.test good.policy", 2, qr/no vhost has this name/,
    '--all of nobody');
ends(qq{$explain "a b" www.example.com}, 2, qr/no host names/, 'what is no name');
ends("$program explain --address 192.0.2.1:1 good.policy - www.example.com", 2,
    qr/no vhost is declared for the address '192\.0\.2\.1:1'/, 'an address of nobody');
ends("$program explain good.table.gone - x", 2, qr/cannot read 'good\.table\.gone'/,
    'a table that is not there');
write_file('cut.table', substr($table, 0, 300));
ends("$program explain cut.table - x", 2, qr/cannot use 'cut\.table': the table is cut off/,
    'a table that is cut off');
ends("printf 'one\\n' | $program explain --pairs - good.policy", 2,
    qr/standard input:1: error: expected two words/, 'a line that is no pair');

# Usage.
my $usage = qr/usage: authorityc/;
ends($program, 2, $usage, 'no command');
ends("$program chekc", 2, qr/unknown command .chekc.; did you mean .check./, 'a typo');
ends("$program --chekc", 2, qr/unknown option .--chekc./, 'an unknown option');
ends("$program check", 2, $usage, 'check without a policy');
ends("$program check a b", 2, $usage, 'check of two policies');
ends("$program check --nonsense good.policy", 2, $usage, 'an unknown option of a command');
ends("$program compile good.policy", 2, $usage, 'compile without -o');
for my $command ('', qw(compile check explain dump)) {
    my ($code, $said) = run("$program $command --help");
    is($code, 0, "$command --help");
    like($said, qr/^usage: authorityc $command.*exit status: 0 /s, "$command --help says how");
}
like((run("$program --version"))[1], qr/\Aauthorityc \d+\.\d+\.\d+\n\z/, '--version');
is((run("$program check -q good.policy"))[1], '', 'check --quiet');
is((run("$compile good.table -q"))[2], '', 'compile --quiet');
like((run("$compile good.table"))[2], qr/^good\.table: 1 vhost, 1 name, \d+ bytes$/, 'compile');
ends("$program --help >/dev/full", 2, qr/cannot write the answer/, 'an answer with no room');
done_testing();
