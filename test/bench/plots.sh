# plots.sh: draws the figures of a run. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out is build/bench's

# plots/NAME.gp draws NAME.svg from figures of a part; the files that it needs follow it here.
plot_sources='compile-time compile validate-authorityc
compile-memory compile validate-authorityc
table-size compile
groups-compile groups
groups-request groups
origin-cpu origin
origin-memory origin
requests requests
peers peers refusals
start start'

# gnuplot leaves blanks at line ends, and its own name.
draw() { # NAME
    gnuplot -e "figures='$out'" test/bench/plots/style.gp "test/bench/plots/$1.gp" \
        >"$out/$1.raw" || fail "gnuplot cannot draw $1"
    sed -e 's/[[:blank:]]*$//' -e '/<!--/d' "$out/$1.raw" >"$out/$1.svg"
    rm "$out/$1.raw"
}

has_figures() { # PART…
    local part
    for part; do
        [ -s "$out/$part.data" ] || return 1
    done
}

bench_plots() {
    local name sources
    while read -r name sources; do
        # shellcheck disable=SC2086 # words
        if has_figures $sources; then
            draw "$name"
            say "$name.svg"
        else
            say "$name.svg: no figures yet; it needs the part${sources:+s} $sources"
        fi
    done <<<"$plot_sources"
}
