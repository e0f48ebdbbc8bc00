# ratio.sh: two servers under the same load, in pairs of runs that take turns, and what their
# figures come to. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out is build/bench's

# One run: "REQUESTS-A-SECOND MICROSECONDS-OF-CPU", of the server's CPU time for a request.
# All requests must get the status.
one_run() { # SERVER STATUS AUTHORITY H2LOAD-OPTION…
    local server=$1 status=$2 before after
    shift 2
    before=$(cpu_time "$server")
    load "$server" "$@" >"$out/h2load"
    after=$(cpu_time "$server")
    if ! grep -qE "^status codes: .*\b[1-9][0-9]* $status" "$out/h2load" ||
        ! grep -qE '^requests: .* 0 errored, 0 timeout' "$out/h2load"; then
        fail "h2load did not get what it should of $server; see $out/h2load"
    fi
    awk -v cpu=$((after - before)) '/^finished in/ { rate = $4 } /^requests:/ { total = $2 }
        END { printf "%.1f %.3f\n", rate, cpu / 1000 / total }' "$out/h2load"
}

# Pairs "RATE CPU OTHER-RATE OTHER-CPU"; who comes first takes turns.
paired_runs() { # SERVER OTHER PAIRS STATUS AUTHORITY H2LOAD-OPTION…
    local server=$1 other=$2 pairs=$3 i first second
    shift 3
    one_run "$server" "$@" >/dev/null # to warm up
    one_run "$other" "$@" >/dev/null
    for ((i = 0; i < pairs; i++)); do
        if ((i % 2)); then
            first=$(one_run "$server" "$@")
            second=$(one_run "$other" "$@")
        else
            second=$(one_run "$other" "$@")
            first=$(one_run "$server" "$@")
        fi
        echo "$first $second"
    done
}

# "MEDIAN LOWER UPPER" of the numbers on stdin, the latter two those between which the true
# median lies in 95 of 100 cases, by the ranks of a binomial distribution.
median() {
    sort -g | awk '{ v[NR] = $1 }
        function at(rank) { return v[rank < 1 ? 1 : rank > NR ? NR : rank] }
        END {
            off = 0.98 * sqrt(NR)
            print (at(int((NR + 1) / 2)) + at(int(NR / 2) + 1)) / 2, at(int(NR / 2 - off)),
                at(int(NR / 2 + off + 2))
        }'
}

# Of out/bench/pairs, whose fields are a, b, c and d.
median_of() { # AWK-EXPRESSION
    awk "{ a = \$1; b = \$2; c = \$3; d = \$4; print $1 }" "$out/pairs" | median
}

# The median alone.
middle_of() { # AWK-EXPRESSION
    median_of "$1" | cut -d' ' -f1
}

ratio_head() {
    printf '%-38s %8s %8s  %-22s %7s  %-22s\n' '' 'req/s' 'other' 'ratio (95 %)' 'CPU us' \
        'CPU ratio (95 %)'
}

# A row of the table, and of the part's figures.
ratio_row() { # PART LABEL SERVER OTHER PAIRS STATUS AUTHORITY H2LOAD-OPTION…
    local part=$1 label=$2 rate cpu
    shift 2
    paired_runs "$@" >"$out/pairs"
    cp "$out/pairs" "$out/$part-${label//[^[:alnum:]]/-}.pairs"
    rate=$(median_of 'c / a')
    cpu=$(median_of 'd / b')
    # shellcheck disable=SC2086 # words
    printf '%-38s %8.0f %8.0f  %.3f (%.3f to %.3f) %7.1f  %.3f (%.3f to %.3f)\n' "$label" \
        "$(middle_of a)" "$(middle_of c)" $rate \
        "$(middle_of b)" $cpu
    # shellcheck disable=SC2086 # words
    figures "$part" "\"$label\"" $rate $cpu
}
