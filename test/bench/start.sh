# start.sh: what the module adds to the start of an httpd with many vhosts. Sourced by run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out, room and port are others'

# The policy of VHOSTS vhosts as httpd's own configuration: a bundle becomes its lines.
policy_as_httpd_conf() { # POLICY
    perl -ne 'next if /^OriginBudget/ || m{^<TLS}..m{^</TLS};
        s{^ *Use +(\S+)$}{    SSLCertificateFile    "$ENV{certificates}/$1.pem"
    SSLCertificateKeyFile "$ENV{certificates}/site.key"};
        print' "$1"
}

write_many() { # VHOSTS
    make_policy "$1"
    { # what base.conf says for all servers
        echo 'SSLProtocol -all +TLSv1.2 +TLSv1.3'
        sed "s/\*:443/*:${port[many]}/" "$out/$1.policy"
    } >"$out/many.policy"
    out/authorityc/authorityc compile "$out/many.policy" -o "$room/many.table" \
        >"$out/compile.log" 2>&1 || fail "many.policy does not compile; see $out/compile.log"
    certificates=$out/certificates policy_as_httpd_conf "$out/many.policy" \
        >"$room/many-vhosts.conf"
    write_server many "$room/many-vhosts.conf" 3<<END
LoadModule authority_module "$PWD/out/mod_authority/mod_authority.so"
AuthorityTable "$room/many.table"
END
}

bench_start() {
    local vhosts=300 sum=0 part
    say
    write_many $vhosts
    # With one request, so that it is all up: a signal that comes earlier is lost.
    profile many www.example.test -n 1 -c 1
    ! grep -h 'ATY10[24]' "$room/many/error.log" >&2 || fail 'the table is not that of httpd'
    for part in aty_startup_check aty_startup_map aty_live_see; do
        sum=$((sum + $(all_calls many $part)))
    done
    say "start of httpd with $vhosts TLS vhosts: $sum instructions are ours, of $(whole many):" \
        "$(awk -v ours=$sum -v all="$(whole many)" \
            'BEGIN { printf "%.2f %% more (bar: 3 %%)", 100 * ours / (all - ours) }')"
}
