# A table that cannot be used: httpd -t and the first start say so in one line, with the
# file and the reason, and httpd does not run.

use Aty::Test;
use Digest::SHA qw(sha256);
use POSIX qw(mkfifo);

my $good = file(var('table'));
my $half = int(length($good) / 2);

# How a table is broken => the path that stands there then, and what the line must say.
my @cases = (
    ['missing',        sub { },                                 qr/No such file/i],
    ['empty',          sub { store('') },                       qr/truncated|shorter|empty|cut/i],
    ['one octet',      sub { store('A') },                      qr/truncated|shorter|cut/i],
    ['half of it',     sub { store(substr $good, 0, $half) },   qr/truncated|shorter|cut/i],
    ['all but one octet', sub { store(substr $good, 0, -1) },   qr/truncated|shorter|cut/i],
    ['one octet more', sub { store($good . "\0") },             qr/longer|size/i],
    ['a wrong octet in the middle', sub { store(flipped($half)) },
        qr/digest|SHA-256|damaged|checksum/i],
    ['a wrong octet at the end', sub { store(flipped(length($good) - 1)) },
        qr/digest|SHA-256|damaged|checksum/i],
    ['no table at all', sub { store("<html>\n" x 1000) },       qr/not an? .*table|magic/i],
    ['another version', sub { store(with_digest(8, 2)) },       qr/version/i],
    ['a reference that leads nowhere', sub { store(with_digest(28, 0x7fffffff)) },
        qr/malformed|nowhere|inconsistent|outside/i],
    ['a directory',    sub { mkdir path() or die },             qr/director|regular file/i],
    ['a FIFO',         sub { mkfifo(path(), 0600) or die },     qr/fifo|regular file|pipe/i],
    ['not readable',   sub { store($good); chmod 0, path() },   qr/permission denied/i],
);

my $server = server('refusals', 'authority.conf.in');
$server->configure(table => path());

sub path { return $server->root . '/broken.table' }
sub store { return Aty::Template::store(path(), @_) }

sub flipped {
    my ($offset) = @_;
    my $bytes = $good;
    substr($bytes, $offset, 1) = chr(255 - ord substr $bytes, $offset, 1);
    return $bytes;
}

# The table with another number at an offset, and a digest that agrees.
sub with_digest {
    my ($offset, $number) = @_;
    my $bytes = substr $good, 0, -32;
    substr($bytes, $offset, 4) = pack 'V', $number;
    return $bytes . sha256($bytes);
}

for my $case (@cases) {
    my ($what, $break, $reason) = @$case;
    chmod 0700, path();
    -d path() ? rmdir path() : unlink path();
    $break->();
    if ($what eq 'not readable' && open my $file, '<', path()) {
        die "this suite must not run as a user who may read everything\n";
    }
    for my $how (['-t'], ['-DFOREGROUND']) {
        my ($status, $output) = run_for_a_while($how);
        $output .= join "\n", $server->log->lines(0);
        unlink $server->root . '/logs/error_log';
        my $name = "$what: httpd @$how";
        ok($status != 0, "$name refuses") or diag($output);
        my @lines = grep { /ATY101/ } split /\n/, $output;
        is(scalar @lines, 1, "$name: in one line") or diag($output);
        like($lines[0] // '', qr/\Q@{[path()]}\E/, "$name: with the file");
        like($lines[0] // '', $reason, "$name: and the reason");
    }
}

# httpd that should refuse must not run on, and a FIFO must not hold it.
sub run_for_a_while {
    my ($arguments) = @_;
    my @answer = eval {
        local $SIG{ALRM} = sub { die "no end\n" };
        alarm patience(15);
        my @result = $server->run(@$arguments);
        alarm 0;
        @result;
    };
    alarm 0;
    return (0, "did not end: $@") if $@;
    return @answer;
}

# The directives' own errors.
for my $case (
    ['AuthorityEngine maybe', qr/AuthorityEngine.*'maybe'/],
    ['AuthorityOrigin', qr/AuthorityOrigin/],
    ['AuthorityTable', qr/AuthorityTable/],
    ["<VirtualHost 127.0.0.1:1>\nAuthorityTable x\n</VirtualHost>", qr/AuthorityTable/],
    ["<Location />\nAuthorityEngine off\n</Location>", qr/AuthorityEngine/],
) {
    my ($text, $message) = @$case;
    $server->configure(table => var('table'));
    open my $file, '>>', $server->root . '/httpd.conf' or die;
    print {$file} "$text\n";
    close $file;
    my ($status, $output) = $server->run('-t');
    my $name = (split /\n/, $text)[-2] // $text;
    isnt($status, 0, "$name: refused by httpd -t");
    like($output, $message, "$name: with a message");
}

# And the good one.
{
    $server->configure(table => var('table'));
    my ($status, $output) = $server->run('-t');
    is($status, 0, 'the table as authorityc wrote it: httpd -t is content') or diag($output);
    Aty::Template::store($server->root . '/beside.table', $good);
    $server->configure(table => 'beside.table');
    ($status, $output) = $server->run('-t');
    is($status, 0, 'a relative path begins at ServerRoot') or diag($output);
}

finish();
