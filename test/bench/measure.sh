# measure.sh: what a command costs, and where figures go. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out and quick are build/bench's

# Of two values the one for a real run, or the one to try it with.
choose() { # VALUE QUICK-VALUE
    if [ -z "$quick" ]; then
        echo "$1"
    else
        echo "$2"
    fi
}

# One run: "WALL CPU PEAK-MIB", in seconds; "- - -" where it took ten minutes and was ended. An
# exit status above MOST is a failure; what the command said is in out/bench/cost.log.
cost_once() { # MOST COMMAND…
    local most=$1 code=0 TIMEFORMAT='%3R %3U %3S'
    shift
    { time command time -q -f %M -o "$out/cost.peak" timeout 600 "$@" \
        >"$out/cost.log" 2>&1; } 2>"$out/cost.time" || code=$?
    if [ "$code" -eq 124 ]; then
        echo '- - -'
        return
    fi
    [ "$code" -le "$most" ] || fail "$1 ${2-} exits with $code; see $out/cost.log"
    paste -d' ' "$out/cost.time" "$out/cost.peak" |
        awk '{ printf "%.3f %.3f %.1f\n", $1, $2 + $3, $4 / 1024 }'
}

# Of so many runs the least, as others on the machine only add to it; in out/bench/costs.
cost() { # RUNS MOST COMMAND…
    local runs=$1 i
    shift
    for ((i = 0; i < runs; i++)); do
        cost_once "$@"
    done >"$out/cost.runs"
    sort -g -k 2 "$out/cost.runs" | head -n 1 >"$out/costs"
}

# A file of figures for plots: its columns first.
begin_figures() { # PART COLUMN…
    local part=$1
    shift
    echo "# $*" >"$out/$part.data"
}

figures() { # PART FIGURE…
    local part=$1
    shift
    echo "$*" >>"$out/$part.data"
}

# Runs valgrind's callgrind on a command: "INSTRUCTIONS" in all.
instructions_of() { # COMMAND…
    valgrind --tool=callgrind --callgrind-out-file="$out/command.profile" "$@" \
        >"$out/valgrind.log" 2>&1 || [ $? -eq 1 ] || fail "see $out/valgrind.log"
    sed -n 's/^\(summary\|totals\): *//p' "$out/command.profile" | tail -n 1
}
