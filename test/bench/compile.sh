# compile.sh: what authorityc compile costs, by the number of names. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out and built are build/bench's

make_policy() { # VHOSTS
    mkdir -p "$out/certificates"
    perl test/bench/policy.pl "$1" "$out/certificates" >"$out/$1.policy"
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
    say 'authorityc compile: three names a vhost, a certificate file for 100 vhosts'
    printf '%10s %10s %8s %8s %10s %14s %14s\n' vhosts names 'wall s' 'CPU s' 'peak MiB' \
        'bytes a name' 'of frames'
    begin_figures compile names wall cpu peak bytes frames
    for vhosts in 1 10 100 1000 $(choose '10000 33333 100000 333300' ''); do
        make_policy "$vhosts"
        cost 5 0 "$built/authorityc/authorityc" compile "$out/$vhosts.policy" \
            -o "$out/$vhosts.table"
        read -r wall cpu peak <"$out/costs"
        read -r names bytes frames < <(table_bytes "$out/$vhosts.table")
        printf '%10s %10s %8s %8s %10s %14s %14s\n' "$vhosts" "$names" "$wall" "$cpu" \
            "$peak" "$bytes" "$frames"
        figures compile "$names" "$wall" "$cpu" "$peak" "$bytes" "$frames"
    done
    say 'The best of five runs. Bytes a name: of the table, without the strings and without'
    say 'the ORIGIN frames.'
}
