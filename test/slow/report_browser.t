#!/usr/bin/perl
# The page of `authorityc report` in a real browser: its search answers as `explain --all`
# does, for every name of the samples and of random sites, by all that can be typed, pressed
# and clicked; it complains of nothing, asks the network for nothing, fits on a narrow screen
# and on paper, says what it is to a screen reader, and is quick with 100,000 vhosts.
#
# REPORT_SEEDS=1-50 asks more random sites. REPORT_SHOTS=DIRECTORY keeps pictures of the page.
use strict;
use warnings;
use FindBin;
use lib map { "$FindBin::Bin/../$_" } qw(lib diff report clients/lib);
use Browser;
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json encode_json);
use List::Util qw(uniq);
use Outcome;
use Policies qw(pair_of policy_text certificate_lines);
use Test::More;
use Time::HiRes qw(time);
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $make_certificates = abs_path('test/make-certificates');
my $site_maker = abs_path('test/bench/policy.pl');
my $shots = $ENV{REPORT_SHOTS} && abs_path($ENV{REPORT_SHOTS});
my $place = abs_path(tempdir('report-browser-XXXXXX', DIR => out(), CLEANUP => 1));
my ($first_seed, $last_seed) = ($ENV{REPORT_SEEDS} // '1-6') =~ /^(\d+)-(\d+)$/
    or die "REPORT_SEEDS=FIRST-LAST\n";
my $browser = Browser->start("$place/home");

sub authorityc {
    my (@words) = @_;
    my ($code, $output, $errors) = outcome($place, $program, @words);
    die "authorityc @words: $errors" if $code;
    return $output;
}

# Makes the page of a policy, and opens it.
sub page_open {
    my ($policy, @looks) = @_;
    authorityc('report', '-q', $policy, '-o', "$policy.html");
    return $browser->open_file("$place/$policy.html", @looks);
}

sub is_quiet {
    my ($name) = @_;
    is_deeply([$browser->complaints], [], "$name: no complaint, nothing from the network");
}

# What the page answers, by address: "to" and "from", by kind, as sorted names. All that is
# folded is unfolded.
my $READ = <<'END';
(() => {
    const answers = document.getElementById("answers");
    for (let more; (more = answers.querySelector("button.more:not([hidden])"));) {
        more.click();
    }
    const read = {};
    for (const answer of answers.querySelectorAll(".answer")) {
        const ways = read[answer.dataset.address] = {};
        for (const way of answer.querySelectorAll(".way")) {
            const kinds = ways[way.dataset.way] = {};
            for (const kind of way.querySelectorAll("[data-kind]")) {
                const names = [...kind.querySelectorAll(".names > li > a")]
                    .map((link) => link.textContent);
                kinds[kind.dataset.kind] = names.sort();
                if (names.length !== Number(kind.dataset.count)) {
                    throw new Error(`${kind.dataset.kind} counts ${kind.dataset.count}`);
                }
            }
        }
    }
    return read;
})()
END

# By a link to the name, as there are many in the page.
sub answer_linked {
    my ($name) = @_;
    my $text = encode_json([$name]);
    $browser->evaluate("location.hash = '#q=' + encodeURIComponent($text\[0])");
    $browser->wait_for("document.getElementById('answers').dataset.for === $text\[0]");
    return $browser->evaluate($READ);
}

# By the keyboard; `host` is what it comes to where that is not the name.
sub answer_typed {
    my ($name, $host) = @_;
    my $text = encode_json([$host // lc $name]);
    $browser->evaluate('document.getElementById("name").focus()');
    $browser->evaluate('document.getElementById("name").select()');
    $browser->type($name);
    $browser->wait_for("document.getElementById('answers').dataset.for === $text\[0]");
    return $browser->evaluate($READ);
}

sub kinds_of {
    my ($list) = @_;
    return {map { ($_->{reason} // $_->{verdict}) => [sort @{$_->{names}}] } @$list};
}

# The same by `explain --all`: address => name => answers, for all names of the policy and
# some that its patterns may have. A vhost without HTTP/2 has no connections to tell of.
sub explained {
    my ($table, @others) = @_;
    my @vhosts = @{decode_json(authorityc('dump', '--json', $table))->{vhosts}};
    my %h2 = map { ("$_->{place}{file}:$_->{place}{line}" => $_->{h2}) } @vhosts;
    my @names = uniq(@others, map { @{$_->{names}} } @vhosts);
    my %answers;
    for my $address (uniq(map { address_text($_->{address}) } map { @{$_->{seats}} } @vhosts)) {
        my $asked = $address =~ s/:\*$/:9999/r;    # a port that nobody declares
        my $owners = owners($table, $asked, @names);
        for my $name (@names) {
            my ($code, $json) = outcome($place, $program, 'explain', '--json', '--address',
                $asked, '--all', $name, $table);
            next if $code;    # nobody has it there
            my $all = decode_json($json);
            $answers{$name}{$address} = {
                from => kinds_of($all->{on_connections_of_others}),
                to => $h2{$owners->{$name}} ? kinds_of($all->{on_its_connections}) : {},
            };
        }
    }
    return \%answers;
}

sub address_text {
    my ($address) = @_;
    my ($host, $port) = @{$address}{qw(host port)};
    return ($host =~ /:/ ? "[$host]" : $host) . ':' . ($port // '*');
}

# Name => place of the vhost that answers its connections on the address.
sub owners {
    my ($table, $address, @names) = @_;
    write_file("$place/questions", map { "$_ $_\n" } @names);
    return {map { my $place = $_->{connection_vhost}{place};
            ($_->{connection} => "$place->{file}:$place->{line}") }
        map { decode_json($_) } split /^/, authorityc('explain', '--json', '--address', $address,
            '--pairs', 'questions', $table)};
}

# Holds the answers of the open page against those. Returns how many there were.
sub answers_agree {
    my ($policy, $answer, @others) = @_;
    my $table = "$policy.table";
    authorityc('compile', '-q', '-Wno-error', '-Wno-error=duplicate-name', $policy, '-o', $table);
    my $expected = explained($table, @others);
    my @wrong;
    for my $name (sort keys %$expected) {
        my $got = $answer->($name);
        push @wrong, "$name: " . encode_json($got) . ' instead of ' . encode_json($expected->{$name})
            if JSON::PP->new->canonical->encode($got)
            ne JSON::PP->new->canonical->encode($expected->{$name});
    }
    is_deeply(\@wrong, [], "$policy: the search answers as explain does");
    return scalar keys %$expected;
}

# ---- samples, typed

# One where protocols are spelt alike, but are the default vhost's where none are said.
my $lent = <<'END';
<VirtualHost *:443>
ServerName first.example.com
SSLProtocol TLSv1.3
</VirtualHost>
<VirtualHost *:443>
ServerName lent.example.com
</VirtualHost>
<VirtualHost *:443>
ServerName said.example.com
SSLProtocol all
</VirtualHost>
<VirtualHost *:443>
ServerName zoned.example.com
Zone other
</VirtualHost>
END
my @samples = map { s{.*/}{}r } my @files =
    files(qr{^(?:policies/|build/demo\.d/|test/golden/verdict-)[^/]*\.policy$});
for my $file (@files) {
    copy($file, $place) or die "$file: $!\n";
}
write_file("$place/lent.policy", $lent);
write_file("$place/random.certificates", certificate_lines());
system('sh', $make_certificates, '-d', $place, "$place/random.certificates") == 0
    or die "no certificates\n";
system('sh', $make_certificates, map { "$place/$_" } @samples) == 0 or die "no certificates\n";

for my $sample (@samples, 'lent.policy') {
    page_open($sample);
    my $count = answers_agree($sample, \&answer_typed, 'Bob.Users.example.net');
    cmp_ok($count, '>', 2, "... to $count names");
    is_quiet($sample);
}

# ---- random sites, by links

my $asked = 0;
for my $seed ($first_seed .. $last_seed) {
    my ($old, $new) = pair_of($seed);
    write_file("$place/random$seed.policy", policy_text($new));
    page_open("random$seed.policy");
    $asked += answers_agree("random$seed.policy", \&answer_linked, qw(zz.a.test nz.b.test
        y.sub.a.test n.o.test));
}
is_quiet('random sites');
cmp_ok($asked, '>', 40, "$asked names of random sites were asked");

# ---- what an answer says

page_open('site.policy');
answer_typed('www.example.test');
my $said = $browser->evaluate(<<'END');
[...document.querySelectorAll("#answers [data-way=to] [data-kind]")].map((kind) =>
    kind.dataset.kind + ": " + [...kind.querySelectorAll(".said, .way-out")]
        .map((line) => line.textContent).join(" | "))
END
my %said = map { /^(\S+): (.*)/ } @$said;
like($said{'client-auth'}, qr/^SSLVerifyClient none default \| SSLVerifyClient require site\.policy:25 \| What to do: /,
    'both lines that differ, with their places, and what to do');
like($said{'location-client-auth'}, qr{^<Location /private> site\.policy:36 \| },
    'the <Location>, with its place');
like($said{'http1-only'}, qr{^Protocols http/1\.1 site\.policy:31 \| }, 'the Protocols likewise');
like($browser->evaluate('document.getElementById("found").textContent'),
    qr/answered on connections of 3 names, refused with 421 on those of 1\.$/,
    'what a screen reader is told of it');
is($browser->evaluate('document.getElementById("found").getAttribute("aria-live")'), 'polite',
    '... by itself');
is_deeply(answer_typed('https://WWW.Example.Test:8443/page?x#y',
    'www.example.test'), answer_typed('www.example.test'),
    'what is copied from an address line is understood');
answer_typed('nothing-like-it');
like($browser->evaluate('document.getElementById("found").textContent'),
    qr/^No vhost has the name nothing-like-it/, 'nobody\'s name is told to be that');

my $evil = '/<img src=x onerror=alert(1)></script><script>alert(2)</script>';
write_file("$place/hostile.policy", slurp("$place/site.policy") =~ s/^( *<Location )\S+>/$1"$evil">/mr);
page_open('hostile.policy');
answer_typed('www.example.test');
like($browser->evaluate('document.getElementById("answers").textContent'),
    qr/\Q<Location $evil>\E/, 'what looks like HTML is shown');
is($browser->evaluate('document.querySelectorAll("img, main script").length'), 0,
    '... and does nothing');
is_quiet('hostile words');

# ---- keyboard

sub focused {
    return $browser->evaluate('document.activeElement.id || document.activeElement.textContent');
}

page_open('site.policy');
$browser->press('Tab');
is(focused(), 'Search for a name', 'the first thing to reach leads to the search');
$browser->press('Enter');
is(focused(), 'name', '... and there one is');
$browser->type('amp');
$browser->wait_for('document.querySelectorAll("#names a").length === 5');
$browser->press('Tab');
my $chosen = focused();
like($chosen, qr/\.example\.test$/, 'the next are names with what was typed in them');
isnt($browser->evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none',
    '... which show that they have the focus');
$browser->press('Enter');
$browser->wait_for("document.querySelector('#answers h3')");
is($browser->evaluate('document.getElementById("name").value'), $chosen, '... and can be chosen');
is(focused(), 'name', '... and asked about further');
$browser->press('Tab');
like(focused(), qr/\.example\.test$/, 'and then the answers');
is_quiet('keyboard');

# ---- what a screen reader is told

sub roles {
    my ($name_of) = @_;
    my @nodes = grep { !$_->{ignored} }
        @{$browser->call('Accessibility.getFullAXTree')->{nodes}};
    my %found;
    push @{$found{$_->{role}{value}}}, $_->{name}{value} // '' for @nodes;
    return \%found;
}

my $roles = roles();
for my $landmark (qw(banner main search navigation contentinfo)) {
    is(scalar @{$roles->{$landmark} // []}, 1, "there is a landmark: $landmark");
}
like($roles->{searchbox}[0], qr/^A name: who shares connections with it/, 'the field is named');
is_deeply([grep { length } @{$roles->{table}}], $roles->{table}, 'each table has a name');
is(scalar @{$roles->{image}}, 1, 'of two pictures one is there');
like($roles->{image}[0], qr/^Groups of \*:8443/, '... and says what it is');
ok(!grep({ !length } @{$roles->{heading}}), 'each heading has a text');

# ---- looks

sub shot {
    my ($name) = @_;
    $browser->screenshot("$shots/$name.png") if $shots;
}

sub background {
    return $browser->evaluate('getComputedStyle(document.body).backgroundColor');
}

sub width { return $browser->evaluate('document.documentElement.scrollWidth') }

my $long = join '.', 'averyveryverylongnamethatnobodywouldtypebutthatissomewhere', ('part') x 20;
write_file("$place/long.policy", slurp("$place/site.policy")
        =~ s/ServerName old\./ServerName $long./r);
write_file("$place/cloud.policy", join '',
    "#: cloud.pem *.example.com\nSSLCertificateFile cloud.pem\n", map { <<"VHOST" } 1 .. 8);
<VirtualHost *:443>
    ServerName @{[substr "$_-instance-of-a-service-that-a-machine-has-given-a-name", 0, 40]}.example.com
    Zone zone$_
</VirtualHost>
VHOST
system('sh', $make_certificates, "$place/cloud.policy") == 0 or die "no certificate\n";
for my $policy (qw(site.policy hosting.policy long.policy cloud.policy)) {
    page_open($policy, width => 400, scheme => 'dark');
    is(background(), 'rgb(21, 24, 28)', "$policy: dark, where the reader likes that");
    shot("$policy-dark-400");
    answer_linked($browser->evaluate('document.querySelector("main table .name").textContent'));
    cmp_ok(width(), '<=', 400, '... and no wider than a small screen, with an answer');
    shot("$policy-dark-400-answer");
    $browser->looks(width => 800);
    cmp_ok(width(), '<=', 800, '... and than a small window');
    $browser->looks(width => 1200);
    is(background(), 'rgb(255, 255, 255)', '... and else light');
    shot("$policy-light");
    $browser->looks(width => 720, media => 'print', scheme => 'dark');
    is(background(), 'rgb(255, 255, 255)', '... and light on paper');
    cmp_ok(width(), '<=', 720, '... and no wider than that');
    is($browser->evaluate('[...document.querySelectorAll("details")].filter((one) =>
        one.lastElementChild.getBoundingClientRect().height === 0).length'), 0,
        '... with nothing folded');
    shot("$policy-print");
}
$browser->pdf("$place/page.pdf");
like(slurp("$place/page.pdf"), qr/\A%PDF-/, 'it is printed');

# ---- without scripts

$browser->open_file("$place/site.policy.html", no_scripts => 1);
my $tree = $browser->call('DOM.getDocument', {depth => 0})->{root}{nodeId};
for my $wanted ('#no-search', 'svg.wide', 'main table', '#plan') {
    my $node = $browser->call('DOM.querySelector', {nodeId => $tree, selector => $wanted})->{nodeId};
    my $box = eval { $browser->call('DOM.getBoxModel', {nodeId => $node})->{model} };
    cmp_ok($box ? $box->{height} : 0, '>', 10, "without scripts there is $wanted");
}
my $form = $browser->call('DOM.querySelector', {nodeId => $tree, selector => '#search-form'});
ok(!eval { $browser->call('DOM.getBoxModel', {nodeId => $form->{nodeId}}) },
    '... and no field that nobody reads');

# ---- a large site

mkdir "$place/certificates" or die "certificates: $!\n";
my ($code, $policy, $errors) = outcome($place, 'perl', $site_maker, 100_000,
    "$place/certificates");
die "no large site: $errors" if $code;
my $vhost = 0;
my @own = ("SSLVerifyClient require\nSSLCACertificateFile staff/test-ca.pem\n",
    "Protocols http/1.1\n", "SSLProtocol TLSv1.3\n", "Zone customers\n");
$policy =~ s{^(<VirtualHost .*\n)}{$vhost++ % 25 ? $1 : $1 . $own[$vhost / 25 % 4]}gme;
write_file("$place/large.policy", $policy);
my $begin = time;
authorityc('report', '-q', 'large.policy', '-o', 'large.policy.html');
note(sprintf 'made in %.1f s, %d KiB', time - $begin, (-s "$place/large.policy.html") / 1024);
cmp_ok(-s "$place/large.policy.html", '<', 5_000_000, '100,000 vhosts: the page is below 5 MB');
note(sprintf 'open, and the search ready, in %.2f s',
    $browser->open_file("$place/large.policy.html"));
shot('large-light');
authorityc('compile', '-q', 'large.policy', '-o', 'large.table');
for my $name (qw(site25.g00000.example.test static99999.g00999.example.test
    www50075.g00500.example.test)) {
    $begin = time;
    $browser->evaluate("location.hash = '#q=$name'");
    $browser->wait_for("document.getElementById('answers').dataset.for === '$name'");
    note(sprintf '%s: answered in %.2f s', $name, time - $begin);
    my $counts = $browser->evaluate('Object.fromEntries(
        [...document.querySelectorAll("#answers [data-way=from] [data-kind]")].map((kind) =>
            [kind.dataset.kind, Number(kind.dataset.count)]))');
    my $all = decode_json(authorityc('explain', '--json', '--all', $name, 'large.table'));
    my $kinds = kinds_of($all->{on_connections_of_others});
    is_deeply($counts, {map { $_ => scalar @{$kinds->{$_}} } keys %$kinds},
        "... as explain answers: $name");
    shot("large-$name");
}
$browser->looks(width => 400);
cmp_ok(width(), '<=', 400, '... and fits on a small screen');
shot('large-400');
is_quiet('a large site');
$browser->stop;
done_testing();
