#!/usr/bin/perl
# The life of the packages on a Debian with a running apache2, in a room of room.sh:
#
#     unshare --mount test/packages/room.sh PLACE ARCHIVES perl test/packages/life.pl \
#         PLACE README DEBS NEWER NEWEST
#
# The last three are directories with the two packages: these, a higher version, and one more
# with another authority.conf.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Packages::Inside;

my ($place, $readme, $debs, $newer, $newest) = @ARGV;
my $PACKAGES = 'libapache2-mod-authority authorityc';
my $CONF = '/etc/apache2/mods-available/authority.conf';

enter($place);
lay_out();
start_apache();
my $before = snapshot();
install_packages();
enable_without_table();
follow_readme();
enforce();
my $mine = snapshot();
upgrade();
upgrade_with_other_conf();
upgrade_without_table();
remove_enabled();
reinstall();
remove_with_lines_left();
purge();
run('service apache2 stop');

# The packages under names that do not change with the version.
sub lay_out {
    my %from = ('/packages/out/dist' => $debs, '/packages/newer' => $newer,
        '/packages/newest' => $newest);
    for my $directory (sort keys %from) {
        system('mkdir', '-p', "$place/root$directory") == 0 or die "mkdir failed\n";
        system("cp $from{$directory}/*.deb $place/root$directory/") == 0 or die "cp failed\n";
    }
    return;
}

sub serves {
    my ($name) = @_;
    my @got = (ask('http://127.0.0.1/'), ask('https://127.0.0.1/'),
        ask('--http2 --connect-to ::127.0.0.1: https://www.example.com/'));
    return point("@got" eq '200 200 200', "$name: the default sites and another serve",
        "got @got", (run('tail -n 20 /var/log/apache2/error.log'))[1]);
}

# Debian's apache2 as it comes, its default site with TLS, and a site with a reason for 421.
sub start_apache {
    run("apt-get -q -y purge apache2 $PACKAGES; rm -rf /etc/apache2/sites-enabled");
    runs_well(apt_install('apache2', 'ssl-cert') . ' && make-ssl-cert generate-default-snakeoil',
        'Debian\'s apache2 is installed, and starts') or die "no apache2\n";
    write_inside('/etc/apache2/sites-available/site.conf', site_conf());
    runs_well(certificates(), 'certificates of the site');
    runs_well('a2enmod -q ssl http2 && a2ensite -q default-ssl site && service apache2 restart',
        'its default site with TLS, and the site');
    serves('before anything is installed') or die "no site to look at\n";
    return;
}

sub certificates {
    my $make = 'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30';
    return "mkdir -p /etc/apache2/tls && cd /etc/apache2/tls && $make -subj /CN=staff-ca "
        . "-keyout ca.key -out ca.pem && $make -subj '/CN=*.example.com' "
        . "-addext 'subjectAltName=DNS:*.example.com' -addext basicConstraints=CA:FALSE "
        . '-keyout wild.key -out wild.pem';
}

sub site_conf {
    my $tls = join '', map {"    $_\n"} 'SSLEngine on', 'Protocols h2 http/1.1',
        'SSLCertificateFile /etc/apache2/tls/wild.pem',
        'SSLCertificateKeyFile /etc/apache2/tls/wild.key';
    return join '', map {"<VirtualHost *:443>\n    ServerName $_->[0]\n"
            . "    DocumentRoot /var/www/html\n$tls$_->[1]</VirtualHost>\n"}
        ['www.example.com', ''],
        ['admin.example.com', "    SSLVerifyClient require\n"
            . "    SSLCACertificateFile /etc/apache2/tls/ca.pem\n"];
}

# admin's page on www's connection.
sub misdirected {
    return ask('--resolve www.example.com:443:127.0.0.1 -H "Host: admin.example.com"',
        'https://www.example.com/');
}

sub enabled {
    my ($code) = run('a2query -m authority');
    return $code == 0;
}

sub readme_lines {
    open my $file, '<', $readme or die "$readme: $!\n";
    my ($lines) = join('', readline $file) =~ /^    make deb\n((?:    .*\n)+)/m
        or die "the README has no 'make deb' with lines behind it\n";
    return $lines =~ /^ +(.*)/mg;
}

sub install_packages {
    my ($line) = readme_lines();
    my $pid = httpd_pid();
    runs_well("cd /packages && $line", "the README: $line");
    point(!enabled(), 'the module is not enabled by being installed');
    point($pid && httpd_pid() == $pid, 'the running httpd was left alone');
    serves('after installing');
    runs_well('man -w mod_authority authorityc authority.policy', 'the manual is found')
        if (run('command -v man'))[0] == 0;
    return;
}

# The module needs a table: httpd says so, and what runs goes on. Debian's `restart` is
# another matter: with any fault of the configuration it stops httpd and cannot start it.
sub enable_without_table {
    my $pid = httpd_pid();
    my $missing = qr{/etc/apache2/site\.table\b.*No such file}is;
    runs_well('a2enmod authority', 'a2enmod before there is a table');
    says_no('apachectl configtest', $missing, 'configtest names the table that is missing');
    says_no('apachectl graceful', $missing, 'graceful refuses, and names it');
    point(httpd_pid() == $pid, 'and the running httpd is the same');
    serves('enabled without a table');
    says_no('service apache2 restart', $missing, 'restart fails, and names it');
    runs_well('a2dismod -q authority && service apache2 restart', 'a2dismod heals it');
    serves('disabled again');
    return;
}

sub follow_readme {
    my (undef, @lines) = readme_lines();
    runs_well($_, "the README: $_") for @lines;
    point(scalar(grep {/a2enmod|graceful/} @lines) == 2, 'the README enables the module');
    wait_until(sub { ask_status('AuthorityState') ne 'nothing' });
    serves('after the README\'s lines');
    my $status = ask_status(qw(AuthorityState AuthorityVhosts-agrees AuthorityOriginFrames));
    point($status eq 'attention 3 0', 'it only looks on, and the table agrees', $status);
    point(misdirected() eq '421', 'mod_ssl refuses, as before');
    point(ask_status('AuthorityWould421') eq '1', 'and it is counted as what would be');
    my $log = read_inside('/var/log/apache2/authority.log');
    point($log =~ /admin\.example\.com would-421 client-auth/, 'and logged', $log);
    return;
}

# The administrator's change of the conffile, which every upgrade has to keep.
sub enforce {
    runs_well("sed -i '/^ *AuthorityEngine observe/d' $CONF && apachectl graceful",
        'AuthorityEngine observe is taken out');
    wait_until(sub { ask_status('AuthorityState') eq 'good' });
    is_enforced('enforced');
    return;
}

# The error log has a pair once in ten seconds; the log of authority.conf has each request.
sub told {
    my $log = read_inside('/var/log/apache2/authority.log');
    return scalar(() = $log =~ /admin\.example\.com misdirected client-auth 421/g);
}

sub is_enforced {
    my ($name) = @_;
    my $told = told();
    my $asked = misdirected();
    my $state = ask_status('AuthorityState');
    point($asked eq '421' && $state eq 'good' && wait_until(sub { told() == $told + 1 }),
        "$name: refused by the module, with the reason", $asked, $state, told() - $told);
    serves($name);
    point(ask_status('AuthorityOriginFrames') > 0, "$name: ORIGIN frames are sent");
    return;
}

# Whether the process of httpd has loaded the module that is on the disk now.
sub runs_installed_module {
    my ($code, $said) = run('grep mod_authority.so /proc/' . httpd_pid() . '/maps');
    return $code == 0 && $said !~ /deleted/;
}

sub upgrade {
    my $pid = httpd_pid();
    my ($asked, $failed) = watch(sub {
        runs_well('dpkg -i /packages/newer/*.deb', 'upgrade while it is enabled');
        wait_until(\&runs_installed_module);
    });
    point($asked > 3 && $failed == 0, 'httpd served all the time',
        "$failed of $asked requests failed");
    point(runs_installed_module(), 'httpd runs the new module');
    point(httpd_pid() == $pid, 'after a graceful restart');
    point(read_inside($CONF) !~ /^ *AuthorityEngine/m, 'the changed conffile is kept');
    is_enforced('upgraded');
    my @odd = grep { !m{^/usr/} } changes($mine, snapshot());
    point(!@odd, 'nothing but the programs has changed', @odd);
    return;
}

# Another authority.conf in the package than before, and in /etc the administrator's.
sub upgrade_with_other_conf {
    my ($code, $said) = run('dpkg -i /packages/newest/*.deb');
    point($code != 0 && $said =~ /authority\.conf.*Y or I.*N or O/s,
        'dpkg asks about authority.conf', $said);
    runs_well('dpkg --force-confold --configure -a', 'and keeps it, when told so');
    point(read_inside($CONF) !~ /^ *AuthorityEngine/m, 'the administrator\'s is in force');
    point(read_inside("$CONF.dpkg-dist") =~ /AuthorityEngine observe/, 'the new one is beside it');
    is_enforced('upgraded with another authority.conf');
    return;
}

sub upgrade_without_table {
    my $pid = httpd_pid();
    my $said = runs_well('mv /etc/apache2/site.table /srv/ && '
        . 'dpkg -i /packages/newest/*.deb', 'a package comes while the table is missing');
    point($said =~ /configuration is broken.*site\.table/s, 'it says what is wrong', $said);
    point(httpd_pid() == $pid, 'httpd is left alone');
    serves('without a table');
    runs_well('mv /srv/site.table /etc/apache2/ && apachectl graceful', 'the table is back');
    wait_until(sub { runs_installed_module() && ask_status('AuthorityState') eq 'good' });
    is_enforced('with the table again');
    return;
}

sub remove_enabled {
    runs_well("apt-get -q -y remove $PACKAGES", 'removed while it is enabled');
    point(!enabled(), 'it is disabled');
    runs_well('apachectl configtest && service apache2 restart', 'httpd starts without it');
    serves('removed');
    point(misdirected() eq '421', 'mod_ssl refuses alone');
    point(read_inside($CONF) ne '' && read_inside('/etc/apache2/site.table') ne '',
        'configuration, policy and table stay');
    return;
}

sub reinstall {
    runs_well('dpkg -i /packages/newest/*.deb', 'installed once more');
    point(!enabled(), 'and not enabled by that');
    point(read_inside($CONF) !~ /^ *AuthorityEngine/m, 'with the configuration of before');
    runs_well('a2enmod authority && apachectl configtest && apachectl graceful',
        'enabled once more');
    wait_until(sub { ask_status('AuthorityState') eq 'good' });
    is_enforced('installed once more');
    return;
}

# A directive in a vhost, without <IfModule>, is the administrator's and stays.
sub remove_with_lines_left {
    my $site = '/etc/apache2/sites-available/site.conf';
    runs_well("sed -i 's/^<Virt.*/&\\n    AuthorityEngine on/' $site && apachectl graceful",
        'AuthorityEngine in each vhost');
    my $said = runs_well("apt-get -q -y remove $PACKAGES", 'removed with that in place');
    point($said =~ /configuration is broken.*site\.conf.*AuthorityEngine/s,
        'it says which line is left', $said);
    serves('with that line left');
    runs_well("sed -i '/AuthorityEngine/d' $site && apachectl configtest && "
        . 'service apache2 restart', 'without the line httpd starts');
    return;
}

sub purge {
    runs_well("apt-get -q -y purge $PACKAGES", 'purged');
    my ($code, $said) = run("dpkg-query -W $PACKAGES");
    point($code != 0, 'dpkg knows them no more', $said);
    # a2dismod makes these directories when it is first used, for whatever module.
    my @left = grep { !m{^/var/lib/apache2/module/disabled_by_(?:admin|maint)\z} }
        changes($before, snapshot());
    point("@left" eq '/etc/apache2/site.policy /etc/apache2/site.table',
        'policy and table are left, and nothing else', @left);
    runs_well('apachectl configtest && service apache2 restart', 'httpd starts');
    serves('purged');
    return;
}
