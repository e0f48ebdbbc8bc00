package Aty::Memcheck;

# Programs under valgrind's memcheck, and what is to be thought of its logs. A run is good
# where no process of it made an error, whoever's code it was in, and none lost memory that
# code of ours had asked for. What stock httpd is known to do is in the file of suppressions
# beside the suite, each with the way to see it without us.

use strict;
use warnings;

use Aty::Patience;
use Aty::Template;

# A frame of code of ours, as --fullpath-after= writes it: in a file of the module, of the
# compiler or of what they share; or in one of our objects, where nothing better is known.
my $OURS = qr{\((?:\S*/)?(?:mod_authority|authorityc|core)/\S+\.[ch]:\d+\)
    | \(in\ \S*/(?:mod_authority\.so|authorityc)\)}x;

# How the prefork MPM ends a child in its handler of SIGTERM: see valgrind.supp, which does not
# reach what is said of the SIGSEGV that follows.
my $PREFORK_END = qr{^Process\ terminating\ with\ default\ action\ of\ signal\ 11\ .*
    by\ 0x\w+:\ apr_pool_destroy\ [^\n]*\n
    (?:\ +by\ [^\n]*/mod_mpm_prefork\.so\)\n){2}\ +by\ [^\n]*/libc\.so}xms;

# The words in front of a program. Each process, and each child that it forks, writes a log
# PID.log into the directory. What a module has lost is still told by name after httpd has
# unloaded the module; stacks are kept whole, so that no frame of ours is cut off. Further
# options of valgrind's may follow.
sub words {
    my ($directory, $suppressions, @options) = @_;
    return (_valgrind(), @options, '--leak-check=full', '--show-leak-kinds=definite',
        '--errors-for-leak-kinds=none', '--keep-debuginfo=yes', '--num-callers=50',
        '--fullpath-after=', '--gen-suppressions=all', "--suppressions=$suppressions",
        "--log-file=$directory/%p.log");
}

# Its file: tests give programs a $PATH of their own.
sub _valgrind {
    my ($found) = grep { -x } map { "$_/valgrind" } split /:/, $ENV{PATH};
    return $found // die "there is no valgrind\n";
}

# Writes a program that is another one under valgrind, with the same process id.
sub wrap {
    my ($path, $program, $directory, $suppressions, @options) = @_;
    my @words = map { quotemeta } words($directory, $suppressions, @options), $program;
    Aty::Template::store($path, "#!/bin/sh\nexec @words \"\$@\"\n");
    chmod 0755, $path or die "$path: $!\n";
    return $path;
}

# Judges the logs of a directory, once their processes have ended: a hash with processes,
# uncounted (killed, or turned into another program, before they looked for losses), errors
# and losses (texts), and others (losses in which we have no part).
sub judge {
    my ($directory) = @_;
    my %found = (processes => 0, uncounted => 0, errors => [], losses => [], others => 0);
    for my $file (glob "$directory/*.log") {
        my ($pid) = $file =~ m{(\d+)\.log\z};
        _wait_for_end($pid, $file);
        _judge_log($file, \%found);
    }
    return \%found;
}

# The figures of a judgement, in a line.
sub summary {
    my ($found) = @_;
    return sprintf '%d processes (%d ended without a look for losses), %d errors,'
        . ' %d definite losses of ours, %d of others', @$found{qw(processes uncounted)},
        scalar @{$found->{errors}}, scalar @{$found->{losses}}, $found->{others};
}

# Why a judgement is not good; none is where nothing ran, or much of it was killed.
sub faults {
    my ($found) = @_;
    my @faults = (@{$found->{errors}}, @{$found->{losses}});
    push @faults, 'nothing ran under valgrind' if !$found->{processes};
    push @faults, 'too many processes ended without a look for losses'
        if $found->{uncounted} * 5 > $found->{processes};
    return @faults;
}

# The last process of httpd may still be counting when whoever stopped it has gone on.
sub _wait_for_end {
    my ($pid, $file) = @_;
    eventually(10, sub { _is_whole(Aty::Template::load($file)) || !kill 0, $pid });
}

sub _is_whole { return $_[0] =~ /^==\d+== ERROR SUMMARY: /m }

sub _judge_log {
    my ($file, $found) = @_;
    my $text = Aty::Template::load($file);
    $found->{processes}++;
    $found->{uncounted}++ if !_is_whole($text);
    for my $paragraph (_paragraphs($text)) {
        my $kind = kind($paragraph) or next;
        if ($kind eq 'other') { $found->{others}++ }
        else                  { push @{$found->{$kind}}, "$file:\n$paragraph" }
    }
}

# A log without its prefixes, cut where lines are empty.
sub _paragraphs {
    my ($text) = @_;
    my @lines = map { s/^==\d+== ?//r } grep { /^==\d+==/ } split /^/, $text;
    return split /^\s*\n/m, join '', @lines;
}

# What a paragraph of a log is: 'errors', 'losses' (ours), 'other' (a loss in which we have
# no part), '' (nothing of the kind).
sub kind {
    my ($paragraph) = @_;
    return '' if $paragraph !~ /^ +at 0x/m;
    return '' if $paragraph =~ /^Process terminating with default action of signal 15 /m;
    return '' if $paragraph =~ $PREFORK_END && $paragraph !~ $OURS;
    return 'errors' if $paragraph !~ /^[\d,]+ .*\bbytes in [\d,]+ blocks are definitely lost /m;
    return $paragraph =~ $OURS ? 'losses' : 'other';
}

1;
