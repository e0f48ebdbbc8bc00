package Clients::Firefox;

# A headless Firefox with a profile of its own, started and stopped by pid even where the test
# dies.

use strict;
use warnings;

use Aty::Template;
use Clients::Marionette;
use Clients::Processes;
use Clients::Profile;
use JSON::PP;
use List::Util qw(pairs);
use POSIX ();
use Time::HiRes qw(sleep time);

# What is not as it comes. Nothing here changes which connections are opened to the sites of
# pages, and when: what the browser asks for by itself is turned off, as far as remote control
# does not turn it off, and the questions to servers of names that it asks by itself.
my @PREFERENCES = (
    'app.normandy.enabled'                 => JSON::PP::false,
    'app.update.disabledForTesting'        => JSON::PP::true,
    'browser.safebrowsing.update.enabled'  => JSON::PP::false,
    'browser.startup.page'                 => 0,
    'dom.push.connection.enabled'          => JSON::PP::false,
    'marionette.port'                      => 0,    # any that is free
    'media.gmp-manager.updateEnabled'      => JSON::PP::false,
    'network.dns.native_https_query'       => JSON::PP::false,
    'network.notify.changed'               => JSON::PP::false,    # of this machine's interfaces
    'network.proxy.type'                   => 0,    # none
    'network.trr.mode'                     => 5,    # no DNS over HTTPS
    'security.default_personal_cert'       => 'Select Automatically',
    'services.settings.server'             => 'data:,',
    'toolkit.telemetry.enabled'            => JSON::PP::false,
);

my $SECONDS = 120;    # a browser that takes longer to start, or to open a page, hangs

# It starts offline, so that nothing is asked for before names have their addresses.
my @OPTIONS = qw(--headless --no-remote --offline --marionette --remote-allow-system-access);

# Gives names their addresses, and lets it go online; what is asked of others is refused. The
# word is an object, name => address.
my $ONLY_THESE_NAMES = <<'SCRIPT';
const overrides = Cc["@mozilla.org/network/native-dns-override;1"]
    .getService(Ci.nsINativeDNSResolverOverride);
for (const [name, address] of Object.entries(words[0])) {
    overrides.addIPOverride(name, address);
}
Services.obs.addObserver((subject) => {
    const channel = subject.QueryInterface(Ci.nsIHttpChannel);
    if (!(channel.URI.host in words[0])) {
        dump(`refused: ${channel.URI.spec}\n`);
        channel.cancel(Cr.NS_ERROR_UNKNOWN_HOST);
    }
}, "http-on-opening-request");
Services.io.offline = false;
SCRIPT

# Opens an empty page for a user of that number, in place of the one that is there. What one
# user has (connections, sessions of TLS, cookies, caches) is of no use to another. The page
# has so many milliseconds to come: what is opened before it is there, is taken for open when
# the empty page is.
my $PAGE_OF_USER = <<'SCRIPT';
const { waitForInitialNavigationCompleted } =
    ChromeUtils.importESModule("chrome://remote/content/shared/Navigate.sys.mjs");
const old = gBrowser.selectedTab;
gBrowser.selectedTab = gBrowser.addTab("about:blank", {
    userContextId: words[0],
    triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
});
gBrowser.removeTab(old);
await waitForInitialNavigationCompleted(gBrowser.selectedBrowser.webProgress,
    { unloadTimeout: words[1] });
SCRIPT

# Closes all connections; returns when none is left.
my $CLOSE_CONNECTIONS = <<'SCRIPT';
const dashboard = Cc["@mozilla.org/network/dashboard;1"].getService(Ci.nsIDashboard);
const open = () => new Promise((resolve) => dashboard.requestHttpConnections(({ connections }) =>
    resolve(connections.some(({ active, idle }) => active.length || idle.length))));
do {
    Services.obs.notifyObservers(null, "net:cancel-all-connections");
} while (await open());
SCRIPT

my @running;
my $owner;    # the process that started them

# Starts it. Options: home (a directory that is made; it must not be there), ca (PEM file of
# the CA that it trusts), identity (PKCS #12 file, without password, of the certificate that
# it shows where one is asked for; or none), addresses (name => IPv4 address; no other name
# is found).
sub start {
    my ($class, %option) = @_;
    my $self = bless {home => $option{home}, users => 0}, $class;
    _make_profile(@option{qw(home ca identity)});
    $self->{pid} = _run($option{home});
    $owner = $$;
    push @running, $self;
    eval {
        $self->{marionette} = Clients::Marionette->connect($self->_port);
        $self->{marionette}->run('chrome', $ONLY_THESE_NAMES, $option{addresses});
        1;
    } or die "Firefox does not start: $@", Aty::Template::load("$option{home}/output");
    return $self;
}

# Its profile is where its database of certificates is.
sub _make_profile {
    my ($home, $ca, $identity) = @_;
    my $profile = Clients::Profile::make($home, $ca, $identity) =~ s/^sql://r;
    my $json = JSON::PP->new->allow_nonref->ascii;
    Aty::Template::store("$profile/user.js", join '', map {
        'user_pref(' . $json->encode($_->[0]) . ', ' . $json->encode($_->[1]) . ");\n"
    } pairs(@PREFERENCES));
    symlink $profile, "$home/profile" or die "$home/profile: $!\n";
}

# Runs it in a session of its own, with its output in a file; returns its pid.
sub _run {
    my ($home) = @_;
    my $pid = fork // die "fork: $!\n";
    return $pid if $pid;
    POSIX::setsid();
    delete @ENV{grep { /^(?:DBUS|XDG|MOZ|DISPLAY|WAYLAND)/ } keys %ENV};
    mkdir "$home/tmp";
    @ENV{qw(HOME TMPDIR)} = ($home, "$home/tmp");
    $ENV{MOZ_CRASHREPORTER_DISABLE} = 1;
    $ENV{MOZ_REMOTE_SETTINGS_DEVTOOLS} = 1;    # lets services.settings.server be set
    open STDIN, '<', '/dev/null';
    open STDOUT, '>>', "$home/output";
    open STDERR, '>&', \*STDOUT;
    exec 'firefox-esr', @OPTIONS, '--profile', "$home/profile" or POSIX::_exit(127);
}

# The port that it took for itself, when it has one.
sub _port {
    my ($self) = @_;
    my $path = "$self->{home}/profile/MarionetteActivePort";
    my $end = time + $SECONDS;
    while (!-s $path) {
        die "no port\n" if time > $end || waitpid($self->{pid}, POSIX::WNOHANG()) != 0;
        sleep 0.02;
    }
    return Aty::Template::load($path);
}

# "Firefox 153…"
sub version {
    my ($self) = @_;
    return 'Firefox ' . $self->{marionette}->capabilities->{browserVersion};
}

# With no connection, cookie or cache of before, opens one address after the other; returns
# for each what the page's promise `done` comes to.
sub visit {
    my ($self, @addresses) = @_;
    my $marionette = $self->{marionette};
    $marionette->run('chrome', $PAGE_OF_USER, ++$self->{users}, 1000 * $SECONDS);
    my ($handle) = @{$marionette->call('WebDriver:GetWindowHandles')};
    $marionette->call('WebDriver:SwitchToWindow', {handle => $handle});
    my @results = map { $self->_open($_) } @addresses;
    $marionette->run('chrome', $CLOSE_CONNECTIONS);
    return @results;
}

sub _open {
    my ($self, $address) = @_;
    my $marionette = $self->{marionette};
    $marionette->call('Marionette:SetContext', {value => 'content'});
    $marionette->call('WebDriver:Navigate', {url => $address});
    return $marionette->run('content', 'return window.eval("done");');
}

# Ends it, and waits until none of its processes is left.
sub stop {
    my ($self) = @_;
    @running = grep { $_ != $self } @running;
    return if $self->{stopped}++;
    eval { $self->{marionette}->call('Marionette:Quit', {flags => ['eForceQuit']}) };
    Clients::Processes::wait_for_end(@$self{qw(pid home)});
}

END {
    if (defined $owner && $$ == $owner) {
        local ($?, $!);
        $_->stop for my @all = @running;    # which stop changes
    }
}

1;
