# compile.sh: what authorityc compile costs, by the number of vhosts. Sourced by run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out is run's

make_policy() { # VHOSTS
    mkdir -p "$out/certificates"
    perl test/bench/policy.pl "$1" "$out/certificates" >"$out/$1.policy"
}

# Best of five: "WALL CPU PEAK-KIB", seconds. Others on the machine only add to it.
compile_cost() { # VHOSTS
    local _
    for _ in 1 2 3 4 5; do
        command time -f '%e %U %S %M' -o "$out/time" \
            out/authorityc/authorityc compile "$out/$1.policy" -o "$out/$1.table" \
            >"$out/compile.log" 2>&1 || fail "$out/$1.policy does not compile"
        cat "$out/time"
    done | awk 'NR == 1 || $1 < wall { wall = $1 } NR == 1 || $2 + $3 < cpu { cpu = $2 + $3 }
        $4 > peak { peak = $4 } END { print wall, cpu, peak }'
}

# "NAMES BYTES-A-NAME FRAME-BYTES-A-NAME": all but strings and frames, and the frames.
# The header is as in authority.table(5): sections of offset, count and record size.
table_bytes() { # TABLE
    perl -e 'local $/; my $blob = <STDIN>;
        my @counts = map { (unpack "V3", substr $blob, 24 + 12 * $_)[1] } 0 .. 14;
        my ($strings, $names, $frames) = @counts[0, 4, 14];
        printf "%d %.1f %.1f\n", $names, (length($blob) - $strings - $frames) / $names,
            $frames / $names' <"$1"
}

bench_compile() {
    local vhosts wall cpu peak names bytes frames
    say
    say 'authorityc compile, three names a vhost, a certificate file for 100 vhosts'
    printf '%10s %10s %8s %8s %10s %14s %14s\n' vhosts names 'wall s' 'CPU s' 'peak MiB' \
        'bytes a name' 'of frames'
    for vhosts in 1000 10000 100000; do
        make_policy $vhosts
        read -r wall cpu peak < <(compile_cost $vhosts)
        read -r names bytes frames < <(table_bytes "$out/$vhosts.table")
        printf '%10s %10s %8s %8s %10d %14s %14s\n' $vhosts "$names" "$wall" "$cpu" \
            $((peak / 1024)) "$bytes" "$frames"
    done
    say 'Bytes a name: of the table, without the strings and without the ORIGIN frames.'
}
