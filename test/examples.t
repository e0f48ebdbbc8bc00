#!/usr/bin/perl
# The examples of authorityc's man pages are run, each page's in a place of its own, where
# the sample policies are, and an httpd that is configured as wildcard.policy says. To
# authorityc, this httpd runs on every address, and has the names of example.com. What an
# example shows is what it prints: '...' stands for any lines, or for the rest of a line; that
# there are warnings is left out.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/httpd/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Outcome;
use Test::More;
use Time::HiRes qw(sleep);
use Tree;

use Aty::Ports;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
# No httpd without sanitizers loads a module that has them.
my $module = abs_path('out/mod_authority/mod_authority.so') or die "build it first\n";
my $apxs = $ENV{APXS} || 'apxs';
my ($modules, $sbin, $name) = map { qx(\Q$apxs\E -q $_) =~ /(\S+)/ } qw(LIBEXECDIR SBINDIR PROGNAME);
my $httpd = "$sbin/$name";
my $root = abs_path(tempdir('examples-XXXXXX', DIR => out(), CLEANUP => 1));
my ($first_port, $held) = Aty::Ports::reserve();
my ($port) = Aty::Ports::free($first_port, 1);
my $server;    # its process
END { kill TERM => $server if $server }

# The site of wildcard.policy, as httpd has it.
sub httpd_conf {
    my ($place, $port) = @_;
    my @vhosts = (['www', "ServerAlias example.com\n"], ['static', ''],
        ['admin', "SSLVerifyClient require\nSSLCACertificateFile $place/certs/staff-ca.pem\n"]);
    return "ServerRoot \"$place\"\nServerName main.example.com\nDefaultRuntimeDir \"$place\"\n",
        "PidFile \"$place/pid\"\nErrorLog \"$place/error_log\"\nProtocols h2 http/1.1\n",
        (map {"LoadModule ${_}_module $modules/mod_$_.so\n"}
            qw(mpm_event authz_core setenvif ssl socache_shmcb http2)),
        "LoadModule authority_module $module\n",
        map {"<VirtualHost *:$port>\nServerName $_->[0].example.com\nSSLEngine on\n"
            . "SSLCertificateFile $place/certs/wild.pem\n"
            . "SSLCertificateKeyFile $place/certs/wild.key\n$_->[1]</VirtualHost>\n"} @vhosts;
}

sub write_program {
    my ($path, $script) = @_;
    write_file($path, "#!/bin/sh\n$script\n");
    chmod 0755, $path or die "$path: $!\n";
    return;
}

# A place with all that the examples name. No server runs there to be restarted.
sub make_place {
    my ($place) = @_;
    make_path(map {"$place/$_"} qw(bin etc new));
    system('cp', '-R', "$root/samples/.", $place) == 0 or die "no samples\n";
    write_file($_, httpd_conf($place, 443)) for "$place/etc/apache2.conf", "$place/new/apache2.conf";
    write_file("$place/pairs.log", "www.example.com admin.example.com\n",
        "- www.example.com\n", "www.example.com admin.example.com\n");
    write_program("$place/bin/authorityc", "export LD_PRELOAD='$root/elsewhere.so' PORT=$port\n"
        . "export NAMES='$root/names' SSL_CERT_FILE='$place/certs/test-ca.pem'\n"
        . "exec '$program' \"\$\@\"");
    write_program("$place/bin/$_", "exec '$httpd' -f '$place/etc/apache2.conf' \"\$@\"")
        for qw(apache2 apache2ctl);
    write_program("$place/bin/apachectl",
        "[ \"\$1\" = graceful ] || exec '$httpd' -t -f '$place/etc/apache2.conf'");
    write_program("$place/bin/ssh", 'shift; exec "$@"');
    for my $line ('import -q -o site.policy', 'import -q -o etc/site.policy',
        'compile -q etc/site.policy -o etc/site.table', 'compile -q site.policy -o site.table') {
        local $ENV{PATH} = "$place/bin:$ENV{PATH}";
        my ($code, undef, $errors) = outcome($place, 'authorityc', split ' ', $line);
        $code == 0 or die "authorityc $line: $errors\n";
    }
    return $place;
}

# Where the examples look for servers.
sub make_elsewhere {
    system($ENV{CC} || 'cc', '-shared', '-fPIC', '-o', "$root/elsewhere.so",
        'test/probe/names.c', 'test/examples/elsewhere.c') == 0 or die "cc failed\n";
    write_file("$root/names", map {"192.0.2.1 $_.example.com\n"} qw(www static admin api));
    return;
}

# The site of the place, with the table that the place has, but for its port.
sub start_server {
    my ($place) = @_;
    my $policy = slurp("$place/etc/site.policy") =~ s/\*:443/*:$port/gr;
    write_file("$place/server.policy", "PublicPort 443\n$policy");
    write_file("$place/server.conf", httpd_conf($place, $port), "Listen 127.0.0.1:$port\n",
        "AuthorityTable $place/server.table\n", $> ? () : "User nobody\nGroup nogroup\n");
    outcome($place, $program, qw(compile -q server.policy -o server.table));
    system($httpd, '-f', "$place/server.conf") == 0 or die "httpd does not start\n";
    for (1 .. 100) {
        sleep 0.1;
        ($server) = -s "$place/pid" ? slurp("$place/pid") =~ /(\d+)/ : ();
        return if $server;
    }
    die "httpd does not come up\n";
}

# The commands of a page's examples, each with the lines that are shown under it.
sub examples {
    my ($page) = @_;
    my ($section) = slurp($page) =~ /^\.Sh EXAMPLES\n(.*?)(?=^\.Sh |\z)/ms or return;
    my @found;
    for my $block ($section =~ /^\.Bd -literal[^\n]*\n(.*?)^\.Ed$/msg) {
        $block =~ s/\\&//g;
        $block =~ s/\\e/\\/g;
        for my $example (split /^(?=\$ )/m, $block) {
            my ($command, $shown) = $example =~ /\A\$ (.*\n(?:> .*\n)*)((?:.*\n)*)\z/
                or do { fail("$page: '\$ ' and a command, not: $example"); next };
            push @found, [$command =~ s/\n> /\n/gr, $shown];
        }
    }
    return @found;
}

# The pattern that an output has to match for what is shown.
sub pattern_of {
    my ($shown) = @_;
    my $pattern = join '', map {
        $_ eq "...\n" ? '(?:.*\n)*' : s/ \.\.\.\n\z// ? quotemeta("$_ ") . '.*\n' : quotemeta
    } $shown =~ /.*\n/g;
    return qr/\A$pattern\z/;
}

sub test_page {
    my ($page) = @_;
    my @examples = examples($page);
    cmp_ok(scalar @examples, '>', 1, "$page has examples");
    my $place = make_place("$root/" . $page =~ s,.*/,,r);
    local $ENV{PATH} = "$place/bin:$ENV{PATH}";
    start_server($place) if $page =~ /probe/;
    for my $example (@examples) {
        my ($command, $shown) = map { s,/etc/apache2\b,$place/etc,gr } @$example;
        my ($code, $output) = outcome($place, 'sh', '-c', "exec 2>&1\n$command");
        my ($title) = $example->[0] =~ /(.*)/;
        $output =~ s/^.*: \d+ warnings?, which 'authorityc check' shows\n//mg;
        like($code, qr/\A[01]\z/, "$page: $title") or diag($output);
        unlike($output, qr/^usage: /m, '... is how it is called') if !length $shown;
        like($output, pattern_of($shown), '... and its output') if length $shown;
    }
    return;
}

make_path("$root/samples");
copy($_, "$root/samples") or die "$_: $!\n" for files(qr,^policies/.*\.policy$,);
is(system('test/make-certificates', glob "$root/samples/*.policy"), 0, 'certificates are made');
make_elsewhere();
test_page($_) for files(qr,^man/authorityc.*\.1$,);
done_testing();
