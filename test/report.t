#!/usr/bin/perl
# The page of `authorityc report`: it is well formed, loads nothing, is the same for the same
# input, says what `explain`, `check` and its own numbers say, can be read by everybody, and
# no word of a policy gets to be more than a word. What its script does is in
# slow/report_browser.t.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use Digest::SHA qw(sha256_base64);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use List::Util qw(sum0);
use Outcome;
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $inspect = abs_path('test/report/inspect.py');
my $make_certificates = abs_path('test/make-certificates');
my $place = tempdir('report-XXXXXX', DIR => out(), CLEANUP => 1);

sub authorityc {
    my (@words) = @_;
    return outcome($place, $program, @words);
}

sub bytes {
    my ($path) = @_;
    return -e "$place/$path" ? slurp("$place/$path") : undef;
}

# Makes the page of a policy or a table; returns what inspect.py reads in it.
sub page_of {
    my ($input) = @_;
    my ($code, $output, $errors) = authorityc('report', '-q', $input, '-o', "$input.html");
    is("$code$output$errors", '0', "$input: the page is written, and nothing is said");
    my ($fault, $json, $complaint) = outcome($place, 'python3', $inspect, "$input.html");
    is("$fault$complaint", '0', "$input: the page is well formed");
    return decode_json($json)->[0];
}

# Levels that are passed over on the way down.
sub skipped_headings {
    my ($page) = @_;
    my ($level, @skipped) = (0);
    for my $heading (@{$page->{headings}}) {
        push @skipped, $heading->[1] if $heading->[0] > $level + 1;
        $level = $heading->[0];
    }
    return @skipped;
}

# What holds for every page.
sub is_sound {
    my ($page, $name) = @_;
    my ($policy) = @{$page->{policy}};
    is_deeply([grep { !/\A#/ } @{$page->{references}}], [], "$name: nothing leads out of it");
    is_deeply([grep { /^(?:link|img|image|iframe|frame|object|embed|form|base|audio|video|source|use)$/ }
        @{$page->{elements}}], [], '... nor is there an element that loads');
    is_deeply($page->{handlers}, [], '... or an attribute that is code or style');
    unlike("@{$page->{style}}", qr/\burl\s*\(|\@import|\\/, '... and the style asks for nothing');
    like($policy, qr/^default-src 'none'; style-src 'sha256-\S+; script-src 'sha256-\S+; /,
        'its policy lets it load nothing');
    my ($data, $script) = @{$page->{scripts}}[-2, -1];
    is(scalar @{$page->{scripts}}, 2, '... there are the data and one script');
    my ($source) = bytes("$name.html") =~ m{.*<script>(.*?)</script>}s;
    my ($style) = bytes("$name.html") =~ m{<style>(.*?)</style>}s;
    is_deeply([$policy =~ /'sha256-(\S+?)'/g], [map { sha256_base64($_) . '=' } $style, $source],
        '... which alone may run, as alone the style sheet counts');
    like($data, qr{\A[A-Za-z0-9+/]+=*\z}, '... and the data are no more than base64');
    is_deeply([skipped_headings($page)], [], 'no level of headings is left out');
    is(scalar(grep { $_->[0] == 1 } @{$page->{headings}}), 1, '... one is on top');
    my %seen;
    is_deeply([grep { $seen{$_}++ } @{$page->{ids}}], [], 'no id is there twice');
    is_deeply([grep { $_->{role} ne 'img' || length $_->{name} < 20 } @{$page->{pictures}}], [],
        'pictures have a title and a description');
    is_deeply([grep { !$_->{caption} || join(' ', @{$_->{scopes}}) ne 'col row' }
        @{$page->{tables}}], [], 'tables have captions, and their heads a scope');
    is_deeply($page->{fields}, {name => 'A name: who shares connections with it, and why not '
            . 'the others'}, 'the field has a label');
    is($page->{language}, 'en', 'the language is said');
    is_deeply([grep { !$seen{s/^#//r} } @{$page->{references}}], [], 'links lead somewhere');
}

# What clients are told by numbers: those of all tables with such a caption.
sub rows_of {
    my ($page, $caption) = @_;
    return map { @{$_->{rows}} } grep { $_->{caption} =~ $caption } @{$page->{tables}};
}

sub plain { return $_[0] =~ tr/,//dr }

# The numbers of groups, names and vhosts are those of `explain`; the pairs those of `plan`.
sub agrees {
    my ($page, $input) = @_;
    my (undef, $json) = authorityc('explain', '--groups', '--json', $input);
    my @groups = @{decode_json($json)};
    my %numbers = map { my $of = $_; map { $_ => plain($page->{numbers}{$of}) }
        $of =~ s/ tried.*//r =~ s/s$//r } keys %{$page->{numbers}};
    is($numbers{group}, scalar @groups, 'as many groups as explain has');
    my @told = rows_of($page, qr/^Groups of/);
    is_deeply(
        [sort map { join ' ', (split ' ', $_->[0])[0], plain($_->[1]), plain($_->[2]),
            $_->[5] } @told],
        [sort map { join ' ', @{$_}{qw(first)}, $_->{names}, $_->{vhosts},
            $_->{largest} ? 'the largest' : join ', ', @{$_->{apart_by}} }
            map { +{%$_, first => first_shown($_)} } @groups],
        '... and the same of each');
    my @attempts = rows_of($page, qr/^What clients try/);
    is(sum0(map { plain($_->[3]) } @attempts), $numbers{pair}, 'the pairs of all lines are all');
    is(sum0(map { plain($_->[1]) } rows_of($page, qr/^Why/)), $numbers{pair},
        '... and so are those of all reasons');
    is(sum0(map { plain($_->[3]) } @told), $numbers{pair}, '... and those of all groups');
    is(sum0(map { plain($_->[4]) } @told), $numbers{pair}, '... in both directions');
    return $numbers{pair};
}

# In the page a place follows a name without a blank, for there is a line's end.
sub first_shown {
    my ($group) = @_;
    return "$group->{first}$group->{place}{file}:$group->{place}{line}";
}

# Every message of `check` stands in the page, with its name and place.
sub warns {
    my ($page, $input) = @_;
    my (undef, undef, $errors) = authorityc('check', '-q', $input);
    my @missing;
    for my $line (grep { /^\S+?:\d+:\d+: (?:warning|note): / } split /\n/, $errors) {
        my ($where, $kind, $text) = $line =~ /^(\S+?:\d+:\d+): (\w+): (.*)/;
        my $flat = join ' ', split ' ', $text;
        push @missing, $line if !grep { index($_, $flat) >= 0
            && ($kind eq 'note' || index($_, $where) >= 0) } @{$page->{messages}};
    }
    is_deeply(\@missing, [], 'what check says is there');
}

my @samples = map { s{.*/}{}r } files(qr{^(?:policies|build/demo\.d)/[^/]*\.policy$});
copy($_, $place) or die "copy: $!\n" for files(qr{^(?:policies|build/demo\.d)/[^/]*\.policy$});
system('sh', $make_certificates, map { "$place/$_" } @samples) == 0 or die "no certificates\n";
my %pages;
for my $sample (@samples) {
    my $page = $pages{$sample} = page_of($sample);
    is_sound($page, $sample);
    my $pairs = agrees($page, $sample);
    warns($page, $sample);
    like($page->{state}, $pairs ? qr/^attention $pairs of / : qr/^good /, 'its state is in words');
}

# The demo site, as mod_authority(8) has it: what a coalescing client runs into.
is_deeply([sort { $a cmp $b } map { "@$_[0 .. 3]" }
    rows_of($pages{'site.policy'}, qr/^What clients try/)],
    ['www.example.test admin.example.test client-auth 3',
        'www.example.test the same group http1-only 3',
        'www.example.test the same group location-client-auth 2'],
    'what ends in 421 at the demo site');
is_deeply([sort { $a cmp $b } @{$pages{'site.policy'}{labels}}[0 .. 2]],
    ['client-auth: 3', 'http1-only: 3', 'location-client-auth: 2'],
    '... stands with its reasons in the picture');
like($pages{'site.policy'}{text}, qr/ends 8 of 8 pairs/, '... and what ends all of it in the plan');
like($pages{'site.policy'}{text}, qr/The search needs scripts/, 'a page without scripts says so');
like(bytes('site.policy.html'), qr/<div id="search-form" role="search" hidden="hidden">/,
    '... and shows no field');

# The same bytes, whatever is called how and goes where.
my ($code, $output) = authorityc('report', '-q', 'site.policy', '-o', '-');
is($code, 0, 'the standard output takes it, too');
ok($output eq bytes('site.policy.html'), '... and it is the same page');

# A table.
is((authorityc('compile', '-q', 'site.policy', '-o', 'site.table'))[0], 0, 'a table is compiled');
my $of_table = page_of('site.table');
is_sound($of_table, 'site.table');
is_deeply($of_table->{numbers}, $pages{'site.policy'}{numbers}, 'its numbers are the policy\'s');
is_deeply($of_table->{labels}, $pages{'site.policy'}{labels}, '... and its picture is');
like($of_table->{text}, qr/Made from a table, which has no warnings/, '... its warnings are not');
like($of_table->{text}, qr/What to change can only be told of a policy/, '... nor is its plan');
my ($id) = $pages{'site.policy'}{text} =~ /SHA-256 ([0-9a-f]{12}),/;
is($id, substr(unpack('H*', substr(bytes('site.table'), -32)), 0, 12),
    'it says of which table it is');

# Words that would like to be more than words, and bytes that are no text.
my $evil = q{/</script><script>alert(1)</script><img src=x onerror=alert(2)>&amp;]]>};
my $file = "a<b>&' \xff.inc";
write_file("$place/$file", <<"END");
# from $evil:7
<Location "$evil">
# from <u>httpd</u>.conf:8
SSLVerifyClient require
</Location>
END
write_file("$place/hostile.policy", <<"END");
#: certs/wild.pem *.example.test
SSLCertificateFile certs/wild.pem
SSLCertificateKeyFile certs/wild.key
<VirtualHost *:443>
ServerName www.example.test
</VirtualHost>
# from <u>httpd</u>.conf:3
<VirtualHost *:443>
ServerName located.example.test
Include "$file"
</VirtualHost>
END
is((authorityc('check', '-q', 'hostile.policy'))[0], 0, 'a policy may have such words');
my $hostile = page_of('hostile.policy');
is_sound($hostile, 'hostile.policy');
my $elements = join ' ', @{$hostile->{elements}};
is($elements, join(' ', grep { $elements =~ /\b$_\b/ } @{$pages{'site.policy'}{elements}}),
    'they make no element that other pages have not');
cmp_ok(index($hostile->{text}, $evil), '>', 0, 'they can be read');
like($hostile->{text}, qr/from <u>httpd<\/u>\.conf:3/, '... also where they are places');
unlike(bytes('hostile.policy.html'), qr/<script>alert|<img|<u>/, '... and are nowhere else');
my $wrong = "wrong \xff<b>.policy";
copy("$place/hostile.policy", "$place/$wrong") or die "copy: $!\n";
like(page_of($wrong)->{title}, qr/^Report: wrong \x{fffd}<b>\.policy$/,
    'a file\'s name that is no text has a sign for that');

# Colours that everybody can tell apart (WCAG 2.2, 1.4.3 and 1.4.11), in each of the looks.
sub luminance {
    my ($colour) = @_;
    my @parts = map { my $c = hex($_) / 255; $c <= 0.04045 ? $c / 12.92
        : (($c + 0.055) / 1.055) ** 2.4 } $colour =~ /[0-9a-f]{2}/g;
    return 0.2126 * $parts[0] + 0.7152 * $parts[1] + 0.0722 * $parts[2];
}

sub contrast {
    my ($low, $high) = sort { $a <=> $b } map { luminance($_) } @_;
    return ($high + 0.05) / ($low + 0.05);
}

my $style = slurp('authorityc/report/report.css');
my @looks = map { +{/--(\w+): (#[0-9a-f]{6});/g} } $style =~ /:root \{(.*?)\}/sg;
is(scalar @looks, 3, 'there are colours for light, dark and paper');
for my $look (0 .. $#looks) {
    my $colours = $looks[$look];
    is_deeply([sort keys %$colours], [sort keys %{$looks[0]}], "look $look: all colours are set");
    my @faint;
    for my $behind (qw(page band area)) {
        push @faint, map { "$_ on $behind" }
            grep { contrast($colours->{$_}, $colours->{$behind}) < 4.5 }
            qw(ink soft good attention bad link);
    }
    push @faint, 'ink on mark' if contrast(@$colours{qw(ink mark)}) < 4.5;
    push @faint, map { "$_ beside the page" }
        grep { contrast($colours->{$_}, $colours->{page}) < 3 } qw(edge focus);
    is_deeply(\@faint, [], '... and text stands out');
}
like($style, qr/^:focus-visible \{ outline: 3px solid var\(--focus\);/m, 'what has the focus shows it');
unlike($style, qr/outline:\s*(?:none|0)/, '... everywhere');

# What goes wrong, and what is said about it.
sub says {
    my ($name, $wanted, $pattern, @words) = @_;
    my ($got, $said, $errors) = authorityc('report', @words);
    is($got, $wanted, "$name: exit status $wanted");
    like($errors, $pattern, '... and why');
    is($said, '', '... and no page');
    return;
}

says('no arguments', 2, qr/^usage: /);
says('no -o', 2, qr/^usage: /, 'site.policy');
says('two policies', 2, qr/^usage: /, 'site.policy', 'site.policy', '-o', 'x.html');
says('no such policy', 2, qr/cannot read 'none'/, 'none', '-o', 'x.html');
says('no such directory', 2, qr{cannot write 'none/x\.html'}, 'site.policy', '-o', 'none/x.html');
says('the policy itself', 2, qr/would overwrite 'site\.policy'/, 'site.policy', '-o',
    'site.policy');
write_file("$place/other.txt", "of somebody\n");
says('what is no page', 2, qr/would overwrite 'other\.txt', which is no page/, 'site.policy', '-o',
    'other.txt');
is(bytes('other.txt'), "of somebody\n", 'and it is as it was');
write_file("$place/broken.policy", "<VirtualHost *:443>\n");
says('a broken policy', 1, qr/^broken\.policy:1:/, 'broken.policy', '-o', 'x.html');
write_file("$place/broken.table", substr bytes('site.table'), 0, 500);
says('a broken table', 2, qr/cannot use 'broken\.table'/, 'broken.table', '-o', 'x.html');
ok(!-e "$place/x.html", 'after none of these a file is left');
write_file("$place/kept.html", 'kept');
authorityc('report', 'broken.policy', '-o', 'kept.html');
is(bytes('kept.html'), 'kept', '... and one that was there stays');
like((authorityc('report', 'site.policy', '-o', 'x.html'))[2], qr/^x\.html: \d+ KiB$/,
    'where all is well, how large the page is');
write_file("$place/empty.policy", '');
is_sound(page_of('empty.policy'), 'empty.policy');
done_testing();
