package Clients::Plan;

# Does what `authorityc plan` says, with real certificates in place of the stand-ins.

use strict;
use warnings;

use Aty::Template;
use JSON::PP qw(decode_json);
use Outcome;

# What an administrator has to give away, beside that which all have.
my $ADDRESSES = '--addresses=127.0.0.2,127.0.0.3,127.0.0.4';

# What `authorityc plan` prints; dies where it fails.
sub ask {
    my ($variables, @words) = @_;
    my ($code, $said, $errors) = outcome('.', $variables->{authorityc}, 'plan', @words);
    die "authorityc plan @words: $errors" if $code > 1;    # 1: something is left to do
    return $said;
}

# The policy with a remedy (unify, http1, certificates or addresses), the last two on top of
# unify as the plan has it. `place` is one of Clients::Survey. Returns the new policy's
# path, and how many pairs are left by it.
sub follow {
    my ($place, $policy, $remedy) = @_;
    my $new = $policy =~ s/\.policy\z/-$remedy.policy/r;
    my @options = $remedy eq 'unify' || $remedy eq 'http1' ? "--$remedy"
        : ('--unify', $remedy eq 'addresses' ? $ADDRESSES : "--$remedy");
    my $said = decode_json(
        ask($place->{variables}, '--json', '--apply', @options, '-o', $new, $policy));
    _issue($place, map { @{$_->{certificates}} } @{$said->{remedies}});
    return ($new, $said->{remedies}[-1]{after});
}

# Puts real certificates where the stand-ins are: of the CA that clients trust there.
sub _issue {
    my ($place, @wanted) = @_;
    my $directory = $place->{directory};
    my $list = Aty::Template::store("$directory/wanted",
        join '', map { "#: $_->{path} @{$_->{names}}\n" } @wanted);
    for my $to (keys %{{map { $_->{path} =~ m{(.*)/} => 1 } @wanted}}) {
        system('cp', $place->{ca}, $place->{ca} =~ s/\.pem\z/.key/r, "$directory/$to") == 0
            or die "cp failed\n";
    }
    system("$place->{variables}{top_dir}/bin/make-certificates", $list) == 0
        or die "make-certificates failed\n";
}

1;
