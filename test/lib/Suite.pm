# Suite.pm: the httpd suite under one MPM, point by point, as one test file for prove.
package Suite;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;
use Tree;

our @EXPORT = qw(run_suite);

# Hands on one line of the suite's verbose output.
sub hand_on {
    my ($line, $state) = @_;
    my $builder = Test::More->builder;
    if ($line =~ m,^t/(\S+)\.t \.+ ?(?:skipped: (.*))?,) {
        $state->{file} = $1;
        $builder->skip("$1: $2") if defined $2;
    }
    elsif ($line =~ /^(not )?ok \d+(?: - (.*))?/ && defined $state->{file}) {
        my ($failed, $name) = ($1, $2 // '');
        if ($name =~ s/ ?# (?:skip|TODO) ?//i || $line =~ /^ok \d+ # skip/i) {
            $builder->skip("$state->{file}: $name");
        }
        else {
            $builder->ok(!$failed, "$state->{file}: $name");
        }
        $state->{points}++;
    }
    elsif ($line =~ /^(?:#|run:)/) {
        $builder->diag($line);
    }
    elsif ($line =~ /^Files=\d+, Tests=(\d+)/) {
        $state->{counted} = $1;
    }
}

# Runs the suite; its whole output is in out/log.
sub run_suite {
    my ($mpm) = @_;
    my $state = {points => 0};
    mkdir 'out/log';
    open my $log, '>', "out/log/httpd-$mpm.log" or die "out/log: $!\n";
    open my $suite, '-|', "test/httpd/run -mpm $mpm -verbose 2>&1" or die "run: $!\n";
    while (my $line = readline $suite) {
        print {$log} $line;
        chomp $line;
        hand_on($line, $state);
    }
    ok(close($suite), "the suite under $mpm ends well");
    is($state->{points}, $state->{counted}, 'every point of the suite was handed on');
    done_testing();
}

1;
