package Differential::Compare;

# Puts a site before authorityc and before httpd, and says where the two disagree.

use strict;
use warnings;

use Aty::Server;
use Aty::Template;
use Differential::Ask qw(ask_module ask_stock);
use Differential::Text qw(httpd_text policy_text);
use Exporter qw(import);
use File::Path qw(remove_tree);
use List::Util qw(shuffle);

our @EXPORT_OK = qw(compare pairs_of);

my $servers = 0;    # a directory for each

# Pairs of a site, at most so many, in the order of their connections; every pair of a
# connection is there or none. Half of them HTTP/2.
sub pairs_of {
    my ($site, $most) = @_;
    srand $site->{seed};
    my @authorities = $site->authorities;
    my @connections;
    for my $point ($site->points) {
        for my $sni ($site->handshakes) {
            push @connections, [@$point, $sni, $_] for 0, 1;
        }
    }
    my @pairs;
    for my $connection (shuffle @connections) {
        last if @pairs + @authorities > $most && @pairs;
        my ($host, $port, $sni, $http1) = @$connection;
        push @pairs, map {
            {host => $host, port => $port, sni => $sni, http1 => $http1, authority => $_}
        } @authorities;
    }
    return @pairs;
}

# Asks the pairs of the servers named: stock (httpd by itself), module, and module-import
# (with the table of what authorityc makes of httpd's configuration). Each answer is held
# against what authorityc says; those of stock also against what it says of the imported
# policy, which is the column `import`. Returns a hash: disagreements (each a hash with
# column, pair, said, was), asked (column => count), answers (what was said => count), and
# fault, where there was nobody to ask.
sub compare {
    my ($variables, $site, $pairs, @names) = @_;
    my %result = (disagreements => [], asked => {}, answers => {});
    for my $name (@names) {
        my $server = _server($variables, $site, $name);
        my $found = eval {
            _start($server, $site, $name eq 'module-import');
            $name eq 'stock'
                ? _compare_stock($server, $site, $pairs, \%result)
                : _compare_module($server, $site, $pairs, $name, \%result);
            1;
        };
        $result{fault} = "$name: $@" if !$found;
        _end($server);
        last if !$found;
    }
    return \%result;
}

# A server with the site; not yet started.
sub _server {
    my ($variables, $site, $name) = @_;
    return Aty::Server->new(
        name      => "$name-" . ++$servers,
        template  => $name eq 'stock' ? 'stock.conf.in' : 'authority.conf.in',
        variables => {%$variables, site_text => httpd_text($site), table => 'none',
            map { ("p${_}_port" => 0) } 1 .. $site->{ports}},
    );
}

# Compiles the policy, or the imported one, for the server's own ports, and starts it.
sub _start {
    my ($server, $site, $imported) = @_;
    my $policy = $server->root . '/site.policy';
    Aty::Template::store($policy,
        Aty::Template::fill(policy_text($site), $server->variables));
    _compile($server, $policy);
    $server->configure(table => $server->root . '/site.table');
    _compile($server, _import($server)) if $imported;
    return $server->start;
}

sub _compile {
    my ($server, $policy) = @_;
    _authorityc($server, 'compile', '-q', $policy, '-o', $server->root . '/site.table');
}

# Runs authorityc; dies where it fails.
sub _authorityc {
    my ($server, @words) = @_;
    my $command = join ' ', map { quotemeta } $server->variables->{authorityc}, @words;
    my $said = `$command 2>&1`;
    die "authorityc $words[0]: $said" if $?;
}

sub _end {
    my ($server) = @_;
    $server->stop;
    Aty::Ports::give_back(grep { defined } @{$server->variables}{qw(port p1_port p2_port)});
    remove_tree($server->root);
}

# The policy of httpd's configuration, as authorityc has it from httpd. Returns its path.
sub _import {
    my ($server) = @_;
    my $root = $server->root;
    my $variables = $server->variables;
    _authorityc($server, 'import', '--module', $variables->{module}, '--httpd',
        $variables->{httpd}, '-f', "$root/httpd.conf", '-o', "$root/imported.policy", '--',
        '-d', $root);
    return "$root/imported.policy";
}

# What authorityc says of each pair by a policy or table: a list of hashes.
sub _explain {
    my ($server, $pairs, $file) = @_;
    my %groups;
    for my $i (0 .. $#$pairs) {
        my $pair = $pairs->[$i];
        push @{$groups{"$pair->{host} $pair->{port} " . ($pair->{http1} ? 1 : 0)}}, $i;
    }
    my @said;
    for my $group (sort keys %groups) {
        my ($host, $port, $http1) = split ' ', $group;
        my @indexes = @{$groups{$group}};
        @said[@indexes] = _explain_group($server, $file, "$host:" . $server->port("p$port"),
            $http1, @$pairs[@indexes]);
    }
    return @said;
}

sub _explain_group {
    my ($server, $file, $address, $http1, @pairs) = @_;
    my $input = $server->root . '/pairs';
    Aty::Template::store($input, join '', map { "$_->{sni} $_->{authority}\n" } @pairs);
    my @command = ($server->variables->{authorityc}, 'explain', '--address', $address,
        $http1 ? '--http1' : (), '--pairs', $input, $file);
    my @lines = `@{[join ' ', map { quotemeta } @command]} 2>$input.errors`;
    die "authorityc explain: ", Aty::Template::load("$input.errors"), "\n"
        if $? || @lines != @pairs;
    return map {
        my (undef, undef, $verdict, $reason, $mod_ssl) = split ' ';
        {verdict => $verdict, reason => $reason, mod_ssl => $mod_ssl};
    } @lines;
}

# A connection without h2 cannot be asked over HTTP/2; only where the site says so.
sub _may_lack_h2 {
    my ($site, $answer) = @_;
    return $answer eq 'no-h2' && grep { "@$_" eq 'Protocols http/1.1' }
        map { @$_ } $site->{base}, map { $_->{lines} } @{$site->{vhosts}};
}

# Over HTTP/1.1 mod_ssl asks for a client certificate after the handshake, where a
# <Location /> or, under insecure, the vhost wants one. Ours may not do then; but mod_ssl let
# the request pass, which is what '200' says.
sub _may_fail_later {
    my ($site, $pair, $answer) = @_;
    return $pair->{http1} && $answer =~ /\A(?:403|lost)/
        && ($site->{policy} eq 'insecure' || $site->has_root_location);
}

sub _compare_stock {
    my ($server, $site, $pairs, $result) = @_;
    my %said = (
        stock  => [_explain($server, $pairs, $server->root . '/site.table')],
        import => [_explain($server, $pairs, _import($server))],
    );
    my @answers = ask_stock($server, $site, $pairs);
    for my $i (0 .. $#answers) {
        my ($pair, $answer) = ($pairs->[$i], $answers[$i]);
        next if _may_lack_h2($site, $answer);
        $result->{answers}{$said{stock}[$i]{mod_ssl}}++;
        $answer = '200' if _may_fail_later($site, $pair, $answer);
        for my $column (sort keys %said) {
            my $said = $said{$column}[$i]{mod_ssl};
            $result->{asked}{$column}++;
            _disagree($result, $column, $pair, $said, $answer) if $answer ne $said;
        }
    }
}

sub _compare_module {
    my ($server, $site, $pairs, $column, $result) = @_;
    my @said = _explain($server, $pairs, $server->root . '/site.table');
    my @answers = ask_module($server, $site, $pairs);
    for my $i (0 .. $#answers) {
        my ($pair, $said, $answer) = ($pairs->[$i], $said[$i], $answers[$i]);
        next if _may_lack_h2($site, $answer->{answer});
        $result->{asked}{$column}++;
        $result->{answers}{$said->{reason} eq '-' ? $said->{verdict} : $said->{reason}}++;
        my $expected = ($said->{verdict} eq 'misdirected' ? '421' : '200')
            . " $said->{verdict} $said->{reason}";
        my $was = join ' ', _seen($site, $pair, $said, $answer->{answer}),
            map { $_ // '-' } @$answer{qw(verdict reason)};
        _disagree($result, $column, $pair, $expected, $was) if $was ne $expected;
        _disagree($result, $column, $pair, 'shared', "$said->{mod_ssl} of mod_ssl")
            if $said->{verdict} eq 'shared' && $said->{mod_ssl} ne '200';
    }
}

# What came, with 200 for what a <Location /> did to a request that was let pass.
sub _seen {
    my ($site, $pair, $said, $answer) = @_;
    return '200' if $answer eq 'reset 13' && $said->{mod_ssl} eq 'http1-required';
    return '200' if _may_fail_later($site, $pair, $answer);
    return $answer;
}

sub _disagree {
    my ($result, $column, $pair, $said, $was) = @_;
    push @{$result->{disagreements}},
        {column => $column, pair => $pair, said => $said, was => $was};
}

1;
