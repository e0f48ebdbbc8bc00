# Suite.pm: the httpd suite under one MPM, point by point, as one test file for prove.
package Suite;

use strict;
use warnings;

use Exporter qw(import);
use Tree;

our @EXPORT = qw(run_suite);

my $points = 0;

sub point {
    my ($held, $name) = @_;
    $points++;
    print $held ? '' : 'not ', "ok $points - $name\n";
}

# Runs the suite and hands on each of its points; its whole output is in out/log.
sub run_suite {
    my ($mpm) = @_;
    mkdir 'out/log';
    open my $log, '>', "out/log/httpd-$mpm.log" or die "out/log: $!\n";
    open my $suite, '-|', "test/httpd/run -mpm $mpm -verbose 2>&1" or die "run: $!\n";
    my ($file, $handed_on, $counted) = ('', 0, -1);
    while (my $line = readline $suite) {
        print {$log} $line;
        if ($line =~ m,^(?:\[[\d:]+\] )?t/(\S+)\.t \.+ ?(?:(skipped: .*))?,) {
            $file = $1;
            print 'ok ', ++$points, " # skip $file $2\n" if $2;
        }
        elsif ($line =~ /^(not )?ok \d+(?: - )?(.*)/ && $file) {
            my ($failed, $name) = ($1, $2);
            point(!$failed, $name =~ /^\Q$file\E:/ ? $name : "$file: $name");
            $handed_on++;
        }
        elsif ($line =~ /^Files=\d+, Tests=(\d+)/) {
            $counted = $1;
        }
        elsif ($line =~ /^(?:#|run:)/) {
            print STDERR $line =~ s/^(?!#)/# /r;
        }
    }
    point(scalar close($suite), "the suite under $mpm ends well");
    point($handed_on == $counted, "all points of the suite were handed on: $counted");
    print "1..$points\n";
}

1;
