#!/usr/bin/perl
# Every sample policy, damaged in one place at a time: each directive and each tag misspelt,
# each value broken, each certificate, CA and revocation file removed. Each time there has
# to be an error at exactly that line and column, and the old table has to stay.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Outcome qw(write_file);
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $place = tempdir('misspelt-XXXXXX', DIR => out(), CLEANUP => 1);
my $old_table = "an older table\n";

# How a value of a directive is broken; the default is to append letters.
my $path = sub { "$_[0].missing" };
my $name = sub { "$_[0]..example" };
my %breaks = (
    ServerName  => $name,
    ServerAlias => $name,
    AcceptPair  => $name,
    Define      => sub { $_[1] == 0 ? "$_[0]/" : undef }, # any value may be meant
    Zone        => sub { "$_[0]/" },
    TLS         => sub { "$_[0]/" },
    Location    => sub { "-$_[0]" },
    VirtualHost => sub { "$_[0]x" },
    SSLOpenSSLConfCmd       => sub { "no-$_[0]" },
    SSLCertificateKeyFile   => sub { undef }, # keys are never read
    SSLSRPVerifierFile      => sub { undef }, # nor are verifiers
    SSLOCSPDefaultResponder => sub { "x$_[0]" },
    (map { ($_ => $path) } qw(Include SSLCertificateFile SSLCACertificateFile
        SSLCACertificatePath SSLCADNRequestFile SSLCADNRequestPath SSLCARevocationFile
        SSLCARevocationPath)),
);

# The directives, tags and words of a policy: [line, column, text, directive, index], where
# the index is -1 for the directive's name itself.
sub pieces {
    my ($text) = @_;
    my ($line, @pieces) = (0);
    for (split /\n/, $text) {
        $line++;
        next if !m,^\s*(?:</?)?(\w+),;
        my ($directive, $at) = ($1, $-[1]);
        push @pieces, [$line, $at + 1, $directive, $directive, -1];
        pos() = $at + length $directive;
        for (my $index = 0; /\G\s+([^\s#>]+)/gc; $index++) {
            push @pieces, [$line, $-[1] + 1, $1, $directive, $index];
        }
    }
    return @pieces;
}

sub replaced {
    my ($text, $piece, $new) = @_;
    my ($line, $column, $old) = @{$piece};
    my @lines = split /^/, $text;
    substr $lines[$line - 1], $column - 1, length $old, $new;
    return join '', @lines;
}

# Compiles in the folder; returns exit code and what was said.
sub compile {
    my ($folder) = @_;
    write_file("$folder/site.table", $old_table);
    my $said = qx(cd '$folder' && '$program' compile site.policy -o site.table 2>&1);
    return ($? >> 8, $said);
}

sub refused_at {
    my ($folder, $piece, $what) = @_;
    my ($line, $column) = @{$piece};
    my ($code, $said) = compile($folder);
    my @objections;
    push @objections, "exit $code" if $code != 1;
    push @objections, "no error at $line:$column:\n$said"
        if $said !~ /^site\.policy:$line:$column: error: /m;
    push @objections, 'the table was touched' if slurp("$folder/site.table") ne $old_table;
    push @objections, 'something is left over' if glob "$folder/site.table?*";
    return ok(!@objections, $what) || diag("@objections");
}

sub misspelt {
    my ($word) = @_;
    my $half = int(length($word) / 2);
    return substr($word, 0, $half) . 'q' . substr($word, $half);
}

sub test_words {
    my ($folder, $sample, $text) = @_;
    my $tested = 0;
    for my $piece (pieces($text)) {
        my ($line, undef, $word, $directive, $index) = @{$piece};
        my $break = $breaks{$directive} // sub { "$_[0]-no" };
        my $new = $index < 0 ? misspelt($word) : $break->($word, $index);
        next if !defined $new;
        write_file("$folder/site.policy", replaced($text, $piece, $new));
        refused_at($folder, $piece, "$sample:$line: '$new' for '$word'");
        $tested++;
    }
    return $tested;
}

sub test_files {
    my ($folder, $sample, $text) = @_;
    write_file("$folder/site.policy", $text);
    my %variable = $text =~ /^Define (\S+) (\S+)/mg;
    for my $piece (grep { $_->[4] == 0 } pieces($text)) {
        my ($line, undef, $word, $directive) = @{$piece};
        next if ($breaks{$directive} // 0) != $path;
        my $file = "$folder/" . ($word =~ s/\$\{(\w+)\}/$variable{$1}/gr);
        rename $file, "$file.away" or die "$file: $!\n";
        refused_at($folder, $piece, "$sample:$line: no '$word'");
        rename "$file.away", $file or die "$file: $!\n";
    }
    return;
}

sub test_sample {
    my ($source) = @_;
    my ($sample) = $source =~ m,([^/]+)\.policy$,;
    my $folder = "$place/$sample";
    make_path("$folder/include");
    copy($source, "$folder/site.policy") or die "$source: $!\n";
    copy($_, "$folder/include") or die "$_: $!\n" for files(qr,^test/golden/include/vhost,);
    is(system('test/make-certificates', "$folder/site.policy"), 0, "$sample: certificates");
    my $text = slurp($source);
    my ($code, $said) = compile($folder);
    is($code, 0, "$sample compiles as it is") or diag($said);
    cmp_ok(test_words($folder, $sample, $text), '>', 10, "$sample has words");
    return test_files($folder, $sample, $text);
}

test_sample($_)
    for files(qr,^policies/.*\.policy$,), 'test/golden/every-directive.policy';
done_testing();
