#!/usr/bin/perl
# `authorityc plan`: what it tells, and that what it promises comes true.
#
# plan/NAME.policy has lines '#$ OPTIONS'; plan/NAME.plan is what `plan OPTIONS` says, one
# after the other. `ACCEPT=NAME test/plan.t` writes it; read it before you believe it. The
# sample policies have theirs as plan/sample-NAME.plan.
#
# Of these and of random policies (PLAN_SEEDS=1-500 asks more than the few that are always
# asked) every remedy is applied: the written policy compiles, `plan` counts what was
# promised, and `diff` finds nothing opened that was refused for a reason that counts.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/diff";
use Cwd qw(abs_path);
use File::Basename qw(basename);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use Outcome;
use Policies qw(pair_of policy_text certificate_lines);
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $make_certificates = abs_path('test/make-certificates');
my $place = tempdir('plan-XXXXXX', DIR => out(), CLEANUP => 1);
my ($first_seed, $last_seed) = ($ENV{PLAN_SEEDS} // '1-20') =~ /^(\d+)-(\d+)$/
    or die "PLAN_SEEDS=FIRST-LAST\n";
my @REMEDIES = qw(unify http1 certificates addresses);

sub run_plan {
    my (@words) = @_;
    return outcome($place, $program, 'plan', @words);
}

# The plan of a policy, as JSON has it.
sub planned {
    my ($policy, @options) = @_;
    my ($code, $output, $errors) = run_plan('--json', @options, $policy);
    die "plan $policy: $code $errors" if $code !~ /^[01]$/;
    my $plan = decode_json($output);
    $plan->{code} = $code;
    return $plan;
}

sub remedy {
    my ($plan, $name) = @_;
    my ($remedy) = grep { $_->{name} eq $name } @{$plan->{remedies}};
    return $remedy;
}

# Pairs that are answered in NEW although OLD refused them for a reason that no remedy may
# touch. What certificates and spelling end, remedies may.
sub opened {
    my ($old, $new) = @_;
    my ($code, $output, $errors) = outcome($place, $program, 'diff', '--json', $old, $new);
    die "diff $old $new: $errors" if $code !~ /^[01]$/;
    return map { "$_->{old}{reason}: $_->{pairs}" }
        grep { $_->{direction} eq 'opens' && $_->{old}{reason} !~ /^(?:textual|certificate|not-covered)$/ }
        @{decode_json($output)->{changes}};
}

# Applies remedies; returns what is wrong.
sub broken_promise {
    my ($policy, $promised, @remedies) = @_;
    my @options = map { "--$_" } @remedies;
    my ($code, $output, $errors) = run_plan('--apply', @options, '-o', 'applied.policy', $policy);
    return "exit code $code: $errors" if $code ne ($promised ? 1 : 0);
    my $left = planned('applied.policy')->{attempts}{pairs};
    return "$left pairs are left, $promised were promised" if $left != $promised;
    # At an address of its own a vhost answers what was refused at the common one.
    my @opened = (grep { $_ eq 'addresses' } @remedies) ? () : opened($policy, 'applied.policy');
    return "opened: @opened" if @opened;
    return $output =~ /^applied\.policy: $promised of/m ? undef : "it says: $output";
}

# All that a plan promises: of unify alone, and of the others on top of it.
sub check_promises {
    my ($policy, $what) = @_;
    my $plan = planned($policy);
    my @broken;
    for my $name (@REMEDIES) {
        my $remedy = remedy($plan, $name);
        next if defined $remedy->{fault};
        my $why = broken_promise($policy, $remedy->{after},
            $name eq 'unify' ? 'unify' : ('unify', $name));
        push @broken, "$name: $why" if defined $why;
        push @broken, "$name: pairs come" if $remedy->{after} > $remedy->{before};
    }
    push @broken, 'exit code' if $plan->{code} != ($plan->{attempts}{pairs} ? 1 : 0);
    ok(!@broken, "$what: what is promised comes true") or diag(map { "$_\n" } @broken);
    return;
}

# What `plan` says of a policy with each of the options.
sub told {
    my ($policy, @options) = @_;
    my $text = '';
    for my $options (@options) {
        my ($code, $output, $errors) = run_plan((split ' ', $options), $policy);
        $errors =~ s/^\Q$policy\E: \d+ warnings?, which 'authorityc check' shows\n//;
        $text .= join(' ', '$ plan', $options || (), $policy) . "\n$output$errors" . "exit $code\n\n";
    }
    return $text;
}

sub check_golden {
    my ($name, $policy, $expected, @options) = @_;
    my $told = told($policy, @options);
    write_file($expected, $told) if ($ENV{ACCEPT} // '') =~ /^(?:\Q$name\E|all)\z/;
    is($told, slurp($expected), $expected);
    return;
}

sub place_policy {
    my ($path) = @_;
    copy($path, "$place/" . basename($path)) or die "$path: $!\n";
    my ($code, undef, $errors) = outcome($place, $make_certificates, basename($path));
    die "$path: $errors" if $code;
    return basename($path);
}

# The policies with what is told of them.
for my $path (files(qr{^test/plan/[^/]+\.policy$})) {
    my $policy = place_policy($path);
    my $name = basename($path, '.policy');
    check_golden($name, $policy, "test/plan/$name.plan", slurp($path) =~ /^#\$ ?(.*)$/mg);
    check_promises($policy, $name);
}
for my $path (files(qr{^policies/[^/]+\.policy$})) {
    my $policy = place_policy($path);
    my $name = 'sample-' . basename($path, '.policy');
    check_golden($name, $policy, "test/plan/$name.plan", '');
    check_promises($policy, $name);
}

# Random ones.
write_file("$place/all.policy", certificate_lines());
outcome($place, $make_certificates, 'all.policy');
my $attempts = 0;
for my $seed ($first_seed .. $last_seed) {
    my ($policy) = pair_of($seed);
    write_file("$place/random.policy", policy_text($policy));
    check_promises('random.policy', "seed $seed");
    $attempts += planned('random.policy')->{attempts}{pairs};
}
cmp_ok($attempts, '>', $last_seed - $first_seed, 'random policies have attempts');

# Certificates: nobody's names on two, no more than is allowed, none beside its wildcard.
for my $policy (qw(patterns.policy max-names.policy hosting.policy two-addresses.policy)) {
    for my $most (2, 3, 100) {
        my $list = remedy(planned($policy, '--max-names', $most), 'certificates')->{certificates};
        my @names = map { @{$_->{names}} } @$list;
        my %seen;
        ok(!(grep { $seen{$_}++ } @names), "$policy, $most names: each name once");
        ok(!(grep { @{$_->{names}} > $most } @$list), '... and not more on one');
        my %parents = map { s/^\*//r => 1 } grep { /^\*/ } @names;
        ok(!(grep { /^[^*.]+(\..*)/ && $parents{$1} } @names), '... and none beside its wildcard');
    }
}

# The written policy: what changes stands beside what was there; nobody's file is lost.
place_policy('policies/wildcard.policy');
unlink "$place/NEW.policy";
my ($code, $output, $errors) = run_plan('--apply', '-o', 'NEW.policy', 'wildcard.policy');
is("$code$errors", '0', 'wildcard.policy is applied');
my $new = slurp("$place/NEW.policy");
like($new, qr{\n    # from wildcard.policy:20\n    # was SSLCertificateFile certs/wild.pem\n    SSLCertificateFile NEW.certificates/www.example.com.pem\n},
    'what was stands beside what is, with its place');
is(() = $new =~ /# was/g, 4, '... and only what changes');
my $stand_in = "$place/NEW.certificates/www.example.com.pem";
like(slurp($stand_in), qr/^stand-in of authorityc plan; nobody has its key/, 'a stand-in says what it is');
ok(!glob("$place/NEW.certificates/*.key"), '... and has no key');
my $before = slurp($stand_in);
($code) = run_plan('--apply', '-o', 'NEW.policy', 'wildcard.policy');
is($code, 0, 'once more');
is(slurp($stand_in), $before, '... and stand-ins with the right names stay');
($code) = run_plan('--apply', '-o', 'NEW.policy', '--max-names', 2, 'wildcard.policy');
isnt(slurp($stand_in), $before, 'one with other names is replaced');
copy("$place/certs/wild.pem", $stand_in);
$before = slurp($stand_in);
write_file("$place/NEW.policy", 'untouched');
($code, $output, $errors) = run_plan('--apply', '-o', 'NEW.policy', 'wildcard.policy');
is($code, 2, 'a certificate that is no stand-in');
like($errors, qr/www\.example\.com\.pem' is there, and is neither a stand-in nor/, '... is told');
is(slurp($stand_in) . slurp("$place/NEW.policy"), "${before}untouched", '... and nothing is written');

# Elsewhere, and over the policy itself where it is named.
mkdir "$place/elsewhere" or die "elsewhere: $!\n";
($code, $output, $errors) = run_plan('--apply', '-o', 'elsewhere/site', 'wildcard.policy');
is("$code$errors", '0', 'a policy in another directory');
like(slurp("$place/elsewhere/site"), qr{SSLCertificateFile site\.certificates/www\.example\.com\.pem},
    '... with certificates beside it');
like(slurp("$place/elsewhere/site"), qr{SSLCertificateFile \Q@{[abs_path($place)]}\E/certs/wild\.pem},
    '... and old ones where they are');
is((outcome($place, $program, 'check', '-q', 'elsewhere/site'))[0], 0, '... and it compiles');
copy("$place/wildcard.policy", "$place/own.policy");
is((run_plan('--apply', '-o', 'own.policy', 'own.policy'))[0], 0, 'the policy itself, named');
is(planned('own.policy')->{attempts}{pairs}, 0, '... is changed');
($code, $output, $errors) = run_plan('--apply', '--addresses', '-o', '-', 'wildcard.policy');
like($output, qr/^# was <VirtualHost \*:443>\n<VirtualHost 192\.0\.2\.1:443>\n/m, 'on standard output');
like($errors, qr/^addresses: 1 vhost changed, 2 of 2 pairs end\n/m, '... with the summary beside it');
unlike($errors, qr/stand-in/, '... and no stand-ins, as none is wanted');
(undef, $output, $errors) = run_plan(qw(--apply --certificates -o - wildcard.policy));
like($output, qr{^    SSLCertificateFile policy\.certificates/www\.example\.com\.pem\n}m, 'certificates on standard output');
like($errors, qr{^stand-ins for 1 certificate: \S*/policy\.certificates\n}m, '... with stand-ins, and where they are');
ok(-e "$place/policy.certificates/www.example.com.pem", '... there');

# A certificate that covers all is given to another vhost only where the same authority
# signed both: not one that nobody signed, nor one of another authority.
sub openssl {
    my (@words) = @_;
    my ($exit, undef, $why) = outcome($place, 'openssl', @words);
    die "openssl @words: $why" if $exit;
    return;
}
write_file("$place/issuer.policy", "#: certs/issuer-www.pem www.example.com\n", map { <<"END" }
<VirtualHost *:443>
    ServerName            $_->[0].example.com
    SSLCertificateFile    certs/$_->[1].pem
    SSLCertificateKeyFile certs/$_->[1].key
</VirtualHost>
END
    ['a', 'issuer'], ['b', 'issuer'], ['www', 'issuer-www']);
outcome($place, $make_certificates, 'issuer.policy');
openssl(qw(req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=example.com),
    qw(-addext subjectAltName=DNS:*.example.com -keyout certs/issuer.key -out issuer.request));
for my $case (
    ['itself', 0, qw(-signkey certs/issuer.key)],
    ['another authority', 0, qw(-CA certs/one-certificate-api.pem -CAkey certs/one-certificate-api.key)],
    ['the same authority', 1, qw(-CA certs/test-ca.pem -CAkey certs/test-ca.key)],
) {
    my ($whose, $given, @signer) = @$case;
    openssl(qw(x509 -req -in issuer.request -days 90 -copy_extensions copyall -out certs/issuer.pem), @signer);
    is(@{remedy(planned('issuer.policy'), 'unify')->{changes}}, $given, "a certificate signed by $whose");
}

# A key of which OpenSSL cannot tell the length counts as one of the default kind.
write_file("$place/garbled.policy", map { <<"END" } ['www', 'red'], ['api', 'blue']);
<VirtualHost *:443>
    ServerName            $_->[0].example.com
    Zone                  $_->[1]
    SSLCertificateFile    certs/garbled.pem
    SSLCertificateKeyFile certs/garbled.key
</VirtualHost>
END
openssl(qw(req -x509 -newkey rsa:2048 -nodes -subj /CN=example.com -days 90),
    qw(-addext subjectAltName=DNS:*.example.com -keyout certs/garbled.key -out garbled.pem));
openssl(qw(x509 -in garbled.pem -outform DER -out garbled.der));
(my $garbled = slurp("$place/garbled.der")) =~ s/(?<=\x03\x82\x01\x0f\x00)\x30/\x31/ or die "no RSA key\n";
write_file("$place/garbled.der", $garbled);
openssl(qw(x509 -inform DER -in garbled.der -out certs/garbled.pem));
is_deeply([map { $_->{key} } @{remedy(planned('garbled.policy'), 'certificates')->{certificates}}],
    [('ecdsa') x 2], 'a key that cannot be decoded is of the default kind');

# Following a plan, and another one later: what the first one made goes on to be used, and so
# the second has files of its own; then nothing is left to do.
write_file("$place/again.policy", slurp("$place/wildcard.policy"));
run_plan(qw(--apply -o again.policy again.policy));
my $again = slurp("$place/again.policy");
my $first = slurp("$place/again.certificates/www.example.com.pem");
$again =~ s/(ServerName static\.example\.com\n)/$1    Zone other\n/ or die "static has gone\n";
write_file("$place/again.policy", $again);
my $later = remedy(planned('again.policy'), 'certificates');
is_deeply([map { $_->{path} } @{$later->{certificates}}],
    ['again.certificates/www.example.com-2.pem', 'again.certificates/static.example.com.pem'],
    'certificates beside those that a followed plan uses');
is_deeply([$later->{after}, $later->{obstacles}], [0, []], '... end all');
is((run_plan(qw(--apply -o again.policy again.policy)))[0], 0, '... when they are there, too');
is(slurp("$place/again.certificates/www.example.com.pem"), $first, '... and the others stay');
is(planned('again.policy')->{attempts}{pairs}, 0, '... and then nothing is left to do');

# A log weighs.
write_file("$place/access.log", map { "[22/Nov/2026:12:00:00 +0000] $_ 198.51.100.7\n" }
    ('www.example.com admin.example.com misdirected client-auth 421') x 3,
    ('www.example.com www.example.com same - 200') x 2,
    'www.example.com nobody.example.org misdirected unknown-authority 421');
($code, $output, $errors) = run_plan('--log', 'access.log', 'wildcard.policy');
like($output, qr/the log has 4 requests with 421, 3 of these pairs/, 'requests of the log are counted');
like($output, qr/certificates\s+ends 2 of 2, and 3 of 3 logged requests/, '... for each remedy');
my $logged = planned('wildcard.policy', '--log', 'access.log');
is($logged->{log}{requests}, 4, '... in JSON, too');
is(remedy($logged, 'certificates')->{requests_after}, 0, '... and what is left of them');

(my $returned = slurp("$place/access.log")) =~ s/\n/\r\n/g;
$returned .= qq(www.example.com:443 198.51.100.7 - - [22/Nov/2026:12:00:00 +0000] "GET / HTTP/2.0" 421 5 )
    . qq("https://www.example.com/" "Chrome"\r\n);
write_file("$place/returned.log", $returned);
is(planned('wildcard.policy', '--log', 'returned.log')->{log}{unread}, 0, 'lines that end in CR LF are read');

# What cannot be: messages, exit codes, nothing written.
outcome($place, $program, 'compile', '-q', 'wildcard.policy', '-o', 'wildcard.table');
write_file("$place/wrong.policy", "ServerNaem x\n");
write_file("$place/noise.log", "nothing that anybody knows\n");
for my $case (
    [2, qr/^usage: authorityc plan/],
    [2, qr/^usage: authorityc plan/, qw(wildcard.policy nothing.policy)],
    [2, qr/^authorityc: error: --apply needs '-o NEW\.policy'/, qw(--apply wildcard.policy)],
    [2, qr/^authorityc: error: -o says where --apply writes/, qw(-o never wildcard.policy)],
    [2, qr/^authorityc: error: .* cannot both be written/, qw(--apply --json -o - wildcard.policy)],
    [2, qr/^authorityc: error: .* cannot both be read/, qw(--log - -)],
    [2, qr/--max-names takes a number from 1 to 100000, not '0'/, qw(--max-names 0 wildcard.policy)],
    [2, qr/--max-names takes .* not '-3'/, qw(--max-names=-3 wildcard.policy)],
    [2, qr/--max-names takes .* not '3x'/, qw(--max-names 3x wildcard.policy)],
    [2, qr/--certificates takes policy, mdomain, certbot or json, not 'x'/, qw(--certificates=x wildcard.policy)],
    [2, qr/--addresses takes IP addresses.*not 'a'/, '--addresses=192.0.2.1,a', 'wildcard.policy'],
    [2, qr/--addresses takes IP addresses.*not '192\.0\.2\.1:443'/, qw(--addresses=192.0.2.1:443 wildcard.policy)],
    [2, qr/cannot use log 'missing\.log': /, qw(--log missing.log --apply -o never wildcard.policy)],
    [2, qr/cannot use log 'noise\.log': /, qw(--log noise.log wildcard.policy)],
    [2, qr/'wildcard\.table' is a table; a plan changes directives/, 'wildcard.table'],
    [2, qr/cannot read 'missing'/, 'missing'],
    [1, qr/wrong\.policy:1:1: error: unknown directive/, qw(--apply -o never wrong.policy)],
    [2, qr/cannot (?:write|make) .*no\/directory/, qw(--apply -o no/directory/x.policy wildcard.policy)],
) {
    my ($expected, $message, @words) = @$case;
    my ($exit, $said, $why) = run_plan(@words);
    is($exit, $expected, "plan @words: exit code");
    like($why, $message, '... and why');
    is($said, '', '... and no answer');
}
ok(!-e "$place/never" && !-e "$place/never.certificates", 'and nothing is written');

done_testing;
