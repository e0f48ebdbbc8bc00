package Clients::Chromium;

# A headless Chromium with a profile of its own, started and stopped by pid even where the
# test dies.

use strict;
use warnings;

use Aty::Template;
use Clients::Devtools;
use Clients::Processes;
use Clients::Profile;

# Nothing here asks for anything but what the pages do. Certificates are checked as ever:
# where their errors are ignored, Chromium moves no request to another connection.
my @OPTIONS = qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --no-default-browser-check --disable-background-networking --disable-component-update
    --disable-default-apps --disable-dev-shm-usage --disable-extensions --disable-sync
    --disable-breakpad --no-proxy-server --password-store=basic --remote-debugging-pipe);

# It fails some parallel requests to a host that wants a certificate, by itself and also where
# there is no 421: each of them hands it the user's certificate, and with each it closes the
# connection that an earlier one has just opened (its net log: "Finished going away"). And it
# fails whatever is under way when an interface or an address of the machine changes. The page
# loads that again, and reports what Chromium said.
our $OWN_FAULTS = qr/net::ERR_(?:SOCKET_NOT_CONNECTED|NETWORK_CHANGED)\z
    |,\ private:\ .*net::ERR_CONNECTION_CLOSED\z/x;

my @running;
my $owner;    # the process that started them

# Starts it. Options: home (a directory that is made; it must not be there), ca (PEM file of
# the CA that it trusts), identity (PKCS #12 file, without password, of the certificate that
# it shows where one is asked for; or none), addresses (name => IPv4 address; no other name
# is found).
sub start {
    my ($class, %option) = @_;
    my $home = $option{home};
    Clients::Profile::make($home, @option{qw(ca identity)});
    Clients::Profile::choose_certificates("$home/profile") if $option{identity};
    local $ENV{HOME} = $home;
    my $devtools = Clients::Devtools->start("$home/output", 'chromium', @OPTIONS,
        "--user-data-dir=$home/profile", '--host-resolver-rules=' . _rules($option{addresses}));
    my $self = bless {devtools => $devtools, home => $home}, $class;
    $owner = $$;
    push @running, $self;
    eval { $self->version }
        // die "Chromium does not start: $@", Aty::Template::load("$home/output");
    return $self;
}

sub _rules {
    my ($addresses) = @_;
    return join ' , ', map({ "MAP $_ $addresses->{$_}" } sort keys %$addresses),
        'MAP * ~NOTFOUND', map { "EXCLUDE $_" } sort { $a cmp $b } _unique(values %$addresses);
}

sub _unique {
    my %seen;
    return grep { !$seen{$_}++ } @_;
}

# "Chromium 156.0…"
sub version {
    my ($self) = @_;
    my $product = $self->{devtools}->call('Browser.getVersion')->{product};
    return $product =~ s,.*/,Chromium ,r;
}

# With no connection, cookie or cache of before, opens one address after the other; returns
# for each what the page's promise `done` comes to.
sub visit {
    my ($self, @addresses) = @_;
    my $devtools = $self->{devtools};
    my $context = $devtools->call('Target.createBrowserContext')->{browserContextId};
    my $target = $devtools->call('Target.createTarget',
        {url => 'about:blank', browserContextId => $context})->{targetId};
    my $session = $devtools->call('Target.attachToTarget',
        {targetId => $target, flatten => \1})->{sessionId};
    $devtools->call('Log.enable', {}, $session);
    my @results = map { $self->_open($_, $session) } @addresses;
    $devtools->call('Target.disposeBrowserContext', {browserContextId => $context});
    return @results;
}

sub _open {
    my ($self, $address, $session) = @_;
    my $devtools = $self->{devtools};
    $devtools->open_page($address, $session);
    my $answer = $devtools->call('Runtime.evaluate',
        {expression => 'done', awaitPromise => \1, returnByValue => \1}, $session);
    my $exception = $answer->{exceptionDetails};
    die "$address: ", $exception->{exception}{description} // $exception->{text}, "\n"
        if $exception;
    return $self->_explained($session, @{$answer->{result}{value}});
}

# The reports of a page, where `failed` is what Chromium knows of it, such as net::ERR_….
sub _explained {
    my ($self, $session, @reports) = @_;
    my @entries = map { $_->{entry} } $self->{devtools}->events('Log.entryAdded', $session);
    for my $report (grep { $_->{failed} } @reports) {
        my ($entry) = grep { ($_->{url} // '') =~ /\?\Q$report->{id}\E\z/ } @entries;
        $report->{failed} = $entry->{text} if $entry;
    }
    return \@reports;
}

# Ends it, and waits until none of its processes is left.
sub stop {
    my ($self) = @_;
    @running = grep { $_ != $self } @running;
    return if $self->{stopped}++;
    eval { $self->{devtools}->call('Browser.close') };
    Clients::Processes::wait_for_end($self->{devtools}->pid, $self->{home});
}

END {
    if (defined $owner && $$ == $owner) {
        local ($?, $!);
        $_->stop for my @all = @running;    # which stop changes
    }
}

1;
