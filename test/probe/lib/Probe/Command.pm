package Probe::Command;

# Runs `authorityc probe`, and reads what it found out of its JSON.

use strict;
use warnings;

use Aty::Template;
use JSON::PP qw(decode_json);
use Outcome;

# Options: variables (of Aty::Server), names_source (text of names.c).
sub new {
    my ($class, %option) = @_;
    my ($bin, $compiler) = ("$option{variables}{top_dir}/bin", $ENV{CC} || 'cc');
    my $source = Aty::Template::store("$bin/names.c", $option{names_source});
    system($compiler, '-shared', '-fPIC', '-o', "$bin/names.so", $source) == 0
        or die "$compiler failed\n";
    return bless {variables => $option{variables}, names => "$bin/names.so"}, $class;
}

# From here on names have these addresses (a hash of lists), and others lead nowhere.
sub resolve_by {
    my ($self, %addresses) = @_;
    my @lines = map { my $name = $_; map { "$_ $name\n" } @{$addresses{$name}} }
        sort keys %addresses;
    $self->{hosts} = Aty::Template::store("$self->{variables}{top_dir}/hosts", join '', @lines);
}

# Runs it: exit code, what it printed, and what it said on standard error.
sub run {
    my ($self, @words) = @_;
    my $certs = $self->{variables}{certs};
    local @ENV{qw(LD_PRELOAD NAMES)} = @$self{qw(names hosts)}
        if $self->{hosts};
    return outcome($self->{variables}{top_dir}, $self->{variables}{authorityc}, 'probe',
        '--ca', "$certs/test-ca.pem", '--rate', 1000, @words);
}

# The words for a client certificate.
sub client {
    my ($self) = @_;
    my $certs = $self->{variables}{certs};
    return ('--client-cert', "$certs/client.pem", '--key', "$certs/client.key");
}

# Runs it for JSON: exit code, what it printed decoded, standard error.
sub answer {
    my ($self, @words) = @_;
    my ($code, $output, $errors) = $self->run('--json', @words);
    my $json = eval { decode_json($output) };
    return ($code, $json, $errors . ($json ? '' : "no JSON: $@$output"));
}

# What was found, as a list of hashes: finding ("FAULT NAME", or "FAULT SNI AUTHORITY" for a
# pair), address, and lines: the numbers of the policy's lines that it names.
sub findings {
    my ($self, $answer) = @_;
    return map { {
        finding => _finding($_),
        address => defined $_->{port} ? "$_->{address}:$_->{port}" : undef,
        lines   => [map { $_->{place} ? $_->{place}{line} : () } @{$_->{written}}],
    } } @{$answer->{faults} || []};
}

# What a name is answered by is a matter of that name, wherever it is asked for.
sub _finding {
    my ($fault) = @_;
    my ($kind, $name, $authority) = map { $_ // '-' } @$fault{qw(fault name authority)};
    return "$kind $name" if !defined $fault->{authority};
    return "$kind $authority" if $kind eq 'wrong-vhost' || $kind eq 'no-answer';
    return "$kind $name $authority";
}

1;
