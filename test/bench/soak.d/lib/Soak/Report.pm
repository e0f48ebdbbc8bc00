package Soak::Report;

# What the soak came to: a table, and the claims, each of which holds or is broken. README.md
# beside the soak says why the bounds are what they are.

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(sum0);
use Restarts::Claims qw(broken claim counts_text);
use Restarts::Figures qw(chance_of_so_many median robust_slope table_text);

our @EXPORT_OK = qw(report);

my $CHANCE = 0.001;    # a difference that is less likely by chance is none

# The parent may grow by so much more than stock httpd's: a few pages, and less than a
# hundredth of a table each restart (KiB). It has its size after some restarts; in a run of
# fewer than so many that cannot be told apart, but two tables that are kept.
my $PARENT_KIB           = 16;
my $PARENT_KIB_A_RESTART = 0.25;
my $SETTLED              = 10;
my $MANY                 = 30;
my $YOUNG_PARENT_KIB     = 128;

# The children together may grow in half of a calm by so much more than stock httpd's:
# allocators of three processes with 16 threads each waver by some of it; and by so much a
# connection. Until so many connections were made they have not got their size: each of 48
# threads gets its memory when it is first used.
my $CHILDREN_KIB              = 384;
my $CHILDREN_KIB_A_CONNECTION = 0.1;
my $WARM                      = 200;
my $YOUNG_CHILDREN_KIB        = 48 * 64;

my @SIDES = qw(stock authority);

# Prints all of it; returns the exit status.
sub report {
    my ($run, $tally) = @_;
    print _table($run, $tally), "\n";
    _claim_answers($run, $tally);
    _claim_counters($run, $tally);
    _claim_logs($tally);
    _claim_losses($tally);
    _claim_parents($run, $run->{option}{allow});
    my @calms = @{$tally->{calms}};
    _claim_children('a calm', $run->{option}{allow}, grep { !$_->{long} } @calms);
    _claim_children('a long calm', $run->{option}{allow}, grep { $_->{long} } @calms);
    _claim_descriptors($run, $tally);
    _claim_load($run, $tally);
    return broken() ? 1 : 0;
}

sub _table {
    my ($run, $tally) = @_;
    my ($stock, $ours) = @{$tally->{load}}{@SIDES};
    my $row = sub { [$_[0], map { $_ // 0 } @_[1, 2]] };
    my $answers = $tally->{answers};
    return sprintf("%.2f hours, %d cycles, %d restarts (%s)\n", (time - $run->{begun}) / 3600,
            $tally->{cycles}, scalar @{$run->{restarts}}, counts_text($tally->{manners}))
        . 'states: ' . counts_text($tally->{restarted}) . "\n\n"
        . table_text(
            ['', 'stock', 'with the module'],
            (map { my $what = $_; $row->($what, $stock->{$what}, $ours->{$what}) }
                qw(connections requests answered refused abandoned crossed lost hard)),
            $row->('connections with a client certificate', $stock->{staff}, $ours->{staff}),
            (map { my $what = $_; $row->($what, map { $tally->{notes}{$_}{$what} } @SIDES) }
                sort keys %{$tally->{notes}{authority}}),
            $row->('answers of the own vhost', '', $answers->{own}),
            $row->('answers of one that shares', '', $answers->{shared}),
            $row->('421', '', $answers->{refused}),
            $row->('other answers', '', $answers->{other}),
            (map { $row->("h2load, $_", '', $tally->{volume}{$_}) } sort keys %{$tally->{volume}}),
            $row->('wrong answers', '', _wrong($tally)),
            $row->('crashes', map { $tally->{faults}{"crashed $_"} } @SIDES),
        );
}

sub _wrong {
    my ($tally) = @_;
    return sum0(map { $_ // 0 } @{$tally->{faults}}{qw(forbidden wrong mixed origins)});
}

# A claim about faults of a kind; more of them may have been than there are examples.
sub _claim_none {
    my ($tally, $kind, $text) = @_;
    my $count = $tally->{faults}{$kind} // 0;
    claim($count ? "$text ($count in all)" : $text, @{$tally->{examples}{$kind} || []});
}

sub _claim_answers {
    my ($run, $tally) = @_;
    claim('authorityc says of each pair what is expected here', @{$run->{differences}});
    _claim_none($tally, 'forbidden', 'no 200 of another vhost that the policy forbids');
    _claim_none($tally, 'wrong', 'every other answer is that of its generation\'s table');
    _claim_none($tally, 'mixed', 'a connection stays with one generation');
    _claim_none($tally, 'origins', 'ORIGIN frames are those of the generation ('
        . counts_text($tally->{frames}) . ')');
    _claim_none($tally, 'late', 'connections made 5 s after a restart are the new children\'s');
}

# What the module has counted lies between what clients know to have been answered, and that
# and all that they do not know about: requests given up or lost, and those of the soak itself.
sub _claim_counters {
    my ($run, $tally) = @_;
    my $slack = $tally->{load}{authority}{uncertain} + $run->{sides}[1]->asked;
    my %kinds = (same => 'own', shared => 'shared', misdirected => 'refused');
    my (@texts, @wrong);
    for my $counter (sort keys %kinds) {
        my $known = sum0(map { $_->{$kinds{$counter}} // 0 } $tally->{answers}, $tally->{volume});
        my $counted = $tally->{told}{$counter};
        push @texts, "$counter $counted of $known to " . ($known + $slack);
        push @wrong, $texts[-1] if $counted < $known || $counted > $known + $slack;
    }
    claim('the counters agree with the clients: ' . join(', ', @texts), @wrong);
    my $frames = sum0(map { $tally->{frames}{$_} // 0 } qw(empty names));
    my $connections = $tally->{load}{authority}{'with an answer'};
    my $told = $tally->{told};
    claim("the counters have the connections that had an answer ($connections of"
        . " $told->{connections}) and the ORIGIN frames that came ($frames of"
        . " $told->{origin_frames})",
        $connections > $told->{connections} || $frames > $told->{origin_frames}
            || $told->{origin_frames} > $told->{connections} ? 'they have not' : ());
    _claim_none($tally, 'back', 'no counter goes back');
    _claim_none($tally, 'usable', 'the status page says whether there is a table');
}

sub _claim_logs {
    my ($tally) = @_;
    for my $name (@SIDES) {
        _claim_none($tally, "crashed $name", "$name: no child crashed");
        _claim_none($tally, "gone $name", "$name: no child ended where no restart was");
        _claim_none($tally, "unexpected $name",
            "$name: nothing in the error log that was not expected");
    }
    _claim_none($tally, 'said', 'each restart said what its state says, and nothing else of it');
}

# Losses come together, by restarts: so it is counted after how many restarts the module lost
# more connections than stock httpd, and after how many fewer.
sub _claim_losses {
    my ($tally) = @_;
    my @differences = map { ($_->{authority} // 0) - ($_->{stock} // 0) } values %{$tally->{after}};
    my $more = grep { $_ > 0 } @differences;
    my $fewer = grep { $_ < 0 } @differences;
    my $chance = chance_of_so_many($more, $fewer, 1, 1);
    claim(sprintf('lost: %d connections with the module, %d without; more after %d restarts,'
        . ' fewer after %d, so many or more by chance: %.2g',
        (map { $tally->{load}{$_}{lost} } qw(authority stock)), $more, $fewer, $chance),
        $chance < $CHANCE ? 'the module loses more' : ());
}

# From when a parent has its size, at restarts with the same state: the robust slope, for all
# restarts.
sub _claim_parents {
    my ($run, $allow) = @_;
    my @restarts = @{$run->{restarts}};
    my $settled = @restarts < $MANY ? int(@restarts / 4) : $SETTLED;
    my @points = grep { $_->{number} > $settled && $_->{measured}
        && $_->{states}[-1]{name} eq 'good a' } @restarts;
    my $count = @restarts - $settled;
    my $most = $allow // (@restarts < $MANY ? $YOUNG_PARENT_KIB : $PARENT_KIB)
        + $PARENT_KIB_A_RESTART * $count;
    for my $measure (qw(anonymous rss)) {
        my %growth = map { my $name = $_; ($name => $count
            * robust_slope(map { [$_->{number}, $_->{measured}{$name}{$measure}] } @points)) } @SIDES;
        my $text = sprintf '%s memory of the parent grew in %d restarts by %.1f KiB, stock'
            . ' httpd\'s by %.1f; at most %.1f more is allowed',
            $measure eq 'rss' ? 'resident' : 'allocated', $count, @growth{qw(authority stock)}, $most;
        claim($text, @points < 3 ? 'too few restarts to say' : (),
            $growth{authority} > $growth{stock} + $most ? 'it grew' : ());
    }
}

# In the second half of calms of a kind.
sub _claim_children {
    my ($calm, $allow, @calms) = @_;
    return if !@calms;
    my %growth = map { my $name = $_; ($name => median(map { $_->{$name} } @calms)) } @SIDES;
    my $difference = median(map { $_->{authority} - $_->{stock} } @calms);
    my $connections = median(map { $_->{connections} } @calms);
    my $most = $allow // ($connections < $WARM ? $YOUNG_CHILDREN_KIB : $CHILDREN_KIB)
        + $CHILDREN_KIB_A_CONNECTION * $connections;
    claim(sprintf('children grew in half of %s, in all, by %.1f KiB, stock httpd\'s by %.1f, with'
        . ' %d connections (medians of %d); at most %.1f more is allowed',
        $calm, @growth{qw(authority stock)}, $connections, scalar @calms, $most),
        $difference > $most ? sprintf('%.1f KiB more', $difference) : ());
}

# Of a parent always the same; of a child, when nobody is connected, no more at the end than
# at the beginning, nor than stock httpd's.
sub _claim_descriptors {
    my ($run, $tally) = @_;
    my @rests = @{$tally->{rests}};
    for my $name (@SIDES) {
        my @parent = map { $_->{parents}{$name}{descriptors} } @rests;
        my @child = map { $_->{descriptors}{$name} } @rests;
        my $text = "$name: descriptors of the parent, $parent[0] at first, $parent[-1] at last;"
            . " of a child at rest, $child[0] and $child[-1]";
        claim($text, $parent[-1] > $parent[0] || $child[-1] > $child[0] ? 'more' : ());
    }
}

sub _claim_load {
    my ($run, $tally) = @_;
    my %seen = (%{$tally->{answers}}, certificates => $tally->{load}{authority}{staff},
        (map { ("frames with $_" => $tally->{frames}{$_}) } qw(none empty names)),
        (map { ("h2load, $_" => $tally->{volume}{$_}) } qw(own shared refused)),
        (map { ("$_ at stock httpd" => $tally->{load}{stock}{$_}) } qw(answered staff)));
    my @wanted = (qw(own shared refused certificates), 'answered at stock httpd',
        'staff at stock httpd', (map {"frames with $_"} qw(none empty names)),
        map {"h2load, $_"} qw(own shared refused));
    my $odd = keys %{$tally->{notes}{authority}};
    claim("there was load of every kind ($odd kinds of odd things)",
        (grep { !$seen{$_} } @wanted), $odd >= 8 ? () : 'fewer than eight kinds of odd things');
    claim('no client died', @{$run->{died} || []});
}

1;
