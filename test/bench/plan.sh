# plan.sh: what authorityc plan costs with 100,000 vhosts. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out and built are build/bench's

# All behind one certificate.
one_certificate() { # VHOSTS
    echo 'OriginBudget 16384'
    perl -e 'for (0 .. $ARGV[0] - 1) {
        print "<VirtualHost *:443>\n",
            "    ServerName  www$_.g00000.example.test\n",
            "    ServerAlias site$_.g00000.example.test static$_.g00000.example.test\n",
            "    SSLCertificateFile    certificates/g00000.pem\n",
            "    SSLCertificateKeyFile certificates/site.key\n",
            "</VirtualHost>\n" }' "$1"
}

# Every tenth vhost with TLS versions of its own, the second of ten without HTTP/2.
every_tenth() {
    perl -pe 'if (/<\/VirtualHost>/) {
        my $number = $n++ % 10;
        print "    SSLProtocol TLSv1.3\n" if $number == 0;
        print "    Protocols http/1.1\n" if $number == 1;
    }'
}

# So many zones, in turn.
in_zones() { # ZONES
    zones=$1 perl -pe 'if (/<\/VirtualHost>/) {
        printf "    Zone z%d\n", $n++ % $ENV{zones};
    }'
}

# A certificate for each, whose wildcards overlap a hundred at a time.
own_certificates() { # VHOSTS
    perl test/bench/policy.pl --own "$1" "$out/certificates"
}

plan_row() { # POLICY LABEL
    local wall cpu peak pairs
    cost "$(choose 3 1)" 1 "$built/authorityc/authorityc" plan \
        "$out/plan-$1.policy"
    read -r wall cpu peak <"$out/costs"
    pairs=$(sed -n 's/^\([0-9]*\) of them end in 421.*/\1/p' "$out/cost.log")
    printf '%-36s %8s %8s %10s %16s\n' "$2" "$wall" "$cpu" "$peak" "$pairs"
}

bench_plan() {
    local vhosts policy what
    vhosts=$(choose 100000 1000)
    make_policy "$vhosts"
    one_certificate "$vhosts" | every_tenth >"$out/plan-one.policy"
    every_tenth <"$out/$vhosts.policy" >"$out/plan-many.policy"
    one_certificate "$vhosts" | in_zones 10000 >"$out/plan-groups.policy"
    one_certificate "$vhosts" | in_zones "$vhosts" >"$out/plan-alone.policy"
    own_certificates $((vhosts / 10)) | every_tenth >"$out/plan-tenth.policy"
    own_certificates "$vhosts" | every_tenth >"$out/plan-own.policy"
    say "authorityc plan, $vhosts vhosts of three names, each remedy compiled and counted; the"
    say 'best of three runs'
    printf '%-36s %8s %8s %10s %16s\n' 'the site' 'wall s' 'CPU s' 'peak MiB' attempts
    while read -r policy what; do
        plan_row "$policy" "$what"
    done <<END
one one certificate
many a certificate for 100 vhosts
groups one certificate, 10,000 groups
alone one certificate, a zone for each
tenth $((vhosts / 10)) vhosts with their own
own a certificate for each vhost
END
}
