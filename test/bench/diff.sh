# diff.sh: what authorityc diff costs with 100,000 vhosts on each side. Sourced by run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out is run's

diff_vhosts=100000

# From the first policy: every thousandth vhost with TLS versions of its own, the second of
# every thousand with another ServerName, the third gone.
change_few() {
    perl -0777 -pe 's{<VirtualHost.*?</VirtualHost>\n}{
        my ($vhost, $number) = ($&, $n++ % 1000);
        $vhost =~ s/ServerAlias/SSLProtocol TLSv1.3\n    ServerAlias/ if $number == 0;
        $vhost =~ s/www/renamed/ if $number == 1;
        $number == 2 ? "" : $vhost}gse'
}

# A zone for each vhost.
change_zones() {
    perl -pe 's/ServerName  (\S+)/$&\n    Zone $1/'
}

# Best of three: "WALL CPU PEAK-KIB", seconds.
diff_cost() { # OLD NEW
    local _ code
    for _ in 1 2 3; do
        code=0
        command time -q -f '%e %U %S %M' -o "$out/time" \
            out/authorityc/authorityc diff "$1" "$2" >"$out/diff.log" 2>&1 || code=$?
        [ "$code" -le 1 ] || fail "diff $1 $2 exits with $code"
        cat "$out/time"
    done | awk 'NR == 1 || $1 < wall { wall = $1 } NR == 1 || $2 + $3 < cpu { cpu = $2 + $3 }
        $4 > peak { peak = $4 } END { print wall, cpu, peak }'
}

bench_diff() {
    local old=$out/$diff_vhosts.policy what new wall cpu peak pairs
    make_policy $diff_vhosts
    change_few <"$old" >"$out/few.policy"
    change_zones <"$old" >"$out/zones.policy"
    { echo 'SNIPolicy insecure' && cat "$old"; } >"$out/insecure.policy"
    say
    say "authorityc diff, $diff_vhosts vhosts of three names, compiled in memory first"
    printf '%-28s %8s %8s %10s %16s\n' 'what changes' 'wall s' 'CPU s' 'peak MiB' pairs
    while read -r new what; do
        read -r wall cpu peak < <(diff_cost "$old" "$out/$new.policy")
        pairs=$(awk '/^[0-9]+ pairs? / { pairs += $1 } END { printf "%.0f", pairs }' "$out/diff.log")
        printf '%-28s %8s %8s %10d %16s\n' "$what" "$wall" "$cpu" $((peak / 1024)) "$pairs"
    done <<END
$diff_vhosts nothing
few 300 vhosts
insecure SNIPolicy
zones each vhost in a zone
END
}
