# origin.sh: what ORIGIN frames cost, by the number of connections. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out is build/bench's

# One request on each of so many connections, 200 at a time; bytes that the server sent.
connect() { # SERVER CONNECTIONS
    local left=$2 batch
    while [ "$left" -gt 0 ]; do
        batch=$((left > 200 ? 200 : left))
        left=$((left - batch))
        load "$1" www.example.test -n "$batch" -c "$batch" >"$out/h2load"
        grep -q " $batch 2xx" "$out/h2load" || fail "$1 did not answer; see $out/h2load"
        sed -n 's/^traffic: [^(]*(\([0-9]*\)).*/\1/p' "$out/h2load"
    done | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# From what it has served so far up to that many: "BYTES CPU-MICROSECONDS KIB", bytes and time
# a connection, memory in all.
serve_up_to() { # SERVER SERVED CONNECTIONS
    local more=$(($3 - $2)) before bytes after
    before=$(cpu_time "$1")
    bytes=$(connect "$1" $more)
    after=$(cpu_time "$1")
    awk -v bytes="$bytes" -v cpu=$((after - before)) -v n=$more -v memory="$(memory "$1")" \
        'BEGIN { printf "%.1f %.1f %d\n", bytes / n, cpu / 1000 / n, memory }'
}

bench_origin() {
    local connections served=0 stock ours first_stock first_ours
    say 'Connections of one request each, in all since the start: bytes that httpd sent and CPU'
    say 'time for each since the row before, and what its memory grew since it started (KiB)'
    printf '%12s %9s %9s %9s %9s %11s %11s\n' connections 'stock B' 'ours B' 'stock us' \
        'ours us' 'stock KiB' 'ours KiB'
    begin_figures origin connections bytes bytes-ours cpu cpu-ours memory memory-ours
    start_server stock
    start_server authority
    first_stock=$(memory stock)
    first_ours=$(memory authority)
    for connections in 1 10 100 $(choose '1000 10000 100000' ''); do
        serve_up_to stock "$served" "$connections" >"$out/served"
        serve_up_to authority "$served" "$connections" >>"$out/served"
        { read -r -a stock && read -r -a ours; } <"$out/served"
        served=$connections
        set -- "$connections" "${stock[0]}" "${ours[0]}" "${stock[1]}" "${ours[1]}" \
            $((stock[2] - first_stock)) $((ours[2] - first_ours))
        printf '%12s %9s %9s %9s %9s %11s %11s\n' "$@"
        figures origin "$@"
    done
    stop_servers
}
