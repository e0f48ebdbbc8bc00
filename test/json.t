#!/usr/bin/perl
# What --json prints is JSON, and says what the answer for people says.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use Outcome;
use Test::More;
use Tree;

my $program = abs_path(out() . '/authorityc/authorityc') or die "build authorityc first\n";
my $place = tempdir('json-XXXXXX', DIR => out(), CLEANUP => 1);
mkdir "$place/upgrade" or die "$place/upgrade: $!\n"; # its certificates have other names
for (['policies/wildcard.policy', 'site.policy'],
    ['test/golden/upgrade.policy', 'upgrade/upgrade.policy']) {
    my ($from, $to) = @$_;
    copy($from, "$place/$to") or die "copy: $!\n";
    system('test/make-certificates', "$place/$to") == 0 or die "no certificates\n";
}

# Runs authorityc in the place; returns its exit code and standard output.
sub authorityc {
    my (@words) = @_;
    return outcome($place, $program, @words);
}

sub answer {
    my ($expected_code, @words) = @_;
    my ($code, $output) = authorityc(@words);
    is($code, $expected_code, "@words: exit code");
    my $answer = eval { decode_json($output) };
    ok($answer, "@words: JSON") or diag($@, $output);
    return $answer;
}

my $admin = answer(1, qw(explain --json site.policy www.example.com admin.example.com));
is($admin->{verdict}, 'misdirected', 'explain: the verdict');
is($admin->{reason}, 'client-auth', 'explain: the reason');
is($admin->{mod_ssl}, '421', 'explain: mod_ssl');
my ($difference) = grep { $_->{field} eq 'client-auth' } @{$admin->{differences}};
is($difference->{difference}, 'real', 'explain: the difference');
my ($line) = grep { $_->{text} eq 'SSLVerifyClient require' }
    @{$difference->{request}{directives}};
is_deeply([@{$line->{place}}{qw(file line)}], ['site.policy', 39], 'explain: its place');
like($admin->{clients}, qr/ORIGIN frame/, 'explain: what clients do');

my $static = answer(0, qw(explain --json site.policy www.example.com static.example.com));
is($static->{verdict}, 'shared', 'explain: shared');
is($static->{reason}, undef, 'explain: and no reason');

write_file("$place/questions", "www.example.com admin.example.com\n- www.example.com\n");
my ($code, $lines) = authorityc(qw(explain --json --pairs questions site.policy));
is($code, 0, 'pairs: exit code');
is_deeply([map { decode_json($_)->{verdict} } split /\n/, $lines], [qw(misdirected same)],
    'pairs: an object a line');

my $all = answer(0, qw(explain --json --all www.example.com site.policy));
is_deeply([map { @{$_->{names}} } grep { $_->{verdict} eq 'shared' }
        @{$all->{on_its_connections}}], ['static.example.com'], 'all: who is shared');
my $groups = answer(0, qw(explain --json --groups site.policy));
is_deeply([map { $_->{names} } @$groups], [3, 1], 'groups: their sizes');
is_deeply($groups->[1]{apart_by}, [qw(client-auth client-ca)], 'groups: what keeps apart');

my $upgrade = answer(1, qw(check --upgrade --json upgrade/upgrade.policy));
is_deeply([map { $_->{requests}[0] } grep { !$_->{sni} } @$upgrade],
    [map { "$_.example.com" } qw(copy other staff checked)], 'upgrade: what breaks');
is_deeply($upgrade->[0]{fields}, ['certificate'], 'upgrade: the fields');

my $dump = answer(0, qw(dump --json site.policy));
is($dump->{sni_policy}, 'secure', 'dump: SNIPolicy');
is_deeply($dump->{vhosts}[0]{names}, [qw(www.example.com example.com)], 'dump: names');
is_deeply($dump->{vhosts}[0]{seats}[0]{origin},
    [map { "https://$_" } qw(www.example.com example.com static.example.com)],
    'dump: the ORIGIN set');
like($dump->{vhosts}[0]{certificates}[0]{sha256}, qr/\A[0-9a-f]{64}\z/, 'dump: a certificate');
done_testing();
