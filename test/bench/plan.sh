# plan.sh: what authorityc plan costs with 100,000 vhosts. Sourced by run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out is run's

plan_vhosts=100000

# All behind one certificate.
one_certificate() {
    echo 'OriginBudget 16384'
    perl -e 'for (0 .. $ARGV[0] - 1) {
        print "<VirtualHost *:443>\n",
            "    ServerName  www$_.g00000.example.test\n",
            "    ServerAlias site$_.g00000.example.test static$_.g00000.example.test\n",
            "    SSLCertificateFile    certificates/g00000.pem\n",
            "    SSLCertificateKeyFile certificates/site.key\n",
            "</VirtualHost>\n" }' $plan_vhosts
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

# Best of three: "WALL CPU PEAK-KIB", seconds.
plan_cost() { # POLICY
    local _ code
    for _ in 1 2 3; do
        code=0
        command time -q -f '%e %U %S %M' -o "$out/time" \
            out/authorityc/authorityc plan "$1" >"$out/plan.log" 2>&1 || code=$?
        [ "$code" -le 1 ] || fail "plan $1 exits with $code"
        cat "$out/time"
    done | awk 'NR == 1 || $1 < wall { wall = $1 } NR == 1 || $2 + $3 < cpu { cpu = $2 + $3 }
        $4 > peak { peak = $4 } END { print wall, cpu, peak }'
}

bench_plan() {
    local policy what wall cpu peak pairs
    make_policy $plan_vhosts
    one_certificate | every_tenth >"$out/plan-one.policy"
    every_tenth <"$out/$plan_vhosts.policy" >"$out/plan-many.policy"
    one_certificate | in_zones 10000 >"$out/plan-groups.policy"
    one_certificate | in_zones $plan_vhosts >"$out/plan-alone.policy"
    say
    say "authorityc plan, $plan_vhosts vhosts of three names, each remedy compiled and counted"
    printf '%-28s %8s %8s %10s %16s\n' 'the site' 'wall s' 'CPU s' 'peak MiB' attempts
    while read -r policy what; do
        read -r wall cpu peak < <(plan_cost "$out/plan-$policy.policy")
        pairs=$(sed -n 's/^\([0-9]*\) of them end in 421.*/\1/p' "$out/plan.log")
        printf '%-28s %8s %8s %10d %16s\n' "$what" "$wall" "$cpu" $((peak / 1024)) "$pairs"
    done <<END
one one certificate
many 1,000 certificates
groups 10,000 groups
alone each vhost in a zone
END
}
