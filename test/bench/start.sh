# start.sh: what the module adds to the start of an httpd with many TLS vhosts. Sourced by
# build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out, room, built, httpd and port are others'

# The same vhosts for many, with the module, and for many-stock, without.
write_many() { # VHOSTS POLICY-OPTION…
    local vhosts=$1 server
    shift
    mkdir -p "$out/certificates"
    { # what base.conf says for all servers
        echo 'SSLProtocol -all +TLSv1.2 +TLSv1.3'
        perl test/bench/policy.pl --port "${port[many]}" "$@" "$vhosts" "$out/certificates"
    } >"$out/many.policy"
    compile_site "$out/many.policy" "$room/many.table"
    for server in many many-stock; do
        perl test/bench/policy.pl --for httpd --port "${port[$server]}" "$@" "$vhosts" \
            "$out/certificates" >"$room/$server-vhosts.conf"
    done
    write_server many-stock "$room/many-stock-vhosts.conf" </dev/null
    with_table "$room/many.table" | write_server many "$room/many-vhosts.conf"
}

# The instructions that are ours and those of the whole start, of both passes: with one
# request, so that it is all up, as a signal that comes earlier is lost.
start_instructions() {
    local sum=0 part
    profile many www.example.test -n 1 -c 1
    ! grep -h 'ATY10[24]' "$room/many/error.log" >&2 || fail 'the table is not that of httpd'
    for part in aty_startup_check aty_startup_map aty_live_see; do
        sum=$((sum + $(all_calls many $part)))
    done
    echo $sum "$(whole many)"
}

instructions_row() { # LABEL VHOSTS POLICY-OPTION…
    local label=$1 ours all
    shift
    write_many "$@"
    start_instructions >"$out/start.sum"
    read -r ours all <"$out/start.sum"
    printf '%-44s %7s %13s %15s %8s\n' "$label" "$1" "$ours" "$all" \
        "$(awk -v ours="$ours" -v all="$all" 'BEGIN { printf "%.2f", 100 * ours / (all - ours) }')"
    figures start "\"$label\"" "$1" "$ours" "$all"
}

# Seconds of CPU time until it serves, in the foreground and as one process.
start_time() { # SERVER
    local pid time
    rm -f "$room/$1/httpd.pid"
    "$httpd" -f "$room/$1.conf" -X >"$out/start.log" 2>&1 &
    pid=$!
    await "$1"
    time=$(cpu_time "$1")
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    awk -v time="$time" 'BEGIN { printf "%.3f\n", time / 1e9 }'
}

# In pairs that take turns.
start_pairs() { # PAIRS
    local i stock ours
    for ((i = 0; i < $1; i++)); do
        if ((i % 2)); then
            stock=$(start_time many-stock)
            ours=$(start_time many)
        else
            ours=$(start_time many)
            stock=$(start_time many-stock)
        fi
        echo "$stock $ours"
    done
}

time_row() { # LABEL PAIRS VHOSTS POLICY-OPTION…
    local label=$1 pairs=$2 ratio
    shift 2
    write_many "$@"
    start_pairs "$pairs" >"$out/pairs"
    cp "$out/pairs" "$out/start-$1.pairs"
    ratio=$(median_of 'b / a')
    # shellcheck disable=SC2086 # words
    printf '%-44s %7s %9.2f %9.2f  %.3f (%.3f to %.3f)\n' "$label" "$1" \
        "$(middle_of a)" "$(middle_of b)" $ratio
    # shellcheck disable=SC2086 # words
    figures start-time "\"$label\"" "$1" "$(middle_of a)" \
        "$(middle_of b)" $ratio
}

bench_start() {
    local vhosts several
    several=$(choose 300 10)
    say 'The start of httpd, both passes over its configuration, in instructions by callgrind'
    printf '%-44s %7s %13s %15s %8s\n' '' vhosts ours all '% more'
    begin_figures start label vhosts ours all
    for vhosts in $(choose '30 100 300 1000' 10); do
        instructions_row 'OriginBudget 16384' "$vhosts"
    done
    instructions_row 'OriginBudget 4096' "$several" --budget 4096
    instructions_row 'two certificates each, EC and RSA' "$several" --rsa
    instructions_row 'a certificate file for each' "$several" --own
    instructions_row 'ten zones' "$several" --zones 10
    say
    say 'CPU seconds until it serves, medians of pairs that take turns'
    printf '%-44s %7s %9s %9s  %s\n' '' vhosts stock ours 'ratio (95 %)'
    begin_figures start-time label vhosts stock ours ratio lower upper
    for vhosts in $(choose '100 1000' 10); do
        time_row 'OriginBudget 16384' "$(choose 11 1)" "$vhosts"
    done
    if [ -z "$quick" ]; then
        time_row 'OriginBudget 16384' 9 10000
    fi
}
