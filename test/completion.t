#!/usr/bin/perl
# Completion of authorityc's command line, as `make install` puts it into place: somebody
# types on a terminal, to bash, to bash with the package bash-completion, and to zsh. All of
# them have to offer the same.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Outcome;
use Terminal;
use Test::More;
use Tree;

my $root = abs_path(tempdir('completion-XXXXXX', DIR => out(), CLEANUP => 1));
my $share = "$root/opt/authority/share";
my $program = "$root/opt/authority/bin/authorityc";
my $place = "$root/place";
my ($ALL, $TAB) = ("\cXa", "\t");    # all that is offered goes into the line; as far as it is clear

my ($good, $output) = make('OUT=' . out(), "DESTDIR=$root", 'PREFIX=/opt/authority', 'install');
ok($good, 'make install') or BAIL_OUT($output);
make_path("$place/a dir");
copy($_, $place) or die "$_: $!\n" for files(qr,^policies/.*\.policy$,);
is(system('test/make-certificates', glob "$place/*.policy"), 0, 'certificates are made');
copy("$place/wildcard.policy", "$place/my site.policy") or die "copy: $!\n";
is((outcome($place, $program, qw(compile -q balancer.policy -o site.table)))[0], 0, 'a table is made');
copy("$place/site.table", "$place/a dir/in=side:1.table") or die "copy: $!\n";
write_file("$place/broken.policy", "<VirtualHost *:443>\nServerName www.example.com\n");
write_file("$place/$_", '') for qw(page.html notes client.pem client.key mod.so);

my $bash = 'bash --norc --noprofile -i';
my @bash = ("bind 'set enable-bracketed-paste off'", q(bind '"\C-xa": insert-completions'));
my %shells = (
    'bash' => [$bash, @bash, "source $share/bash-completion/completions/authorityc",
        'set -u; shopt -s failglob'],
    'bash with bash-completion' => [$bash, @bash, "export XDG_DATA_DIRS=$share",
        'source /usr/share/bash-completion/bash_completion'],
    'zsh' => ['zsh -f -i', 'bindkey -e', "fpath=($share/zsh/site-functions \$fpath)",
        'autoload -U compinit', 'compinit -D -u', 'zle -C all-matches complete-word _generic',
        'bindkey "^Xa" all-matches',
        'zstyle ":completion:all-matches::::" completer _all_matches _complete',
        'zstyle ":completion:all-matches:*" insert true'],
);

my @commands = slurp('authorityc/commands.h') =~ /aty_command_(\w+)/g;
my @checks = slurp('authorityc/checks.c') =~ /\{"([a-z-]+)"/g;
my @policies = map { s,.*/,,r } grep { !/ site/ } glob "$place/*.policy";
my @names = map {"$_.example.com"} qw(www static admin);

sub help {
    my (@words) = @_;
    return (outcome($place, $program, @words, '--help'))[1];
}

# The beginnings of the lines of help that are about options.
sub spellings {
    my (@words) = @_;
    return help(@words) =~ /^  (-.*?)(?:  |$)/mg;
}

sub options {
    my %seen = map { $_ => 1 } map {/(?<![\w-])(-W|--?[a-z][a-z0-9-]*)/g} spellings(@_);
    return keys %seen;
}

# The words that are typed after the program's name, the word at the cursor, and what it
# becomes: each of these, or nothing else than it was.
my @cases = (
    ['', '', @commands],
    ['', '--', '--help', '--version'],
    (map { [$_, '-', options($_)] } grep { $_ ne 'explain' } @commands),
    ['explain', '-', options('explain')],
    ['explain wildcard.policy', '-', '-', options('explain')],
    ['check', '-Wno-e', '-Wno-error', '-Wno-expired-certificate', map {"-Wno-error=$_"} @checks],
    ['compile', '-Werror=lo', '-Werror=location-client-auth', '-Werror=lone-default'],
    ['check', '-Wl', '-Wlocation-client-auth', '-Wlone-default'],
    ['check --explain', '', @checks],
    ['check --upgrade', '', 'a dir', 'certs', 'my site.policy', @policies],
    ['compile wildcard.policy -o', '', 'a dir', 'certs', 'site.table'],
    ['diff wildcard.policy', 'si', 'site.table'],
    ['check', 'my', 'my site.policy'],
    ['check', 'my\\ s', 'my site.policy'],
    ['check', '"my s', 'my site.policy'],
    ['check', '~/my', "$place/my site.policy"],
    ['check', 'not', 'notes'],
    ['explain wildcard.policy', '', '-', @names, 'example.com'],
    ['explain wildcard.policy www.example.com', '', @names, 'example.com'],
    ['explain wildcard.policy www.example.com admin.example.com', 'w'],
    ['explain --json my\\ site.policy -', 'ad', 'admin.example.com'],
    ['explain wildcard.policy --all', 's', 'static.example.com'],
    ['explain wildcard.policy', '--all=s', '--all=static.example.com'],
    ['explain a\\ dir/in\\=side\\:1.table', 'w', 'wiki.example.com', 'www.example.com'],
    ['explain a\\ dir/in\\=side\\:1.table www.example.com', 's', 'static.example.com'],
    ['explain', 'a\\ dir/in', 'a dir/in=side:1.table'],
    ['explain site.table --address', '1', '192.0.2.10:8443', '198.51.100.20:443'],
    ['explain site.table --address', '192.0.2.10:', '192.0.2.10:8443'],
    ['explain hosting.policy', '', '-', grep { !/\*/ } map { split } map {/^  names (.*)/mg}
            (outcome($place, $program, 'dump', 'hosting.policy'))[1]],
    ['explain site.table --pairs', 'not', 'notes'],
    ['explain broken.policy', 'w'],
    ['explain nothing.policy', 'w'],
    ['plan wildcard.policy', '--certificates=', map {"--certificates=$_"} qw(policy mdomain certbot json)],
    ['plan --certificates', 'wild', 'wildcard.policy'],
    ['plan --apply -o', 'my', 'my site.policy'],
    ['report -o', 'p', 'page.html'],
    ['report', 'si', 'site.table'],
    ['import --module', '', 'a dir', 'certs', 'mod.so'],
    ['import --httpd', 'basenam', 'basename'],
    ['import --', 'not', 'notes'],
    ['probe --server', '', qw(authority httpd other)],
    ['probe', '--server=o', '--server=other'],
    ['probe --dns', 'wild', 'wildcard.policy'],
    ['probe --client-cert', 'client', 'client.pem'],
    ['probe --key', 'client', 'client.key', 'client.pem'],
);

sub is_offered {
    my ($shell, $terminal, $before, $word, @expected) = @_;
    my $typed = join ' ', 'authorityc', length $before ? $before : (), $word;
    my @words = $terminal->words_after($typed, $ALL);
    splice @words, 0, 1 + (() = $before =~ /(?:\\.|[^ \\])+/g);
    # bash completes what comes after = and :, and repeats no more than that.
    my ($head) = $shell =~ /bash/ ? $word =~ /\A(.*(?<!\\)[=:])/ : ();
    @words = map { index($_, $head) == 0 ? $_ : "$head$_" } @words if defined $head;
    @expected = $word if !@expected;
    return is_deeply([sort @words], [sort @expected], "$shell: $typed")
        || diag($terminal->{seen});
}

# Nothing is on the screen but what was typed and what the shell lists.
sub is_quiet {
    my ($shell, $terminal, $typed) = @_;
    $terminal->words_after($typed, $TAB);
    unlike($terminal->{seen}, qr/error|cannot|no such|not found|warning/i, "$shell is quiet: $typed");
    return;
}

sub test_shell {
    my ($shell) = @_;
    local $ENV{HOME} = $place;
    local $ENV{PATH} = "$root/opt/authority/bin:$ENV{PATH}";
    my ($start, @lines) = @{$shells{$shell}};
    my $terminal = Terminal->new($place, $start, @lines);
    is_offered($shell, $terminal, @$_) for @cases;
    is_quiet($shell, $terminal, "authorityc explain $_") for 'broken.policy ', 'nothing.policy ', '';

    my @words = $terminal->words_after('authorityc expl', $TAB);
    is_deeply(\@words, ['authorityc', 'explain'], "$shell: TAB");
    @words = $terminal->words_after('authorityc explain --all ad site.policy',
        "\cB" x length(' site.policy') . $TAB);
    is_deeply(\@words, [qw(authorityc explain --all ad site.policy)], "$shell: no policy");
    @words = $terminal->words_after('authorityc explain --all ad wildcard.policy',
        "\cB" x length(' wildcard.policy') . $TAB);
    is_deeply(\@words, [qw(authorityc explain --all admin.example.com wildcard.policy)],
        "$shell: TAB before the policy");

    $terminal->line('PATH=/usr/bin:/bin');
    @words = $terminal->words_after('../opt/authority/bin/authorityc check --explain over', $TAB);
    is_deeply([@words[1 .. $#words]], [qw(check --explain over-budget)], "$shell: a path of the program");
    $terminal->stop;
    return;
}

# What --help calls the value of an option is known to both files, or the option is, or there
# is nothing to complete.
my %free = map { $_ => 1 } qw(A N NAME PATH PORT SECONDS);
for my $file (qw(authorityc.bash _authorityc)) {
    my $text = slurp("completion/$file");
    my @valued = grep {$_} map {/([\w-]+)(?: |\[=)([A-Z][A-Z|:]*)/ && [$1, $2]} map { spellings($_) } @commands;
    cmp_ok(scalar @valued, '>', 5, 'there are values');
    is_deeply([grep { !$free{$_->[1]} && $text !~ /(?:\Q$_->[0]\E:\*|:'?\Q$_->[1]\E'?)(?:\)| \|)/ } @valued],
        [], "$file knows the values");
    my @kinds = qw(authority httpd other);
    like(help('probe'), qr/--server KIND .*\b$_\b/s, "--server $_ is one") for @kinds;
    my @forms = qw(policy mdomain certbot json);
    like(help('plan'), qr/--certificates\[=FORM\].*\b$_\b/s, "--certificates=$_ is one") for @forms;
}

test_shell($_) for sort keys %shells;
done_testing();
