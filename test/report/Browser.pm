# Browser.pm: a page in a headless Chromium, read and used as people do.
package Browser;

use strict;
use warnings;

use Clients::Devtools;
use File::Path qw(make_path);
use MIME::Base64 qw(decode_base64);
use POSIX ();
use Time::HiRes qw(sleep time);

# Nothing is asked of the network: no name is found.
my @OPTIONS = qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --no-default-browser-check --disable-background-networking --disable-component-update
    --disable-default-apps --disable-dev-shm-usage --disable-extensions --disable-sync
    --disable-breakpad --no-proxy-server --password-store=basic --remote-debugging-pipe);
my @NOWHERE = ('--host-resolver-rules=MAP * ~NOTFOUND');
my $SECONDS = 30;

my %KEYS = (Tab => 9, Enter => 13, Escape => 27);

my @running;

# Starts it, with a home directory that is made.
sub start {
    my ($class, $home) = @_;
    make_path($home);
    local @ENV{qw(HOME TMPDIR)} = ($home, $home);
    my $devtools = Clients::Devtools->start("$home/output", 'chromium', @OPTIONS, @NOWHERE,
        "--user-data-dir=$home/profile");
    my $self = bless {devtools => $devtools, messages => [], owner => $$}, $class;
    push @running, $self;
    my $target = $devtools->call('Target.createTarget', {url => 'about:blank'})->{targetId};
    $self->{session} = $devtools->call('Target.attachToTarget',
        {targetId => $target, flatten => \1})->{sessionId};
    $self->call('Emulation.setScrollbarsHidden', {hidden => \1});
    $self->call($_) for qw(Runtime.enable Log.enable Network.enable);
    return $self;
}

sub call {
    my ($self, $method, $parameters) = @_;
    return $self->{devtools}->call($method, $parameters, $self->{session});
}

# Opens a file, in a window so wide, in light or dark. Returns the seconds until the script
# has come to its end: the search is there, or will never be.
sub open_file {
    my ($self, $path, %option) = @_;
    my $begin = time;
    $self->looks(%option);
    $self->{devtools}->open_page("file://$path", $self->{session});
    $self->wait_for('!document.getElementById("search-form") ||
        !document.getElementById("search-form").hidden') if !$option{no_scripts};
    return time - $begin;
}

sub looks {
    my ($self, %option) = @_;
    $self->call('Emulation.setDeviceMetricsOverride', {width => 0 + ($option{width} // 1200),
        height => 0 + ($option{height} // 900), deviceScaleFactor => 1, mobile => \0});
    $self->call('Emulation.setEmulatedMedia', {media => $option{media} // '', features =>
        [{name => 'prefers-color-scheme', value => $option{scheme} // 'light'}]});
    $self->call('Emulation.setScriptExecutionDisabled', {value => $option{no_scripts} ? \1 : \0});
}

# What an expression comes to in the page.
sub evaluate {
    my ($self, $expression) = @_;
    my $answer = $self->call('Runtime.evaluate',
        {expression => $expression, awaitPromise => \1, returnByValue => \1});
    die "$expression: $answer->{exceptionDetails}{exception}{description}\n"
        if $answer->{exceptionDetails};
    return $answer->{result}{value};
}

sub wait_for {
    my ($self, $expression) = @_;
    my $end = time + $SECONDS;
    while (!$self->evaluate($expression)) {
        die "it does not come to: $expression\n" if time > $end;
        sleep 0.01;
    }
}

# Presses a key that writes nothing.
sub press {
    my ($self, $key) = @_;
    $self->call('Input.dispatchKeyEvent', {type => $_, key => $key, code => $key,
        windowsVirtualKeyCode => $KEYS{$key}, ($_ eq 'keyDown' && $key eq 'Enter'
            ? (text => "\r") : ())}) for qw(keyDown keyUp);
}

# Writes into whatever has the focus.
sub type {
    my ($self, $text) = @_;
    $self->call('Input.insertText', {text => $text});
}

# What the page complained of, and what it asked of the network, since it was opened.
sub complaints {
    my ($self) = @_;
    $self->evaluate('1');    # reads what is under way
    return map {
        my ($method, $about) = @$_{qw(method params)};
        $method eq 'Runtime.exceptionThrown' ? $about->{exceptionDetails}{text}
            : $method eq 'Log.entryAdded' ? $about->{entry}{text}
            : $method eq 'Runtime.consoleAPICalled' ? "console.$about->{type}"
            : $method eq 'Network.requestWillBeSent' && $about->{request}{url} !~ m{^file://}
            ? $about->{request}{url} : ();
    } @{$self->{devtools}{events}};
}

# The page as it looks, whole.
sub screenshot {
    my ($self, $path, %option) = @_;
    my $size = $self->call('Page.getLayoutMetrics')->{cssContentSize};
    my $height = 0 + ($option{height} // $size->{height});
    my $picture = $self->call('Page.captureScreenshot', {captureBeyondViewport => \1,
        clip => {x => 0, y => 0 + ($option{y} // 0), width => $size->{width}, height => $height,
            scale => 1}});
    _store($path, decode_base64($picture->{data}));
}

sub pdf {
    my ($self, $path) = @_;
    _store($path, decode_base64($self->call('Page.printToPDF')->{data}));
}

sub _store {
    my ($path, $bytes) = @_;
    open my $file, '>:raw', $path or die "$path: $!\n";
    print {$file} $bytes;
    close $file or die "$path: $!\n";
}

# Ends it, and its session with it, if need be by force.
sub stop {
    my ($self) = @_;
    @running = grep { $_ != $self } @running;
    my $pid = $self->{devtools}->pid;
    eval { $self->{devtools}->call('Browser.close') };
    my $end = time + 5;
    while (waitpid($pid, POSIX::WNOHANG()) == 0) {
        kill KILL => -$pid if time > $end;
        sleep 0.02;
    }
}

END {
    local ($?, $!);
    $_->stop for grep { $_->{owner} == $$ } my @all = @running;
}

1;
