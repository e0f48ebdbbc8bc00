# peers.sh: what the checks of other servers cost, that also answer 421 where a request comes
# on a connection of another name. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out, room and port are build/bench's

# The configuration of a server: test/bench/peers/KIND.in, whose lines that end in @check@ are
# for the one with the check, those in @without@ for the other.
write_peer() { # SERVER KIND
    local mine=check other=without
    if [ "$1" != "$2" ]; then
        mine=without other=check
    fi
    mkdir -p "$room/$1/tmp"
    sed -e "/@$other@\$/d" -e "s/ *@$mine@\$//" -e "s,@room@,$room,g" \
        -e "s/@port@/${port[$1]}/g" "test/bench/peers/$2.in" >"$room/$1.conf"
}

nginx_command() { # SERVER
    exec out/proxies/usr/sbin/nginx -p "$room/$1" -e "$room/$1/error.log" -c "$room/$1.conf"
}

haproxy_command() { # SERVER
    exec out/proxies/usr/sbin/haproxy -db -f "$room/$1.conf"
}

# One processor, as for the others.
caddy_command() { # SERVER
    export GOMAXPROCS=1 HOME="$room/$1" XDG_DATA_HOME="$room/$1" XDG_CONFIG_HOME="$room/$1"
    exec out/proxies/usr/bin/caddy run --config "$room/$1.conf"
}

start_peer() { # SERVER KIND
    write_peer "$1" "$2"
    "$2_command" "$1" >"$room/$1/output" 2>&1 </dev/null &
    echo $! >"$room/$1/httpd.pid"
    await "$1"
}

# The check of a product: with against without, and its 421s.
peer_rows() { # KIND LABEL PAIRS FEW H2LOAD-OPTION…
    local kind=$1 label=$2 pairs=$3 few=$4
    shift 4
    ratio_row peers "$label" "$kind-without" "$kind" "$pairs" 2xx www.example.test "$@"
    refusal_row "$kind" "$label" "$few" "$@"
}

# 421s a second, and the CPU time of each.
refusal_row() { # SERVER LABEL RUNS H2LOAD-OPTION…
    local server=$1 label=$2 runs=$3 i rate cpu
    shift 3
    for ((i = 0; i < runs; i++)); do
        one_run "$server" 4xx admin.example.test "$@"
    done >"$out/pairs"
    rate=$(median_of a)
    cpu=$(median_of b)
    # shellcheck disable=SC2086 # words
    figures refusals "\"$label\"" $rate $cpu
}

show_refusals() {
    say
    printf '%-38s %8s  %-20s %7s  %-20s\n' '421s' 'a second' '(95 %)' 'CPU us' '(95 %)'
    perl -ne 'printf "%-38s %8.0f  %-20s %7.1f  (%.1f to %.1f)\n",
        $1, $2, sprintf("(%.0f to %.0f)", $3, $4), $5, $6, $7
        if /^"(.*)" (\S+) (\S+) (\S+) (\S+) (\S+) (\S+)/' "$out/refusals.data"
}

bench_peers() {
    local kind pairs few small
    pairs=$(choose 40 2)
    few=$(choose 20 1)
    small="-n $(choose 5000 200) -c 8 -m 8"
    say 'The check of each server: requests a second without it and with it, paired runs'
    ratio_head
    begin_figures peers label ratio lower upper cpu lower upper
    begin_figures refusals label rate lower upper cpu lower upper
    for kind in stock insecure authority; do
        start_server $kind
    done
    for kind in nginx haproxy caddy; do
        start_peer $kind-without $kind
        start_peer $kind $kind
    done
    # shellcheck disable=SC2086 # words
    {
        ratio_row peers 'httpd: SSLVHostSNIPolicy' insecure stock "$pairs" 2xx \
            www.example.test $small
        refusal_row stock 'httpd: SSLVHostSNIPolicy' "$few" $small
        ratio_row peers 'httpd: mod_authority' stock authority "$pairs" 2xx \
            www.example.test $small
        refusal_row authority 'httpd: mod_authority' "$few" $small
        peer_rows nginx 'nginx: if and return 421' "$pairs" "$few" $small
        refusal_row nginx-without 'nginx: its own, ssl_verify_client' "$few" $small
        peer_rows haproxy 'HAProxy: http-request rule' "$pairs" "$few" $small
        peer_rows caddy 'Caddy: strict_sni_host' "$pairs" "$few" $small
    }
    show_refusals
    stop_servers
}
