#!/usr/bin/perl
# authorityc import: the policy of a real httpd's configuration. Each test/import/NAME.conf
# is read by httpd, and must come to NAME.policy, with the warnings of NAME.err; each of
# these policies compiles. ACCEPT=1 writes them anew.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/httpd/lib";
use Cwd qw(abs_path);
use File::Basename qw(basename);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use Outcome;
use Test::More;
use Time::HiRes qw(sleep time);
use Tree;

use Aty::H2;
use Aty::Ports;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
# No httpd without sanitizers loads a module that has them.
my $module = abs_path('out/mod_authority/mod_authority.so') or die "build it first\n";
my $make_certificates = abs_path('test/make-certificates');
my $import = abs_path('test/import');
my $demo = abs_path('build/demo.d');
my $suite = abs_path('test/httpd');
my $apxs = $ENV{APXS} || 'apxs';
chomp(my $modules = `\Q$apxs\E -q LIBEXECDIR`);
chomp(my $httpd = `\Q$apxs\E -q SBINDIR` =~ s,\s*$,/,r . `\Q$apxs\E -q PROGNAME`);
my $place = abs_path(tempdir("import-XXXXXX", DIR => out(), CLEANUP => 1));
chdir $place or die "$place: $!\n";
plan skip_all => "there is no httpd at $httpd" if !-x $httpd;

# Runs a program; returns exit code, standard output and standard error.
sub run {
    my (@words) = @_;
    return outcome('.', @words);
}

# What each configuration begins with.
sub head {
    my ($room) = @_;
    my @names = qw(mpm_event authz_core setenvif ssl socache_shmcb http2 macro);
    return "ServerRoot \"$room\"\nServerName main.example.com\n"
        . "DefaultRuntimeDir \"$room\"\nPidFile \"$room/pid\"\nErrorLog \"$room/error_log\"\n"
        . join '', map { "LoadModule ${_}_module $modules/mod_$_.so\n" } @names;
}

# Makes a room for a configuration: its certificates, and the files that it includes.
sub prepare {
    my ($name, $text, %variables) = @_;
    my $room = "$place/$name";
    my %of = (%variables, import => "$room/import", modules => $modules);
    my $fill = sub { $_[0] =~ s/\@(\w+)\@/$of{$1} \/\/ die "no $1\n"/ger };
    make_path("$room/import/conditions");
    for my $file (glob "$import/conditions/*") {
        write_file("$room/import/conditions/" . basename($file), $fill->(slurp($file)));
    }
    make_path("$room/import/below/private");
    write_file("$room/import/below/private/.htaccess",
        "# SSLVerifyClient optional\nRequire all granted\n<Files x>\n",
        "  sslverifyclient \"require\"\n</Files>\n");
    write_file("$room/text", "this is no certificate\n");
    $text = $fill->($text);
    write_file("$room/$name.conf", $text);
    if ($text =~ /^#: /m) {
        make_path(map { m,^#: (\S+)/, ? "$room/$1" : () } split /\n/, $text);
        is(system($make_certificates, "$room/$name.conf"), 0, "$name: certificates");
    }
    write_file("$room/httpd.conf", head($room), "Include \"$room/$name.conf\"\n");
    return $room;
}

sub import_of {
    my ($room, @more) = @_;
    return run($program, 'import', '--httpd', $httpd, '--module', $module, '-f',
        "$room/httpd.conf", @more);
}

# The text without what is this machine's own.
sub portable {
    my ($text, $room) = @_;
    return $text =~ s/\Q$room\E/ROOM/gr =~ s,Apache/\S+(?: \(\w+\))?,Apache,r
        =~ s/^(?:\[[^\]]*\] )+(?=AH)//mgr;
}

# The text must be that of the file.
sub is_as_in {
    my ($text, $path, $what) = @_;
    if ($ENV{ACCEPT}) {
        length $text ? write_file($path, $text) : unlink $path;
    }
    return is($text, -e $path ? slurp($path) : '', $what);
}

sub compiles {
    my ($policy, $name) = @_;
    write_file("$place/$name.policy", $policy);
    my ($code, undef, $said) = run($program, 'check', '-q', "$place/$name.policy");
    return is($code, 0, "$name: the policy compiles") || diag($said);
}

for my $conf (glob "$import/*.conf") {
    my ($name) = basename($conf) =~ /(.*)\.conf$/;
    next if $name eq 'real';
    my $room = prepare($name, slurp($conf));
    my ($code, $policy, $said) = import_of($room);
    is($code, 0, "$name: exit code") or diag($said);
    is_as_in(portable($policy, $room), "$import/$name.policy", "$name: the policy");
    is_as_in(portable($said, $room), "$import/$name.err", "$name: the warnings");
    compiles($policy, $name);
}

# Arguments of httpd's own.
{
    my (undef, $policy) = import_of("$place/conditions", '--', '-D', 'Given');
    like($policy, qr/ServerName given\.example\.com/, '-D for httpd');
    unlike($policy, qr/not-given/, '-D for httpd, and not the other');
    my (undef, $second) = import_of("$place/conditions", '--', '-c', "LoadModule authority_module $module");
    my (undef, $first) = import_of("$place/conditions");
    is($second, $first, 'a configuration that loads the module by itself');
}

# httpd by its usual names, in their order. Those in /usr/sbin are always in sight: where
# this machine has one of them that comes earlier, that one is asked.
{
    make_path("$place/bin");
    chomp(my $timeout = `sh -c 'command -v timeout'`);    # with which `run` begins
    symlink $timeout, "$place/bin/timeout" or die "no timeout: $!\n";
    for my $name (qw(apache2 httpd apache2ctl)) {
        write_file("$place/bin/$name", "#!/bin/sh\necho $name >>$place/asked\nexec $httpd \"\$@\"\n");
        chmod 0755, "$place/bin/$name";
        write_file("$place/asked");
        local $ENV{PATH} = "$place/bin";
        my ($code, undef, $said) = run($program, "import", "--module", $module, '-f', "$place/names/httpd.conf");
        is($code, 0, "$name is found") or diag($said);
        my ($earlier) = grep { $name ne 'apache2ctl' && -x }
            map { ("/usr/sbin/$_", "/usr/local/sbin/$_") }
            'apache2ctl', $name eq 'apache2' ? 'httpd' : ();
        is(slurp("$place/asked"), $earlier ? '' : "$name\n" x 2,
            ($earlier // $name) . ' is asked, without and with the module');
    }
}

# A module with sanitizers does not load; the run without them has this point.
if (out() eq 'out') {
    my (undef, $policy) = run($program, 'import', '--httpd', $httpd, '-f', "$place/names/httpd.conf");
    is($policy, (import_of("$place/names"))[1], 'the module is found beside the program');
}

# A table that is not there yet must not stand in the way of the policy for it.
{
    my ($code, $policy) = import_of("$place/names", '--', '-C',
        "LoadModule authority_module $module", '-c', 'AuthorityTable nowhere.table');
    is($code, 0, 'AuthorityTable without a table');
    like($policy, qr/ServerName WWW/, 'AuthorityTable without a table: a policy');
}

# The order of httpd's vhosts, and many of them.
{
    my $text = "#: certs/wild.pem example.com *.example.com\n"
        . "Listen 443\nSSLEngine on\nSSLCertificateFile certs/wild.pem\n"
        . "SSLCertificateKeyFile certs/wild.key\n";
    $text .= "<VirtualHost *:443>\n ServerName v$_.example.com\n ServerAlias w$_.example.com"
        . " x$_.example.com\n</VirtualHost>\n" for 1 .. 1000;
    my $room = prepare('thousand', $text);
    my $begin = time;
    my ($code, $policy) = import_of($room);
    is($code, 0, '1,000 vhosts');
    diag(sprintf '1,000 vhosts took %.1f s', time - $begin) if time - $begin > 3;
    is_deeply([$policy =~ /^    ServerName v(\d+)/mg], [1 .. 1000], '1,000 vhosts in order');
    is(scalar(() = $policy =~ /^    ServerAlias w\d+\.example\.com x\d+\.example\.com$/mg), 1000,
        '1,000 vhosts: all aliases');
    compiles($policy, 'thousand');
}

# Answers of `explain --pairs`: "connection authority verdict reason mod_ssl" by the pair.
sub pairs_of {
    my ($policy, $names, @more) = @_;
    write_file("$place/pairs", map { my $c = $_; map { "$c $_\n" } @$names } '-', @$names);
    my (undef, $answers) =
        run($program, 'explain', @more, $policy, '--pairs', "$place/pairs");
    return { map { my @w = split; ("$w[0] $w[1]" => [@w[2 .. 4]]) } split /\n/, $answers };
}

sub no_differences {
    my ($got, $expected, $fields, $what) = @_;
    my @wrong = grep { "@{$got->{$_}}[@$fields]" ne "@{$expected->{$_}}[@$fields]" } sort keys %$expected;
    cmp_ok(scalar keys %$expected, '>', 20, "$what: there are pairs");
    is(scalar @wrong, 0, "$what: " . scalar(keys %$expected) . ' pairs')
        or diag(map { "$_: @{$got->{$_}} for @{$expected->{$_}}\n" } @wrong[0 .. ($#wrong < 9 ? $#wrong : 9)]);
    return;
}

# The site of the demo against the policy that was written by hand.
{
    my $room = "$place/demo";
    make_path(map { "$room/$_" } qw(server staff htdocs stock));
    is(system($make_certificates, '-d', $room, "$demo/site.policy"), 0, 'demo: certificates');
    write_file("$room/httpd.conf", "Define Room $room\nDefine Server stock\nDefine Port 8443\n",
        "Define Modules $modules\nInclude $demo/site.conf\n");
    my ($code, $policy, $said) = import_of($room);
    is($code, 0, 'demo') or diag($said);
    write_file("$room/imported.policy", $policy);
    write_file("$room/site.policy", slurp("$demo/site.policy") =~ s/^SNIPolicy .*//mr,
        "UnknownAuthority serve\n");
    my @names = (map({ "$_.example.test" } qw(www static admin old files nowhere)), 'a.b');
    no_differences(map({ pairs_of("$room/$_.policy", \@names) } qw(imported site)), [0 .. 2],
        'demo: the imported policy and that by hand');
}

# The site of the httpd suite, likewise.
{
    my $port = 10_000;
    my $text = slurp("$suite/servers/site.conf.in");
    my %ports = map { $_ => $port++ } "$text " =~ /\@(\w*port)\@/g;
    my %of = (%ports, certs => 'certs', sni_policy => 'secure', documents => 'htdocs');
    my @more = map { "LoadModule ${_}_module $modules/mod_$_.so\n" } qw(headers auth_basic
        authn_core authn_file authz_user authz_host proxy proxy_http proxy_http2 proxy_connect);
    my %certificates = map { $_ => 1 } $text =~ m,\@certs\@/([\w-]+)\.pem,g;
    my $wanted = join '', map {
        /ca$/ ? "#: certs/$_.pem CA\n" : "#: certs/$_.pem *.example.test *.elsewhere.test\n"
    } sort keys %certificates;
    my $room = prepare('suite', $wanted . join('', @more) . $text, %of);
    my ($code, $policy, $said) = import_of($room);
    is($code, 0, 'suite') or diag($said);
    write_file("$room/imported.policy", $policy);
    my $by_hand = slurp("$suite/policy/site.policy.in") =~ s/\@(\w+)\@/$of{$1}/gr;
    write_file("$room/site.policy", $by_hand);
    my @names = map { "$_.example.test" } qw(www static admin old files location quiet partner
        alone users bob.users late late.users copy second ciphers new conf locked);
    no_differences(
        map({ pairs_of("$room/$_.policy", \@names, '--address', "127.0.0.1:$ports{site_port}") }
            qw(imported site)), [2], 'suite: what mod_ssl answers');
}

# A stock httpd answers as the imported policy says that mod_ssl does.
my $server;

sub start_server {
    my ($room) = @_;
    $server = fork // die "fork: $!\n";
    if ($server == 0) {
        open STDOUT, '>', "$room/output" or die;
        open STDERR, '>&', \*STDOUT or die;
        exec $httpd, '-f', "$room/httpd.conf", '-DFOREGROUND' or die "$httpd: $!\n";
    }
    my $end = time + 20;
    until (-e "$room/error_log" && slurp("$room/error_log") =~ /resuming normal operations/) {
        die "httpd does not start: ", slurp("$room/output"), "\n" if time > $end;
        sleep 0.05;
    }
    return;
}

sub stop_server {
    my $pid = $server or return;
    undef $server;
    local $?;
    kill TERM => $pid;
    waitpid $pid, 0;
    return;
}

my $owner = $$;
END { stop_server() if $$ == ($owner // 0) }

# What the server does with a request of the path on a connection of the name.
sub ask {
    my ($connection, $authority, $path) = @_;
    my $response = $connection->get($authority, $path);
    return 'http1-required' if ($response->{rst} // -1) == 13;
    return ($response->{status} // 0) == 421 ? 421 : 200;
}

# The table of an imported policy fits the httpd that it was imported from.
sub with_module {
    my ($room, $port, $said_of, $names) = @_;
    my ($code) = run($program, 'compile', '-q', "$room/imported.policy", '-o', "$room/table");
    is($code, 0, 'the imported policy is compiled');
    write_file("$room/httpd.conf", "LoadModule authority_module $module\n",
        slurp("$room/httpd.conf"), "AuthorityTable $room/table\nLogLevel authority:info\n");
    unlink "$room/error_log";
    start_server($room);
    my @wrong;
    for my $name (grep { !/^(?:-|nowhere|new|off)/ } @$names) {
        for my $authority (@$names[1 .. $#$names]) {
            my $connection = Aty::H2->connect(port => $port, sni => $name, version => 'TLSv1.2');
            my $expected = $said_of->{"$name $authority"}[0] eq 'misdirected' ? 421 : 200;
            my $answer = ask($connection, $authority, '/');
            push @wrong, "$name $authority: $answer for $expected" if $answer ne $expected;
            $connection->close;
        }
    }
    stop_server();
    is("@wrong", '', 'with the module httpd answers as the policy has it');
    my $log = slurp("$room/error_log");
    like($log, qr/ATY103/, 'the table is in use');
    unlike($log, qr/ATY10[24-9]/, 'the table knows every vhost with TLS');
    return;
}

{
    my ($first_port, $held) = Aty::Ports::reserve();
    my ($port) = Aty::Ports::free($first_port, 1);
    my $room = prepare('real', slurp("$import/real.conf"), port => $port);
    if ($> == 0) {
        my (undef, undef, undef, $group) = getpwnam 'nobody';
        write_file("$room/httpd.conf", slurp("$room/httpd.conf"), "User nobody\nGroup #$group\n");
    }
    my ($code, $policy, $said) = import_of($room);
    is($code, 0, 'real') or diag($said);
    write_file("$room/imported.policy", $policy);
    my @connections = ('-', map { "$_.example.test" } qw(www static users bob.users late.users
        late copy optional location condition new nowhere off));
    my @authorities = @connections[1 .. $#connections];
    my $said_of = pairs_of("$room/imported.policy", \@authorities);
    start_server($room);
    my ($asked, @wrong) = (0);
    for my $name (@connections) {
        for my $authority (@authorities) {
            my $expected = $said_of->{"$name $authority"}[2];
            my $connection = Aty::H2->connect(
                port => $port, sni => $name eq '-' ? undef : $name,
                version => $name =~ /^new/ ? 'TLSv1.3' : 'TLSv1.2');
            my $answer = ask($connection, $authority,
                $expected eq 'http1-required' ? '/asks' : '/');
            push @wrong, "$name $authority: $answer for $expected" if $answer ne $expected;
            $asked++;
            $connection->close;
        }
    }
    stop_server();
    with_module($room, $port, $said_of, \@connections);
    cmp_ok($asked, '>', 150, 'a stock httpd was asked');
    is("@wrong", '', "a stock httpd answers $asked pairs as the policy has it");
}

# What goes wrong: an exit code, a message, and nothing on the standard output.
sub fails {
    my ($words, $pattern, $what) = @_;
    my ($code, $output, $said) = run($program, 'import', @$words);
    is($code, 2, "$what: exit code");
    is($output, '', "$what: no output");
    like($said, $pattern, $what);
    return;
}

my @httpd = ('--httpd', $httpd);
write_file('bad.conf', head($place), "Nonsense here\n");
write_file('locked.conf', "ServerName x\n");
fails([@httpd, '-f', 'bad.conf'], qr/Invalid command 'Nonsense'.*authorityc: error: '.*' refuses/s,
    'a configuration that does not parse');
fails([@httpd, '-f', 'missing.conf'], qr/missing\.conf.*authorityc: error: /s, 'no configuration');
fails(['--httpd', 'no-such-httpd'], qr/error: there is no program 'no-such-httpd'/, 'no httpd');
fails(['--httpd', "$place/bad.conf"], qr/error: there is no program/, 'an httpd that is none');
fails(['--httpd', '/bin/true'], qr/error: '.*true' prints no dump/, 'a program that says nothing');
fails(['--httpd', '/bin/false'], qr/error: .*exit code 1/, 'a program that fails');
fails([@httpd, '-f', "$place/names/httpd.conf", '--module', 'no-such.so'],
    qr/error: cannot read the module 'no-such.so'/, 'no module');
fails([@httpd, '-f', "$place/names/httpd.conf", '--module', "$place/bad.conf"],
    qr/Cannot load .*error: /s, 'a module that is none');
fails(["$place/names/httpd.conf"], qr/^usage: authorityc import/, 'a file without its -f');
fails([@httpd, '--module', $module, '-f', "$place/names/httpd.conf", '-o', "$place/names"],
    qr/error: cannot write '.*names': /, 'no place for the policy');
{
    write_file('slow', "#!/bin/sh\necho authority-dump\nkill -9 \$\$\n");
    chmod 0755, 'slow';
    fails(['--httpd', "$place/slow"], qr/exit code 137/, 'an httpd that is killed');
}

SKIP: {
    skip 'a file of another user needs another user', 3 if $> != 0;
    chmod 0600, 'locked.conf';
    chmod 0755, $place;
    my $nobody = getpwnam 'nobody';
    my $there = abs_path($place);
    my ($code, $output, $said) = run('setpriv', '--reuid', $nobody, '--clear-groups', $program,
        'import', @httpd, '-f', "$there/locked.conf");
    is($code, 2, 'a configuration of another user: exit code');
    is($output, '', 'a configuration of another user: no output');
    like($said, qr/error: /, 'a configuration of another user');
}

# Written to a file, as a whole.
{
    my ($code, $output, $said) = import_of("$place/names", '-o', "$place/written.policy");
    is($code, 0, '-o');
    like($said, qr/written\.policy: 6 vhosts, \d+ NOTEs\n\z/, '-o: a summary');
    unlike((import_of("$place/names", '-q', '-o', "$place/written.policy"))[2], qr/6 vhosts/, '-q');
    is($output, '', '-o: nothing on the standard output');
    my (undef, $policy) = import_of("$place/names");
    is(slurp("$place/written.policy"), $policy, '-o: the same text');
}

# The reader of dumps may get anything.
my ($dump_code, $dump) = run($httpd, '-f', "$place/places/httpd.conf", '-C',
    "LoadModule authority_module $module", '-t', '-D', 'DUMP_AUTHORITY');
is($dump_code, 0, 'a dump');
write_file('dump', $dump);
is((run($program, 'import', '--dump', 'dump'))[1], (import_of("$place/places"))[1],
    'the policy of a dump is that of httpd');
write_file('legacy', $dump =~ s/^sni-policy\tyes/sni-policy\tno/mr =~ s/^http2\tyes/http2\tno/mr
    =~ s/^directive\t\S+\t\d+\tSSLVHostSNIPolicy.*\n//mr);
{
    my ($code, $policy) = run($program, 'import', '--dump', 'legacy');
    is($code, 0, 'an older httpd');
    like($policy, qr/^SNIPolicy legacy$/m, 'an older httpd: SNIPolicy');
    like($policy, qr/^Protocols http\/1\.1$/m, 'an httpd without mod_http2');
    compiles($policy, 'legacy');
}
# What a dump may have and the configurations above do not.
{
    my $odd = $dump =~ s/^address\t\*\t\*\t443$/address\twww.example.net\t192.0.2.7\t443/mr
        =~ s/^(server\tvhost.*location\.example\.com.*)\ttree$/$1\tbare/mr;
    my ($before, $after) = split /(?=^server\tvhost.*elsewhere)/m, $odd;
    $after =~ s/^address\t\*\t\*\t443$/address\tfe80::1\tfe80::1%eth0\t443/mg;
    write_file('odd', $before, $after);
    my ($code, $policy, $said) = run($program, 'import', '--dump', 'odd');
    is($code, 0, 'an odd dump') or diag($said);
    like($said, qr/: warning: 'www\.example\.net' in <VirtualHost> is the address 192\.0\.2\.7 now/,
        'a DNS name as an address');
    like($policy, qr/^<VirtualHost .*192\.0\.2\.7:443.*>$/m, 'a DNS name as an address, in the policy');
    like($said, qr/vhost 'location\.example\.com' comes from no line of a file/, 'a vhost of a module');
    like($policy, qr/Isolate on.*\n.*NOTE: vhost 'location/, 'a vhost of a module shares with nobody');
    like($said, qr/address 'fe80::1' is left out/, 'an address with a scope');
    compiles($policy, 'odd');
}

# Names of files are bytes: what moves a terminal's cursor does not get there.
{
    write_file('strange', $dump =~ s/^(server\tvhost)\t\S+/$1\t\xc2\x9b1m\xff.conf/mgr
        =~ s/^address\t\*\t\*\t443$/address\twww.example.net\t192.0.2.7\t443/mr);
    my ($code, $policy, $said) = run($program, 'import', '--dump', 'strange');
    is($code, 0, 'a dump with strange names') or diag($said);
    like($said, qr/^\Q??1m?.conf:\E\d+: warning: /m, 'strange names: warnings');
    unlike($said . $policy, qr/[\x80-\xff]/, 'strange names: nothing for a terminal');
    compiles($policy, 'strange');
}

my %bad = (
    'nothing'             => '',
    'no line end'         => 'authority-dump',
    'another program'     => "hello\n",
    'another version'     => "authority-dump\t2\nend\n",
    'no end'              => $dump =~ s/^end\n//mr,
    'half of it'          => substr($dump, 0, length($dump) / 2),
    'nothing in it'       => "authority-dump\t1\nend\n",
    'an unknown keyword'  => $dump =~ s/^http2\t/http9\t/mr,
    'a field too many'    => $dump =~ s/^(root\t.*)$/$1\tmore/mr,
    'a field too few'     => $dump =~ s/^(address\t.*)\t\d+$/$1/mr,
    'no number'           => $dump =~ s/^(address\t.*)\t\d+$/$1\tx/mr,
    'a large number'      => $dump =~ s/^(address\t.*)\t\d+$/$1\t99999999999/mr,
    'a bad escape'        => $dump =~ s/^root\t/root\t\\q/mr,
    'an escaped NUL'      => $dump =~ s/^root\t/root\t\\x00/mr,
    'a close too many'    => $dump =~ s/^end$/close\nend/mr,
    'a section not closed' => $dump =~ s/^end$/open\tf\t1\tIf\nend/mr,
    'two main servers'    => $dump =~ s/^end$/server\tmain\tf\t1\tn\thttp\ttree\nend/mr,
    'a name of nobody'    => $dump =~ s/^server\tmain/name\tx\nserver\tmain/mr,
    'deep sections'       => $dump =~ s/^end$/"open\tf\t1\tIf\n" x 10_000 . 'end'/mre,
    'zeros'               => "\0" x 10_000,
);
for my $what (sort keys %bad) {
    write_file('bad', $bad{$what});
    fails(['--dump', 'bad'], qr/^authorityc: error: cannot read the dump of mod_authority: /,
        "a dump: $what");
}

# Damage that may leave a dump: any exit code but a crash, and policies that compile.
srand 1;
my ($lived, $compiled) = (0, 0);
for my $round (1 .. 150) {
    my @lines = split /^/, $dump;
    for (1 .. 3) {
        my $at = int rand @lines;
        my $kind = int rand 4;
        $kind == 0 ? splice(@lines, $at, 1)
            : $kind == 1 ? splice(@lines, $at, 0, $lines[int rand @lines])
            : $kind == 2 ? ($lines[$at] =~ s/([^\t\n]+)(\n?)$/ chr(33 + rand 94) x (1 + rand 5) . $2/e)
            : ($lines[$at] =~ s/\t[^\t\n]*/\t/);
    }
    write_file('damaged', @lines);
    my ($code, $policy) = run($program, 'import', '--dump', 'damaged');
    $lived++ if $code eq '0' || $code eq '2';
    next if $code ne '0';
    write_file('damaged.policy', $policy);
    my ($checked, undef, $said) = run($program, 'check', '-q', 'damaged.policy');
    ok(0, "damaged dump $round compiles") || diag($said) if $checked ne '0';
    $compiled++;
}
is($lived, 150, 'damaged dumps: an exit code each');
cmp_ok($compiled, '>', 10, 'damaged dumps: some are still dumps');

done_testing();
