package Restarts::Report;

# What the restarts came to: the claims, each of which holds or is broken, and the figures.

use strict;
use warnings;

use Exporter qw(import);
use Restarts::Claims qw(broken claim counts_text);
use Restarts::Figures qw(chance_of_so_many median rate_text slope table_text);
use Restarts::Judge qw(judge read_records);
use Restarts::Lines qw(is_crash is_unexpected said_wrong);
use Restarts::Losses qw(losses);
use Restarts::Process qw(MEASURES);

our @EXPORT_OK = qw(report);

my $SETTLED  = 10;      # restarts after which the parent's memory has its size
my $ENDS     = 5;       # measures at either end of which the median counts
my $CHANCE   = 0.001;   # a difference that is less likely by chance is none
my $LATE     = 2;       # seconds after which no old child may take a new connection

# How much more than stock httpd's the parent's memory may grow, in KiB: a few pages by chance,
# and a hundredth of a table each restart; see README.md.
my $KIB           = 16;
my $KIB_A_RESTART = 0.25;

# Prints all of it; returns the exit status.
sub report {
    my ($run) = @_;
    _describe($run);
    $run->{connections}{$_} = [read_records(@{$run->{records}{$_}})] for qw(stock authority);
    my $found = judge($run->{connections}{authority}, $run->{generations},
        $run->{sides}[1]->port);
    _report_policy($run, $found);
    _report_status($run);
    _report_losses($run);
    _report_logs($run);
    _report_memory($run);
    _report_ends($run);
    return broken() ? 1 : 0;
}

sub _describe {
    my ($run) = @_;
    my (%manners, %states);
    for my $restart (@{$run->{restarts}}) {
        $manners{$restart->{manner}}++;
        $states{$_->{name}}++ for @{$restart->{states}};
    }
    printf "%s: %d restarts (%s) in %d seconds, %d clients for each server, seed %d\n",
        $run->{option}{mpm}, scalar @{$run->{restarts}}, counts_text(\%manners),
        time - $run->{begun}, $run->{option}{clients}, $run->{option}{seed};
    print "states: ", counts_text(\%states), "\n";
    printf "until new children serve: stock %.2f s, with the module %.2f s (median)\n\n",
        map { my $name = $_; median(map { $_->{gap} ? $_->{gap}{$name} : () } @{$run->{restarts}}) }
            qw(stock authority);
}

# Answers and ORIGIN frames against the policy; and that there were enough of each kind for
# this to mean anything.
sub _report_policy {
    my ($run, $found) = @_;
    my $counts = $found->{counts};
    my @kinds = qw(own shared refused other);
    my $frames = delete $counts->{frames} || {};
    my @names = sort keys %$counts;
    print table_text(['answers with the module', @kinds],
        map { my $name = $_; [$name, map { $counts->{$name}{$_} // 0 } @kinds] } @names), "\n";
    claim('authorityc says of each pair what is expected here', @{$run->{differences}});
    claim('no 200 of another vhost that the policy forbids', @{$found->{forbidden}});
    claim('every other answer is that of its generation\'s table', @{$found->{wrong}});
    claim('a connection stays with one generation', @{$found->{mixed}});
    claim('ORIGIN frames are those of the generation (' . counts_text($frames) . ')',
        @{$found->{origins}}, grep { !$frames->{$_} } qw(none empty names))
        if $run->{option}{mpm} ne 'prefork';
    my %asked = map { $_->{name} => 1 } map { @{$_->{states}} } @{$run->{restarts}};
    claim('every state was asked for what it allows and what it forbids',
        grep { my $name = $_; !grep { _was_asked($counts->{$_}) && / or |\A\Q$name\E\z/ } @names }
            sort keys %asked);
    _report_lateness($found->{late});
}

sub _was_asked { return $_[0]{own} && $_[0]{refused} }

sub _report_lateness {
    my ($late) = @_;
    my ($latest) = sort { $b <=> $a } @$late, 0;
    claim(sprintf('a connection made %d s after a restart is the new children\'s (%d were'
        . ' taken by old ones, the last after %.3f s)', $LATE, scalar @$late, $latest),
        grep { $_ > $LATE } @$late);
}

# What the status page said after each restart, and that no counter went back.
sub _report_status {
    my ($run) = @_;
    my (@wrong, @back, $before);
    for my $restart (grep { $_->{told} } @{$run->{restarts}}) {
        my ($told, $state) = ($restart->{told}, $restart->{states}[0]);
        my $which = "restart $restart->{number} ($state->{name})";
        push @wrong, "$which: table usable: " . ($told->{usable} ? 'true' : 'false')
            if !$told->{usable} != !$state->{zones};
        push @back, map { "$which: $_: $told->{counts}{$_}, $before->{counts}{$_} before" }
            grep { $told->{counts}{$_} < $before->{counts}{$_} } keys %{$before->{counts} || {}};
        $before = $told;
    }
    claim('the status page says whether there is a table', @wrong, $before ? () : 'not asked');
    claim('no counter goes back (' . counts_text($before->{counts}) . ')', @back);
}

# Lost connections, ours and theirs. A connection counts once, however many requests were
# lost on it: those are lost together.
sub _report_losses {
    my ($run) = @_;
    my %of = map { $_ => losses($run, $_) } qw(stock authority);
    my @columns = qw(connections requests answered refused crossed lost hard);
    print "\n", table_text(['', @columns],
        map { _loss_row($_, $of{$_}, @columns) } qw(stock authority));
    print "refused: above GOAWAY's last stream, or REFUSED_STREAM; a client tries again\n",
        "crossed: HTTP/1.1, sent while the server closed a connection that had been idle\n",
        "lost: connections on which a request was lost; hard: the same, by hard restarts\n\n";
    my %kinds = map { $_ => 1 } map { keys %{$_->{faults}} } values %of;
    _claim_no_more_lost($_, %of) for 'lost', sort grep { $_ ne 'lost' } keys %kinds;
    claim('both servers had their load', grep { !$of{$_}{answered} } keys %of);
    claim('no client died', @{$run->{died} || []});
}

sub _loss_row {
    my ($name, $of, @columns) = @_;
    return [$name, map { $of->{$_} // $of->{count}{$_} // 0 } @columns];
}

# All of them, and each kind of them, since a kind that stock httpd has not would drown.
sub _claim_no_more_lost {
    my ($kind, %of) = @_;
    my ($theirs, $ours) = map { $of{$_}{count}{$kind} // 0 } qw(stock authority);
    my @chances = map { $of{$_}{connections} } qw(authority stock);
    my $chance = chance_of_so_many($ours, $theirs, @chances);
    my $text = sprintf '%s: %d with the module, %d without: a rate of %s, so many or more by'
        . ' chance: %.2g', $kind, $ours, $theirs, rate_text($ours, $theirs, @chances), $chance;
    claim($text, $chance < $CHANCE ? @{$of{authority}{faults}{$kind}} : ());
}

sub _report_logs {
    my ($run) = @_;
    for my $side (@{$run->{sides}}) {
        my $name = $side->name;
        my @lines = $side->log->lines(0);
        my $cores = join '', map { -e $_ ? " $_" : () } glob $side->server->root . '/core*';
        claim("$name: no child crashed", (grep { is_crash($_) } @lines), $cores || ());
        my @says = $name eq 'stock' ? () : map { @{$_->{says}} }
            map { @{$_->{states}} } values %{$run->{generations}};
        claim("$name: nothing in the error log that was not expected",
            grep { is_unexpected($_, @says) } @lines);
    }
    claim('each restart said what its state says, and nothing else of it',
        map { said_wrong($_) } @{$run->{restarts}});
}

# The parent's memory, from the tenth restart on. Only restarts with the first good state are
# compared with each other: a closed server needs less.
sub _report_memory {
    my ($run) = @_;
    my @restarts = grep { $_->{number} >= $SETTLED && $_->{states}[-1]{name} eq 'good a' }
        @{$run->{restarts}};
    my (%growth, @rows);
    for my $measure (MEASURES) {
        for my $name (qw(stock authority)) {
            my @points = map { [$_->{number}, $_->{measured}{$name}{$measure}] } @restarts;
            my ($early, $late) = _ends(@points);
            $growth{$measure}{$name} = $late - $early;
            push @rows, ["$measure, $name", $early, $late, $late - $early,
                sprintf '%.3f', slope(@points)];
        }
    }
    print "\n", table_text(["the parent's", "at $SETTLED", 'at the end', 'growth', 'a restart'],
        @rows), "(KiB, but for mappings and descriptors)\n\n";
    my $most = $KIB + $KIB_A_RESTART * @{$run->{restarts}};
    _claim_growth('allocated memory (KiB)', $growth{anonymous}, $most);
    _claim_growth('mapped memory (KiB)', $growth{mapped}, $most);
    _claim_growth($_, $growth{$_}, 0) for qw(mappings descriptors);
}

sub _ends {
    my @values = map { $_->[1] } @_;
    my $count = @values < 2 * $ENDS ? int @values / 2 : $ENDS;
    return (0, 0) if !$count;
    return (median(@values[0 .. $count - 1]), median(@values[-$count .. -1]));
}

sub _claim_growth {
    my ($what, $growth, $more) = @_;
    my ($theirs, $ours) = @$growth{qw(stock authority)};
    claim(sprintf('%s of the parent: grew by %g, stock by %g; at most %g more is allowed',
        $what, $ours, $theirs, $more), $ours > $theirs + $more ? 'it grew' : ());
}

sub _report_ends {
    my ($run) = @_;
    for my $name (qw(stock authority)) {
        claim("$name: old children end, and are reaped", @{$run->{old}{$name}});
        claim("$name: graceful-stop waits for a request, stop does not, nothing is left",
            @{$run->{ends}{$name}});
    }
}

1;
