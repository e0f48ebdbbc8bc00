package Aty::Drift;

# A server whose configuration is not what its table says, and what must come of that.
#
# One text (servers/drift.conf.in, changed by the tests) is both httpd's configuration and the
# policy; what httpd does with a name is found here once more, from that text.

use strict;
use warnings;

use Aty::Certificates;
use Aty::Pairs;
use Aty::Patience;
use Aty::SiteText qw(:DEFAULT find_vhost has_name line_of policy_of vhosts_of);
use Aty::Template;
use Aty::Test qw(explain_pairs file h1 h2 server var);
use Exporter qw(import);
use File::Path qw(make_path);
use JSON::PP ();

our @EXPORT = @Aty::SiteText::EXPORT;

my $certificates = var('top_dir') . '/drift-certs';

# Not yet started. The first one makes the certificates.
sub new {
    my ($class, $name, %variables) = @_;
    my $root = var('top_dir') . "/more/$name";
    my $self = bless {files => {}, certs => "$root/certs"}, $class;
    _make_certificates() if !-d $certificates;
    make_path($self->{certs});
    system('cp', '-R', "$certificates/.", $self->{certs}) == 0 or die;
    $self->{httpd} = server($name, 'authority.conf.in', certs => $self->{certs},
        site_text => base_text(), %variables);
    $self->httpd->log->may(qr/ATY10[2456]: /);    # looked at one by one, see `told`
    return $self;
}

sub _make_certificates {
    make_path($certificates);
    system('cp', '-R', var('certs') . '/.', $certificates) == 0 or die;
    my @made = ($certificates);
    my @pair = map { "$_.example.test" } qw(shop blog news);
    Aty::Certificates::server(@made, $_, @pair) for qw(pair pair-same);
    Aty::Certificates::server(@made, 'pair-more', @pair, 'more.example.test');
    Aty::Certificates::server(@made, 'pair-wild', '*.example.test');
    Aty::Certificates::server(@made, $_, @pair[0, 1]) for qw(pair-fewer pair-rsa);
    Aty::Certificates::authority(@made, 'other-ca');
    Aty::Certificates::authority(@made, 'namesake-ca', 'staff-ca');
    Aty::Certificates::client(@made, 'other-ca', 'other');
    Aty::Certificates::client(@made, 'namesake-ca', 'namesake');
    my $ca = file("$certificates/staff-ca.pem");
    Aty::Template::store("$certificates/staff-ca-copy.pem", "# the same, twice\n$ca$ca");
    Aty::Certificates::hashed(@made, 'staff-dir', 'staff-ca');
    Aty::Certificates::hashed(@made, 'other-dir', 'other-ca');
    Aty::Certificates::hashed(@made, 'namesake-dir', 'namesake-ca');
}

sub httpd { return $_[0]{httpd} }

# Puts other files in the place of some of the certificates, and the first ones back in the
# place of all others: name to name, or directory to directory.
sub files {
    my ($self, $files) = @_;
    for my $name (keys %{$self->{files}}, keys %$files) {
        my $from = "$certificates/" . ($files->{$name} // $name);
        my $to = "$self->{certs}/$name";
        system('rm', '-rf', $to) == 0 && system('cp', '-R', $from, $to) == 0 or die;
    }
    $self->{files} = $files;
}

# Makes the policy of a text, and the table of that with the certificates as they are now.
# What was compiled before is remembered.
sub compile {
    my ($self, $text) = @_;
    my $root = $self->httpd->root;
    $text = Aty::Template::fill($text, $self->httpd->variables);
    my $key = join "\n", %{$self->{files}}, $text;
    Aty::Template::store("$root/site.policy", policy_of($text));
    if (my $known = $self->{compiled}{$key}) {
        Aty::Template::store("$root/site.table", $known->{bytes});
    }
    else {
        Aty::Test::compile("$root/site.policy", "$root/site.table");
        $self->{compiled}{$key} = {bytes => file("$root/site.table"), frames => $self->_frames};
    }
    $self->{table} = [vhosts_of($text)];
    $self->{frames} = $self->{compiled}{$key}{frames};
}

# Gives httpd a text, for its next start or restart.
sub configure {
    my ($self, $text, %variables) = @_;
    my $server = $self->httpd;
    $server->configure(site_text => $text, table => $server->root . '/site.table', %variables);
    $self->{live} = [vhosts_of(Aty::Template::fill($text, $server->variables))];
}

# The line of a directive of the top level.
sub top_line {
    my ($self, $directive) = @_;
    my @lines = split /\n/, file($self->httpd->root . '/site.policy');
    my ($found) = grep { $lines[$_] =~ /^\Q$directive\E\b/ } 0 .. $#lines;
    return 1 + ($found // die "no $directive\n");
}

sub live_line { return line_of($_[0]{live}, @_[1 .. $#_]) }
sub table_line { return line_of($_[0]{table}, @_[1 .. $#_]) }

# Starts it, or restarts it gracefully; returns its serious lines.
sub start   { return $_[0]->_told(sub { $_[0]->start }) }
sub restart { return $_[0]->_told(sub { $_[0]->restart }) }

sub _told {
    my ($self, $how) = @_;
    my $log = $self->httpd->log;
    my $mark = $log->mark;
    $how->($self->httpd) or die "httpd does not serve\n";
    return grep { Aty::Log::is_serious($_) && !/AH10034/ } $log->lines($mark);
}

# Runs httpd with these arguments to its end: exit status, or why there is none; what it
# printed; and the lines of its log.
sub run {
    my ($self, @arguments) = @_;
    my $mark = $self->httpd->log->mark;
    my @answer = eval {
        local $SIG{ALRM} = sub { die "it runs on\n" };
        alarm patience(10);
        my @result = $self->httpd->run(@arguments);
        alarm 0;
        @result;
    };
    alarm 0;
    @answer = ($@, '') if $@;
    return (@answer, $self->httpd->log->lines($mark));
}

# All names that lead anywhere on an address, by httpd or by the table, those of ServerName
# first, and one that leads nowhere.
sub _names {
    my ($self, $address) = @_;
    my %rank = ('nowhere.example.test' => 2);
    for my $vhost (map { @{$self->{$_}} } qw(live table)) {
        next if !grep { $_ eq $address } @{$vhost->{addresses}};
        $rank{lc s/\*/bob/r} = 1 for @{$vhost->{names}};
        $rank{$vhost->{name}} = 0;
    }
    return sort { $rank{$a} <=> $rank{$b} || $a cmp $b } keys %rank;
}

sub _addresses {
    my ($self) = @_;
    my %addresses = map { $_ => 1 } map { @{$_->{addresses}} } @{$self->{live}};
    return sort keys %addresses;
}

# Whether exactly one of the two has what the default vhost no longer lends.
sub _are_apart {
    my ($drift, $c, $t) = @_;
    return 1 == grep { $drift->{apart}{$_->{name}} } $c, $t;
}

sub _shares { return !$_[0] || $_[0]{verdict} ne 'misdirected' }

# Whether the table cannot know the vhost.
sub _is_unknown {
    my ($drift, $vhost) = @_;
    return !$vhost->{tls} || $drift->{unknown}{$vhost->{name}};
}

# What must come of a pair: status, verdict (a regular expression); drifted: it is for or
# from what has drifted; crosses: it is for another vhost than the connection's; vhost: who
# has the authority. `explained` is needed where it has not drifted.
sub _expect {
    my ($self, $drift, $address, $pair, $explained) = @_;
    my ($connection, $authority) = @$pair;
    my $c = find_vhost($self->{live}, $address, $connection);
    my $t = find_vhost($self->{live}, $address, $authority);
    my $known = find_vhost($self->{table}, $address, $authority);
    my $leads_astray = !$known || $known->{name} ne $t->{name};
    my $unknown = _is_unknown($drift, $c) || _is_unknown($drift, $t);
    my $quarantined = $drift->{quarantined}{$c->{name}} || $drift->{quarantined}{$t->{name}};
    my $lost = grep { $_ eq $authority } map { @{$drift->{lost}{$_->{name}} || []} } $c, $t;
    my $apart = $c != $t && _are_apart($drift, $c, $t);
    my %expected = (
        crosses => $c != $t,
        drifted => $unknown || $quarantined || $lost || $apart || $leads_astray,
        vhost   => $t->{name},
    );
    my $outcome = sub { return {%expected, status => $_[0], verdict => qr/\A$_[1]\z/} };
    if ($c == $t) {
        return $outcome->(421, 'misdirected unknown-authority')
            if $connection ne '-' && !$unknown && !$quarantined
            && ($leads_astray || $explained && $explained->{verdict} eq 'misdirected');
        return $outcome->(200, 'same -');
    }
    else {
        return $outcome->(421, 'misdirected (?:not-in-policy|drifted|unknown-authority)')
            if $unknown;
        return $outcome->(421, 'misdirected drifted') if $quarantined;
        return $outcome->(421, 'misdirected unknown-authority') if $leads_astray;
        return $outcome->(421, $explained ? 'misdirected drifted' : 'misdirected [a-z0-9-]+')
            if ($lost || $apart) && _shares($explained);
    }
    return \%expected if !$explained;
    return $outcome->($explained->{verdict} eq 'misdirected' ? 421 : 200,
        "$explained->{verdict} $explained->{reason}");
}

# Asks every pair on every address, and holds it against what authorityc says of the table,
# but for what has drifted; over HTTP/2 the ORIGIN frames of the connections as well.
# `drift` has the names of vhosts: quarantined, unknown; lost: name of a vhost to a list of
# names that its certificates do not cover any more; apart: those that do not share with the
# others any more; engine: name of a vhost to its AuthorityEngine, if that is not on.
# Options: http1; concerned (only pairs for or from what has drifted); client (name of a
# vhost to the client certificate it wants). Returns a hash of what was wrong (list); how
# many were asked, and how many frames were looked at; crossed: how many requests were for
# or from what has drifted, and for another vhost than the connection's; opened: those of
# these that were answered with 200.
sub outcomes {
    my ($self, $drift, %option) = @_;
    my %sum = (asked => 0, crossed => 0, frames => 0, wrong => [], opened => []);
    for my $address ($self->_addresses) {
        my @asked = $self->_expected($drift, $address, %option);
        my @answers = ask_pairs([map { $_->{pair} } @asked],
            server => $self->httpd, http1 => $option{http1},
            connect => sub { $self->_connect($address, $_[0], %option) },
            at_end => sub {
                $self->_judge_frame($drift, $address, @_, \%sum) if !$option{http1};
            });
        _judge($address, $asked[$_], $answers[$_], \%sum) for 0 .. $#asked;
    }
    return \%sum;
}

# Every pair of an address with what must come of it.
sub _expected {
    my ($self, $drift, $address, %option) = @_;
    my @pairs = $self->_pairs($drift, $address, %option);
    my @explained = $option{concerned} ? () : $self->_explain($address, \@pairs, %option);
    my @expected = map {
        {pair => $pairs[$_], %{$self->_expect($drift, $address, $pairs[$_], $explained[$_])}}
    } 0 .. $#pairs;
    return grep { $_->{drifted} } @expected if $option{concerned};
    _loosen($drift->{engine}{$expected[$_]{vhost}}, $expected[$_], $explained[$_])
        for 0 .. $#expected;
    return @expected;
}

# What is different where AuthorityEngine of the vhost with the authority is off, or
# observe: mod_ssl is the one who refuses.
sub _loosen {
    my ($engine, $expected, $explained) = @_;
    return if !$engine;
    $expected->{status} = $explained->{mod_ssl} eq '421' ? 421 : 200
        if $expected->{verdict} =~ /misdirected/;
    $expected->{verdict} = $engine eq 'off' ? qr/\A- -\z/
        : $expected->{verdict} =~ s/misdirected/would-421/r;
    delete @$expected{qw(drifted crosses)};    # nobody is kept from anything
}

sub _judge {
    my ($address, $expected, $answer, $sum) = @_;
    my $what = "$address, @{$expected->{pair}}";
    my $got = "$answer->{verdict} $answer->{reason}";
    push @{$sum->{wrong}},
        "$what: $answer->{status} $got, not $expected->{status} $expected->{verdict}"
        if $answer->{status} != $expected->{status} || $got !~ $expected->{verdict};
    push @{$sum->{wrong}}, "$what: by $answer->{vhost}, not $expected->{vhost}"
        if lc $answer->{vhost} ne $expected->{vhost};
    $sum->{asked}++;
    return if !$expected->{drifted} || !$expected->{crosses};
    $sum->{crossed}++;
    push @{$sum->{opened}}, $what if $answer->{status} == 200;
}

# Every pair of a connection and an authority. A vhost without h2 opens no such connection;
# of names that lead to the same vhosts one is enough for connections, and over HTTP/1.1,
# where each 421 costs a handshake, for authorities.
sub _pairs {
    my ($self, $drift, $address, %option) = @_;
    my @names = $self->_names($address);
    my @distinct = $self->_distinct($drift, $address, '-', @names);
    my @connections = grep {
        my $vhost = find_vhost($self->{live}, $address, $_);
        $vhost->{tls} && ($option{http1} || $vhost->{h2});
    } @distinct;
    my @authorities = $option{http1} ? grep { $_ ne '-' } @distinct : @names;
    return map { my $connection = $_; map { [$connection, $_] } @authorities } @connections;
}

sub _distinct {
    my ($self, $drift, $address, @names) = @_;
    my %lost = map { $_ => 1 } map { @$_ } values %{$drift->{lost} || {}};
    my %seen;
    return grep {
        my $vhost = find_vhost($self->{live}, $address, $_);
        my $known = find_vhost($self->{table}, $address, $_);
        my $is_usual = has_name($vhost, $_) && !$lost{$_};
        !$seen{$vhost->{name}, $known ? $known->{name} : '', $is_usual ? '' : $_}++;
    } @names;
}

# By ServerName, since a name may lead elsewhere in the table, and so may no name.
sub _explain {
    my ($self, $address, $pairs, %option) = @_;
    my ($host, $port) = split /:/, $address;
    my $default = find_vhost($self->{table}, $address, '-') or return;
    my @by_name = map {
        my ($connection, $authority) = @$_;
        my $vhost = find_vhost($self->{live}, $address, $connection);
        my $is_default = $connection eq '-' && $vhost->{name} eq $default->{name};
        [$is_default ? '-' : $vhost->{name}, $authority]
    } @$pairs;
    return explain_pairs(\@by_name, address => $host, port => $port,
        table => $self->httpd->root . '/site.table', http1 => $option{http1});
}

sub _connect {
    my ($self, $address, $name, %option) = @_;
    my ($host, $port) = split /:/, $address;
    $host = '127.0.0.2' if $host eq '*';    # where it is the only one
    my $vhost = find_vhost($self->{live}, $address, $name);
    my $client = $option{client}{$vhost->{name} =~ s/\..*//r};
    $client //= 'staff' if $vhost->{text} =~ /^ *SSLVerifyClient +require$/m;
    my @common = (
        $port,
        $name eq '-' ? undef : $name,
        address => $host,
        $client
        ? (cert => "$certificates/$client.pem", key => "$certificates/$client.key")
        : (),
    );
    return $option{http1} ? h1(@common, alpn => ['http/1.1']) : h2(@common);
}

# What is wrong with the ORIGIN frame of a connection, held against that of the table
# without what has drifted. O8, O16: the name of the handshake belongs to it in any case.
sub _frame_fault {
    my ($self, $drift, $address, $name, $connection) = @_;
    $connection->barrier;
    my @frames = $connection->frames('ORIGIN');
    my $want = $self->_frame($drift, $address, $name);
    return @frames . ' frames' if @frames != ($want ? 1 : 0);
    return if !$want;
    my @wanted = _without($name, @$want);
    my @got = _without($name, $connection->origins);
    return if "@wanted" eq "@got" && (@$want || !$connection->origins);
    return "@got, not @wanted";
}

sub _judge_frame {
    my ($self, $drift, $address, $name, $connection, $sum) = @_;
    my $fault = $self->_frame_fault($drift, $address, $name, $connection);
    push @{$sum->{wrong}}, "$address, $name: ORIGIN: $fault" if $fault;
    $sum->{frames}++;
}

sub _without {
    my ($name, @origins) = @_;
    return sort grep { _host($_) ne $name } @origins;
}

# The origins that the frame of a connection must have; none: no frame.
sub _frame {
    my ($self, $drift, $address, $sni) = @_;
    my $vhost = find_vhost($self->{live}, $address, $sni);
    my $origins = $self->{frames}{$address}{$vhost->{name}};
    return if $sni eq '-' || !$origins || $drift->{engine}{$vhost->{name}};
    return [] if $drift->{quarantined}{$vhost->{name}};
    my %lost = map { $_ => 1 } @{$drift->{lost}{$vhost->{name}} || []};
    return [grep {
        my $owner = find_vhost($self->{live}, $address, _host($_));
        !$lost{_host($_)} && $self->_leads_home($drift, $address, _host($_))
            && !_are_apart($drift, $vhost, $owner)
    } @$origins];
}

sub _host { return $_[0] =~ m{\Ahttps://([^:]+)} ? $1 : die "not an origin: $_[0]\n" }

# Whether the name leads to the vhost that the table has for it, and that one has it.
sub _leads_home {
    my ($self, $drift, $address, $name) = @_;
    my ($live, $table) = map { find_vhost($self->{$_}, $address, $name) } qw(live table);
    return $live->{name} eq $table->{name}
        && !$drift->{quarantined}{$live->{name}}
        && !_is_unknown($drift, $live)
        && !grep({ $_ eq $name } @{$drift->{lost}{$live->{name}} || []});
}

# Address and ServerName to the origins of the table's frame; none: no frame.
sub _frames {
    my ($self) = @_;
    my $command = join ' ', map { quotemeta } var('authorityc'), 'dump', '--json',
        $self->httpd->root . '/site.table';
    my $dump = JSON::PP::decode_json(scalar `$command`);
    my %frames;
    for my $vhost (@{$dump->{vhosts}}) {
        for my $seat (@{$vhost->{seats}}) {
            my $address = "$seat->{address}{host}:$seat->{address}{port}";
            $frames{$address}{$vhost->{names}[0]} = $seat->{origin};
        }
    }
    return \%frames;
}

1;
