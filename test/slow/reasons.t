#!/usr/bin/perl
# Each reason on a real httpd, and what takes it away. Every policy in test/reasons is a site
# where one reason is the only one, or where httpd refuses what differs in nothing, or lets
# pass what does differ. Its marks:
#
#   #? CONNECTION AUTHORITY REASON MOD_SSL   what is asked, and what is said and answered
#   #! CHECK                                 what 'authorityc check' says of it
#   … # named      explain names this line      … # warned   the check stands at this line
#   … # goes       following the advice takes this line away, and
#   #+ …           puts this one in
#   #httpd …       a line of httpd that the policy does not have
#
# httpd's configuration is made of the same lines. Before, httpd without the module answers
# what explain says of mod_ssl, and with it 421 with the reason; after, 200.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib httpd/lib differential/lib);

use Aty::Ports;
use Aty::Server;
use Aty::Template;
use Differential::Ask qw(ask_module ask_stock);
use Differential::Site;
use Room;
use Test::More;
use Tree;

# What only a running httpd can say: the policy is not enough to explain it.
my %RUNNING = map { $_ => 1 } qw(not-in-policy no-table);

# Every reason but drifted, which needs a change behind the table's back.
my @REASONS = qw(client-auth client-ca revocation certificate protocol ciphers openssl-conf
    location-client-auth location-ciphers http1-only other-zone not-covered strict
    unknown-authority not-in-policy no-table textual);

my %sites = map { m{([^/]+)\.policy\z} ? ($1 => read_site($1, slurp($_))) : () }
    files(qr,^test/reasons/.*\.policy$,);
my $variables;

exit run_in_room('reasons', \&test_all);

sub test_all {
    ($variables) = @_;
    prepare();
    my %reasons = map { $_->{reason} => 1 } values %sites;
    is_deeply([grep { !$reasons{$_} } @REASONS], [], 'there is a site for every reason');
    for my $name (sort keys %sites) {
        my $site = $sites{$name};
        $name eq 'no-table' ? test_no_table($site) : test_site($site);
    }
    done_testing();
    return Test::More->builder->is_passing ? 0 : 1;
}

# A site as its file says: name, text, question, and the marked lines (numbers).
sub read_site {
    my ($name, $text) = @_;
    my %site = (name => $name, text => $text);
    @site{qw(connection authority reason mod_ssl)} = $text =~ /^#\? (\S+) (\S+) (\S+) (\S+)$/m
        or die "$name.policy asks nothing\n";
    ($site{check}) = $text =~ /^#! (\S+)$/m;
    my @lines = split /\n/, $text;
    for my $mark (qw(named warned)) {
        $site{$mark} = [grep { $lines[$_ - 1] =~ /[^#]+# [\w, ]*\b$mark\b/ } 1 .. @lines];
    }
    return \%site;
}

# The certificates of all sites stand in one directory.
sub prepare {
    Aty::Template::store("$variables->{top_dir}/$_.policy", $sites{$_}{text}) for keys %sites;
    system("$variables->{top_dir}/bin/make-certificates",
        map { "$variables->{top_dir}/$_.policy" } sort keys %sites) == 0
        or die "make-certificates failed\n";
    for my $path (qw(open private)) {
        mkdir "$variables->{documents}/$path" or die "$path: $!\n";
        Aty::Template::store("$variables->{documents}/$path/index.html", "$path\n");
    }
}

# The policy after its advice was followed.
sub advised {
    my ($text) = @_;
    $text =~ s/^[^#\n]*# [\w, ]*\bgoes\n//mg;
    $text =~ s/^#httpd .*\n//mg;
    $text =~ s/^#\+//mg;
    return $text;
}

# httpd's configuration of the same lines.
sub httpd_text {
    my ($text) = @_;
    $text =~ s/^#httpd //mg;
    $text =~ s/#.*//mg;
    $text =~ s/^(?:UnknownAuthority|AcceptPair)\b.*\n//mg;
    $text =~ s/^ +Zone\b.*\n//mg;
    $text =~ s/^SNIPolicy/SSLVHostSNIPolicy/m;
    $text =~ s/^(<VirtualHost .*)$/$1\n    SSLEngine on/mg;
    return "Listen 127.0.0.1:443\nProtocols h2 http/1.1\n$text";
}

# A running server of the policy's text.
sub server_of {
    my ($site, $text, $template) = @_;
    my $on_port = sub { $_[0] =~ s/(?<=:)443\b/\@p1_port\@/gr };
    my $server = Aty::Server->new(
        name      => "$site->{name}-" . (++$site->{servers}),
        template  => $template,
        variables => {%$variables, p1_port => 0, table => 'none',
            site_text => $on_port->(httpd_text($text))},
    );
    my $root = $server->root;
    symlink "$variables->{top_dir}/certs", "$root/certs" or die "certs: $!\n";
    my $policy = Aty::Template::store("$root/$site->{name}.policy",
        Aty::Template::fill($on_port->($text), $server->variables));
    my $said = `\Q$variables->{authorityc}\E compile -q \Q$policy\E -o \Q$root\E/site.table 2>&1`;
    die "$site->{name}: $said" if $?;
    $server->configure(table => "$root/site.table");
    return $server->start;
}

sub end {
    my ($server) = @_;
    $server->stop;
    Aty::Ports::give_back(@{$server->variables}{qw(port p1_port)});
}

# What the site's question is to Differential::Ask.
sub question {
    my ($site) = @_;
    my %pair = (host => '127.0.0.1', port => 1, sni => $site->{connection},
        authority => $site->{authority}, http1 => 0);
    my $terms = bless {policy => 'secure', client => 1, base => [],
        vhosts => [{locations => [{path => '/private', lines => []}]}]}, 'Differential::Site';
    return ($terms, [\%pair]);
}

# What httpd answers without the module, and what with it.
sub ask {
    my ($site, $text) = @_;
    my $stock = server_of($site, $text, 'stock.conf.in');
    my ($alone) = ask_stock($stock, question($site));
    end($stock);
    my $server = server_of($site, $text, 'authority.conf.in');
    my ($with) = ask_module($server, question($site));
    end($server);
    return ($alone, "$with->{answer} $with->{verdict} $with->{reason}");
}

sub expected {
    my ($reason) = @_;
    return $reason eq 'same' ? '200 same -' : "421 misdirected $reason";
}

sub test_site {
    my ($site) = @_;
    my ($name, $text) = @$site{qw(name text)};
    test_explain($site) if !$RUNNING{$site->{reason}};
    test_check($site) if $site->{check};
    my ($alone, $with) = ask($site, $text);
    is($alone, $site->{mod_ssl}, "$name: httpd alone");
    is($with, expected($site->{reason}), "$name: with the module");
    ($alone, $with) = ask($site, advised($text));
    is($alone, '200', "$name: httpd alone, as advised");
    like($with, qr/\A200 (?:shared|same) -\z/, "$name: with the module, as advised");
}

# The table is gone when httpd is restarted; and then it is there again.
sub test_no_table {
    my ($site) = @_;
    my $server = server_of($site, $site->{text}, 'authority.conf.in');
    my $table = $server->root . '/site.table';
    my @steps = ('', '200 shared -', 'moved', '421 misdirected no-table', '', '200 shared -');
    while (my ($suffix, $answer) = splice @steps, 0, 2) {
        rename $_, "$table$suffix" for grep { -e } $table, "${table}moved";
        $server->restart or fail('no-table: the server restarts');
        my ($with) = ask_module($server, question($site));
        is("$with->{answer} $with->{verdict} $with->{reason}", $answer,
            $suffix ? 'no-table: restarted without it' : 'no-table: restarted with it');
    }
    end($server);
}

# What authorityc answers; the diagnostics are the answer of `check` alone.
sub output {
    my (@words) = @_;
    my $command = join ' ', map { quotemeta } $variables->{authorityc}, @words;
    my $errors = $words[0] eq 'check' ? '2>&1' : '2>/dev/null';
    return `cd \Q$variables->{top_dir}\E && $command $errors`;
}

# The lines of the policy that a text names.
sub lines_in {
    my ($site, $text) = @_;
    my %seen = map { $_ => 1 } $text =~ /\b\Q$site->{name}\E\.policy:(\d+)/g;
    return [sort { $a <=> $b } keys %seen];
}

sub test_explain {
    my ($site) = @_;
    my $name = $site->{name};
    my @words = ('explain', "$name.policy", @$site{qw(connection authority)});
    my $text = output(@words);
    my ($verdict, $mod_ssl) = $text =~ /\A(\S.*)\nmod_ssl: (\S+)/;
    my $misdirected = $site->{reason} ne 'same';
    is($verdict, $misdirected ? "misdirected: $site->{reason}" : 'same', "$name: explain");
    is($mod_ssl, $site->{mod_ssl}, "$name: explain, of mod_ssl");
    $text =~ s/^(?:connection|request): .*\n//mg;
    is_deeply(lines_in($site, $text), $site->{named}, "$name: explain names the lines")
        or diag($text);
    my @ways_out = $text =~ /^(\S+): .*\n  what to do: /mg;
    is_deeply(\@ways_out, $misdirected ? [$site->{reason}] : [], "$name: one reason, one way out");
}

sub test_check {
    my ($site) = @_;
    my ($name, $check) = @$site{qw(name check)};
    my $text = output('check', "$name.policy");
    my @warnings = $text =~ /^(\S+: warning: .*)$/mg;
    is(scalar @warnings, 1, "$name: one warning") or diag($text);
    like($warnings[0] // '', qr/\[\Q$check\E\]\z/, "$name: it is $check");
    is_deeply(lines_in($site, $warnings[0] // ''), $site->{warned}, "$name: at its line");
}
