#!/usr/bin/perl
# The tarball and the packages: the same bytes wherever they are made, as lintian and rpmlint
# want them, and then their life on a Debian with a running apache2, see ../packages/life.pl.
# Everything is installed into rooms of its own, nothing on this machine.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Cwd qw(abs_path);
use File::Path qw(make_path remove_tree);
use Outcome;
use Test::More;
use Tree;

my $SECONDS = 1200; # a command that takes longer hangs

plan tests => 1 if $> != 0;
if ($> != 0) {
    fail('packages are installed by root alone: sudo prove test/thorough/packages.t');
    exit 1;
}

make_path(out());
my $room = abs_path(out()) . '/packages';
remove_tree($room);
make_path("$room/$_") for qw(place archives debs newer newest rpm);
umask 022;
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL OUT CFLAGS CPPFLAGS LDFLAGS)};

# Unit tests are run elsewhere, and what is compiled here is not measured: without
# optimization it takes half the time.
$ENV{DEB_BUILD_OPTIONS} = 'nocheck noopt';

# Runs a line of shell in a directory; fails the test where the line fails. Returns all that
# it said.
sub runs {
    my ($directory, $line, $name) = @_;
    open my $pipe, '-|', 'timeout', '-k', 5, $SECONDS, 'sh', '-c',
        "exec 2>&1 </dev/null; cd '$directory' && { $line\n}" or die "sh: $!\n";
    my $said = do { local $/; readline($pipe) // '' };
    ok(close $pipe, $name) or diag("exit status $?\n", $said =~ s/\A.*(?=.{4000}\z)//sr);
    return $said;
}

sub same_bytes {
    my ($one, $other, $name) = @_;
    return ok(-s $one && -s $other && slurp($one) eq slurp($other), $name);
}

my ($version) = slurp('authorityc/version.h') =~ /ATY_VERSION "(.*)"/;
my $release = "mod-authority-$version";
my $tarball = "$release.tar.gz";

like(slurp('debian/changelog'), qr/\Amod-authority \(\Q$version\E-/,
    'debian/changelog has the version');
like(slurp('build/packages/mod-authority.spec'), qr/^Version:\s+\Q$version\E$/m,
    'the RPM has the version');

# Another user's habits: umask, time zone, language, settings of git, age of the files.
my $habits = 'umask 077; export TZ=Asia/Kolkata LC_ALL=C.UTF-8';
runs('.', "git clone -q . $room/here && make -s -C $room/here dist", 'make dist in a clone');
runs('.', "$habits; git clone -q -c tar.umask=0 -c core.autocrlf=input "
    . "$room/here $room/some/where/else && "
    . "cd $room/some/where/else && find . -type f -exec touch -d 2001-02-03 {} + && make -s dist",
    'make dist in a clone elsewhere, with other habits');
same_bytes("$room/here/out/dist/$tarball", "$room/some/where/else/out/dist/$tarball",
    'both tarballs have the same bytes');
my $packed = runs("$room/here",
    "tar -tzf out/dist/$tarball | sed -n 's,^$release/,,; /[^/]\$/p' | sort",
    'the tarball is read');
my $committed = runs("$room/here", 'git ls-files | sort', 'git is asked what is committed');
is($packed, $committed, 'the tarball has what is committed');

runs("$room/here", 'make -s deb', 'make deb');
runs($room, "$habits; mkdir alone && cd alone && tar -xzf ../here/out/dist/$tarball && "
    . "cd $release && dpkg-buildpackage -b -us -uc", 'packages of the tarball alone, elsewhere');
runs("$room/alone/$release", "! GIT_CEILING_DIRECTORIES=$room/alone make -s dist && "
    . 'test ! -e out/dist/*.tar.gz', 'make dist fails where there is no git, and leaves no tarball');
for my $deb (glob "$room/here/out/dist/*.deb") {
    my ($name) = $deb =~ m{([^/]+)\z};
    same_bytes($deb, "$room/alone/$name", "both have the same bytes: $name");
}
my $remarks = runs("$room/here/out/dist",
    'lintian --allow-root --fail-on error,warning *.changes', 'lintian finds nothing wrong');
unlike($remarks, qr/^[EW]:/m, 'nor says so');

# A version after this; and one after that, with another authority.conf.
sub make_newer {
    my ($entry) = slurp('debian/changelog');
    my $tree = "$room/alone/$release";
    write_file("$tree/debian/changelog", $entry =~ s/-1\)/-2)/r . "\n" . $entry);
    runs($tree, 'dpkg-buildpackage -nc -b -us -uc', 'a package of a later version');
    runs($room, 'cp here/out/dist/*-mod-authority_*.deb here/out/dist/authorityc_*.deb debs && '
        . "cd alone && cp *-mod-authority_$version-2_*.deb authorityc_$version-2_*.deb ../newer",
        'packages for the room');
    runs($room, 'for deb in newer/*.deb; do dpkg-deb -R $deb unpacked; '
        . 'sed -i "s/-2\b/-3/" unpacked/DEBIAN/control; '
        . 'conf=unpacked/etc/apache2/mods-available/authority.conf; '
        . 'if [ -e $conf ]; then echo "# new" >>$conf; fi; '
        . 'dpkg-deb --root-owner-group -b unpacked newest/${deb##*/}; rm -r unpacked; done',
        'packages with another authority.conf');
    return;
}

sub rpm {
    my $topdir = "--define '_topdir $room/rpm'";
    runs($room, "rpmbuild -ta --nodeps --nocheck $topdir --define 'optflags -O0' "
        . "here/out/dist/$tarball", 'rpmbuild accepts the spec');
    my $said = runs($room, 'rpmlint --ignore-unused-rpmlintrc '
        . '-r here/build/packages/mod-authority.rpmlintrc '
        . 'here/build/packages/mod-authority.spec rpm/RPMS/*/*.rpm rpm/SRPMS/*.rpm',
        'rpmlint finds no error');
    like($said, qr/^ ?3 packages and 1 specfiles checked; 0 errors/m, 'and has looked');
    runs($room, "mkdir -p fedora && rpm --root $room/fedora --nodeps -i rpm/RPMS/*/*.rpm",
        'rpm installs the packages');
    my $files = runs("$room/fedora",
        'find * -name "*authority*" ! -type d ! -path "*/man/*" | sort',
        'what was installed');
    like($files, qr{^$_$}m, "there is $_") for 'etc/httpd/conf\.d/authority\.conf',
        'etc/httpd/conf\.modules\.d/10-authority\.conf', 'usr/bin/authorityc',
        'usr/\S+/modules/mod_authority\.so', 'usr/share/zsh/site-functions/_authorityc',
        'usr/share/bash-completion/completions/authorityc';
    my $conf = slurp("$room/fedora/etc/httpd/conf.d/authority.conf");
    unlike($conf, qr/apache2|APACHE/, 'its authority.conf has no paths of Debian');
    like(slurp("$room/fedora/etc/httpd/conf.modules.d/10-authority.conf"), qr/^#LoadModule/m,
        'the module is not loaded before somebody says so');
    return;
}

# Hands on what life.pl tells.
sub life {
    my $readme = abs_path('README.md');
    my @unshare = qw(unshare --mount);
    my @private = system("@unshare true 2>/dev/null") == 0 ? () : qw(--propagation unchanged);
    my @command = (@unshare, @private, abs_path('test/packages/room.sh'), "$room/place",
        "$room/archives", $^X, abs_path('test/packages/life.pl'), "$room/place", $readme,
        map {"$room/$_"} qw(debs newer newest));
    my $child = open my $life, '-|', @command or die "unshare: $!\n";
    local @SIG{qw(HUP INT TERM)} = (sub { kill KILL => $child; exit 130 }) x 3;
    my $points = 0;
    while (my $line = readline $life) {
        my ($not, $name) = $line =~ /^(not )?ok - (.*)/ or next;
        ok(!$not, $name);
        $points++;
    }
    my $well = close $life;
    system("umount -l $room/place 2>/dev/null");    # where mounts are shared, a copy is here
    ok($well && $points > 60, 'the packages lived through all of it')
        or diag("after $points points. This needs to mount, with a namespace of its own: root ",
        'with CAP_SYS_ADMIN, as `docker run --privileged` gives it');
    return;
}

make_newer();
rpm();
life();
remove_tree($room) if Test::More->builder->is_passing;
done_testing();
