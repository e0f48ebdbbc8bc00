package Restarts::Judge;

# Reads what the clients wrote down, and holds it against what the states say.
#
# Every response names the configuration that it comes from (X-Generation), so each is judged
# by the state of exactly that generation: what the old children still answer by the old
# table, and new ones by the new.

use strict;
use warnings;

use Exporter qw(import);
use Restarts::Site qw(expected_status group_names handshake_vhost);

our @EXPORT_OK = qw(judge read_records);

# The records of a server, as connections: a list of hashes with id, began, protocol, sni,
# requests, origins (undef: it was not closed by us).
sub read_records {
    my (@files) = @_;
    my (%connections, @order);
    for my $path (@files) {
        open my $file, '<', $path or die "$path: $!\n";
        while (my $line = <$file>) {
            chomp $line;
            my ($kind, $id, @fields) = split /\t/, $line;
            next if $kind eq 'N';    # a note, for others
            if ($kind eq 'C') {
                $connections{$id}{origins} = $fields[0];
                next;
            }
            my $connection = $connections{$id} ||= {id => $id, requests => []};
            push @order, $connection if !@{$connection->{requests}};
            my %request;
            (@$connection{qw(began protocol sni)},
                @request{qw(authority path sent ended outcome status vhost generation)}) = @fields;
            push @{$connection->{requests}}, \%request;
        }
    }
    return @order;
}

my %known;    # the same few hundred questions come again and again

# Judges the connections of a server with the module. generations: by number, a hash with
# states (those that its table may have had) and served (when it did). port: of the site.
# Returns a hash of lists of faults: forbidden, wrong, mixed, origins, late; and counts.
sub judge {
    my ($connections, $generations, $port) = @_;
    my %found = map { $_ => [] } qw(forbidden wrong mixed origins late);
    $found{counts} = {};
    %known = ();
    for my $connection (@$connections) {
        push @{$found{wrong}}, map { "connection $connection->{id}, request $_->{authority}:"
            . ' the answer does not say its generation' }
            grep { $_->{outcome} eq 'answered' && $_->{generation} eq '-' }
            @{$connection->{requests}};
        my @numbers = _generations($connection) or next;
        push @{$found{mixed}}, "connection $connection->{id}: generations @numbers" if @numbers > 1;
        my $generation = $generations->{$numbers[0]};
        _judge_request(\%found, $connection, $_, $generation) for @{$connection->{requests}};
        _judge_origins(\%found, $connection, $generation, $port);
        _measure_lateness(\%found, $connection, $numbers[0], $generations);
    }
    return \%found;
}

sub _generations {
    my ($connection) = @_;
    my %seen = map { $_->{generation} => 1 } @{$connection->{requests}};
    delete $seen{'-'};
    return sort { $a <=> $b } keys %seen;
}

sub _judge_request {
    my ($found, $connection, $request, $generation) = @_;
    return if $request->{outcome} ne 'answered';
    my $was = $request->{status} == 200 ? "200 $request->{vhost}" : $request->{status};
    my @states = @{$generation->{states}};
    my @expected = map { _expected($_, $connection, $request) } @states;
    my $names = join ' or ', map { $_->{name} } @states;
    $found->{counts}{$names}{_kind_of($connection, $request, $states[0], $was)}++;
    return if grep { $_ eq $was } @expected;
    push @{$found->{$request->{status} == 200 ? 'forbidden' : 'wrong'}},
        "$connection->{protocol}, connection $connection->{sni} ($connection->{id}), request"
        . " $request->{authority}, $names: $was where the policy says "
        . join ' or ', @expected;
}

sub _expected {
    my ($state, $connection, $request) = @_;
    my ($sni, $authority, $h2) =
        ($connection->{sni}, $request->{authority}, $connection->{protocol} eq 'h2');
    return $known{"$state->{name} $sni $authority $h2"} //=
        expected_status($state, $sni, $authority, $h2);
}

# own: of the connection's own vhost; shared: of another; refused: 421.
sub _kind_of {
    my ($connection, $request, $state, $was) = @_;
    return $was eq '421' ? 'refused' : 'other' if $request->{status} != 200;
    my $own = $known{"$state->{name} $connection->{sni} own"} //=
        handshake_vhost($connection->{sni}, $state->{change});
    return $was eq "200 $own" ? 'own' : 'shared';
}

sub _judge_origins {
    my ($found, $connection, $generation, $port) = @_;
    return if !defined $connection->{origins} || $connection->{protocol} ne 'h2';
    my @allowed = map { _origin_text($_, $connection->{sni}, $port) } @{$generation->{states}};
    my ($count, $entries) = split / /, $connection->{origins}, 2;
    my $was = $count eq 'none' ? 'none' : "$count " . join ',', sort split /,/, $entries // '';
    $found->{counts}{frames}{$was eq 'none' ? 'none' : $was eq '1 ' ? 'empty' : 'names'}++;
    return if grep { $_ eq $was } @allowed;
    push @{$found->{origins}}, "connection $connection->{sni} ($connection->{id}),"
        . " $generation->{states}[0]{name}: ORIGIN $was, and it should be "
        . join ' or ', @allowed;
}

sub _origin_text {
    my ($state, $sni, $port) = @_;
    return $known{"$state->{name} $sni"} //= do {
        my $names = group_names($state, $sni);
        $names ? '1 ' . join ',', sort map { "https://$_:$port" } @$names : 'none';
    };
}

# How long after a restart was complete a new connection was still taken by an old child.
sub _measure_lateness {
    my ($found, $connection, $number, $generations) = @_;
    my $next = $number + 1;
    $next++ while $generations->{$next} && !$generations->{$next}{served};
    my $after = $generations->{$next} or return;
    my $late = $connection->{began} - $after->{served};
    push @{$found->{late}}, $late if $late > 0;
}

1;
