# Room.pm: a place for real servers. It holds copies of what is tested and of what the
# servers need, belongs to a user without rights, and is left by those who come back from
# it. Nothing listens but on loopback.
package Room;

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp ();

use Aty::Front;
use Aty::Ports;

our @EXPORT = qw(run_in_room);

my $root = abs_path(dirname(__FILE__) . '/../..');

# Modules that the servers load, as test/httpd/run has them for its own.
my @MODULES = qw(mpm_event alias authz_core dir env headers http2 lua macro mime setenvif
    socache_shmcb ssl);

# Makes the room out/NAME, or one below the temporary directory where a directory above
# out is closed to others; calls CODE in a child that has no rights, with the variables that
# Aty::Server wants. What CODE leaves in kept/ is moved to out/NAME/. Returns the child's
# exit status; CODE returns 0 where all is well. PROXIES (nginx, haproxy) are copied to bin/.
sub run_in_room {
    my ($name, $code, @proxies) = @_;
    my $out = abs_path($ENV{OUT} // "$root/out") or die "nothing is built; say 'make'\n";
    my ($user, $group) = $> == 0 ? (getpwnam 'nobody')[2, 3] : ();
    my @programs = map {
        Aty::Front::program($root, $_) // die "no $_: build/check unpacks one\n"
    } @proxies;
    my $room = _make_room($out, $name, defined $user);
    _copy(@programs, "$room/bin") if @programs;
    if (defined $user) {
        system('chown', '-R', "$user:$group", $room) == 0 or die "chown $room failed\n";
    }
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        $SIG{$_} = sub { exit 130 } for qw(HUP INT TERM);    # servers are stopped at exit
        $SIG{PIPE} ||= $SIG{TERM};    # nobody reads what the test says
        my ($first_port, $ports) = Aty::Ports::reserve();    # held to the end
        _become($user, $group) if defined $user;
        chdir $room or die "$room: $!\n";
        $ENV{HOME} = $room;
        exit $code->({%{_variables($room)}, first_port => $first_port});
    }
    local @SIG{qw(INT TERM)} = (sub { kill TERM => $child }) x 2;
    1 while waitpid($child, 0) != $child;
    my $status = $?;
    _keep($room, "$out/$name");
    remove_tree($room);
    return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}

sub _make_room {
    my ($out, $name, $other_user) = @_;
    my $room = "$out/$name-$$";
    if ($other_user && !_open_to_others($out)) {
        $room = File::Temp::tempdir('mod_authority-XXXXXX', TMPDIR => 1);
        chmod 0755, $room;
    }
    make_path(map { "$room/$_" } qw(bin certs kept documents));
    _copy("$root/test/httpd/servers", $room);
    _copy("$out/authorityc/authorityc", "$out/mod_authority/mod_authority.so", "$room/bin");
    _copy("$root/test/make-certificates", "$room/bin");
    return $room;
}

sub _copy {
    my (@words) = @_;
    system('cp', '-R', @words) == 0 or die "cp @words failed\n";
}

sub _open_to_others {
    my ($directory) = @_;
    while (1) {
        return 0 if !((stat $directory)[2] & 0001);
        return 1 if $directory eq '/';
        $directory = dirname($directory);
    }
}

sub _become {
    my ($user, $group) = @_;
    $) = "$group $group";
    $( = $group;
    ($<, $>) = ($user, $user);
    $> == $user or die "cannot become nobody\n";
}

sub _apxs {
    my ($what) = @_;
    my $apxs = $ENV{APXS} || 'apxs';
    chomp(my $answer = `\Q$apxs\E -q $what`);
    die "$apxs -q $what does not answer\n" if $?;
    return $answer;
}

sub _variables {
    my ($room) = @_;
    my $libexec = _apxs('LIBEXECDIR');
    open my $modules, '>', "$room/modules.conf" or die "$room: $!\n";
    print {$modules} "LoadModule ${_}_module $libexec/mod_$_.so\n" for @MODULES;
    close $modules;
    return {
        authorityc => "$room/bin/authorityc",
        certs      => "$room/certs",
        documents  => "$room/documents",
        httpd      => _apxs('SBINDIR') . '/' . _apxs('PROGNAME'),
        module     => "$room/bin/mod_authority.so",
        modules    => "$room/modules.conf",
        top_dir    => $room,
    };
}

sub _keep {
    my ($room, $place) = @_;
    for my $kept (glob "$room/kept/*") {
        make_path($place);
        my ($name) = $kept =~ m{([^/]+)\z};
        remove_tree("$place/$name");
        _copy($kept, $place);
        print "kept in $place/$name\n";
    }
}

1;
