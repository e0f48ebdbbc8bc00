# requests.sh: requests a second and CPU time, with the module against without, in pairs of
# runs that take turns. Sourced by run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out is run's

# One run: "REQUESTS-A-SECOND TICKS-OF-CPU". All requests must get the status.
one_run() { # SERVER STATUS AUTHORITY H2LOAD-OPTION…
    local server=$1 status=$2 before after rate
    shift 2
    before=$(cpu_ticks "$server")
    load "$server" "$@" >"$out/h2load"
    after=$(cpu_ticks "$server")
    if ! grep -qE "^status codes: .*\b[1-9][0-9]* $status" "$out/h2load" ||
        ! grep -qE '^requests: .* 0 errored, 0 timeout' "$out/h2load"; then
        fail "h2load did not get what it should; see $out/h2load"
    fi
    rate=$(sed -n 's/^finished in .*, \([0-9.]*\) req\/s.*/\1/p' "$out/h2load")
    echo "$rate" $((after - before))
}

# Pairs "STOCK-RATE STOCK-TICKS OTHER-RATE OTHER-TICKS"; who comes first takes turns.
paired_runs() { # OTHER PAIRS STATUS AUTHORITY H2LOAD-OPTION…
    local other=$1 pairs=$2 i stock result
    shift 2
    one_run stock "$@" >/dev/null # to warm up
    one_run "$other" "$@" >/dev/null
    for ((i = 0; i < pairs; i++)); do
        if ((i % 2)); then
            stock=$(one_run stock "$@")
            result=$(one_run "$other" "$@")
        else
            result=$(one_run "$other" "$@")
            stock=$(one_run stock "$@")
        fi
        echo "$stock $result"
    done
}

quartiles() { # of the numbers on stdin: "LOWER MEDIAN UPPER"
    sort -g | awk '{ v[NR] = $1 } function at(q) { return v[int(q * (NR - 1) + 1.5)] }
        END { print at(0.25), at(0.5), at(0.75) }'
}

median_of() { # FIELD of out/bench/pairs
    awk -v field="$1" '{ print $field }' "$out/pairs" | quartiles | cut -d' ' -f2
}

show_pairs() { # LABEL OTHER PAIRS STATUS AUTHORITY H2LOAD-OPTION…
    local label=$1 lower median upper
    shift
    paired_runs "$@" >"$out/pairs"
    read -r lower median upper < <(awk '{ print $3 / $1 }' "$out/pairs" | quartiles)
    printf '%-30s %7.0f %7.0f  %.3f (%.3f to %.3f) %7.3f\n' "$label" \
        "$(median_of 1)" "$(median_of 3)" "$median" "$lower" "$upper" \
        "$(awk '{ s += $2; o += $4 } END { print o / s }' "$out/pairs")"
}

bench_requests() {
    local small='-n 5000 -c 8 -m 8' server
    say
    say 'requests a second over HTTP/2: medians, median ratio of the pairs (quartiles), and'
    say 'the ratio of all CPU time; a small file, h2load with 8 connections of 8 streams'
    printf '%-30s %7s %7s  %-24s %7s\n' what stock ours ratio CPU
    for server in stock control authority; do
        start_server $server
    done
    # shellcheck disable=SC2086 # words
    {
        show_pairs 'control: stock httpd itself' control 60 2xx www.example.test $small
        show_pairs 'same vhost' authority 60 2xx www.example.test $small
        show_pairs 'shared vhost' authority 60 2xx first.example.test $small
        show_pairs '421' authority 30 4xx admin.example.test $small
        show_pairs 'control, by connections' control 30 2xx www.example.test -n 200 -c 200
        show_pairs 'a connection for each request' authority 30 2xx www.example.test \
            -n 200 -c 200
    }
    stop_servers
}
