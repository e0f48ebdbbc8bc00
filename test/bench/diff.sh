# diff.sh: what authorityc diff costs with 100,000 vhosts on each side. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out and built are build/bench's

# From the first policy: of every thousand vhosts the first with TLS versions of its own, the second of
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

bench_diff() {
    local vhosts old what new wall cpu peak pairs
    vhosts=$(choose 100000 1000)
    old=$out/$vhosts.policy
    make_policy "$vhosts"
    change_few <"$old" >"$out/few.policy"
    change_zones <"$old" >"$out/zones.policy"
    { echo 'SNIPolicy insecure' && cat "$old"; } >"$out/insecure.policy"
    say "authorityc diff, $vhosts vhosts of three names, compiled in memory first; the best"
    say 'of three runs'
    printf '%-28s %8s %8s %10s %16s\n' 'what changes' 'wall s' 'CPU s' 'peak MiB' pairs
    while read -r new what; do
        cost 3 1 "$built/authorityc/authorityc" diff "$old" \
            "$out/$new.policy"
        read -r wall cpu peak <"$out/costs"
        pairs=$(awk '/^[0-9]+ pairs? / { pairs += $1 } END { printf "%.0f", pairs }' \
            "$out/cost.log")
        printf '%-28s %8s %8s %10s %16s\n' "$what" "$wall" "$cpu" "$peak" "$pairs"
    done <<END
$vhosts nothing
few a few vhosts
insecure SNIPolicy
zones each vhost in a zone
END
}
