# groups.sh: what groups cost, by their number. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out, built, room and port are build/bench's

# The site of bench, and so many vhosts beside it in so many zones, which makes as many
# groups. httpd serves the site alone: what its look-ups meet is the table.
grouped_policy() { # VHOSTS ZONES
    sed "s/@Port@/${port[many]}/" test/bench/site.policy
    perl -e 'my ($vhosts, $zones, $port) = @ARGV;
        for (0 .. $vhosts - 1) {
            my $zone = $_ % $zones;
            print "<VirtualHost *:$port>\n    ServerName other$_.example.test\n",
                "    Zone       z$zone\n</VirtualHost>\n" }' "$1" "$2" "${port[many]}"
}

# Instructions of our hook for requests of www's connection that get the status.
grouped_requests() { # AUTHORITY
    profile many "$1" -n "$requests" -c 10 -m 1
    a_call many aty_misdirected_refuse
}

group_row() { # VHOSTS ZONES
    local cpu peak table explain groups own shared refused connection
    grouped_policy "$1" "$2" >"$room/groups.policy"
    cost 3 0 "$built/authorityc/authorityc" compile \
        "$room/groups.policy" -o "$room/groups.table"
    read -r _ cpu peak <"$out/costs"
    table=$(($(stat -c %s "$room/groups.table") / 1024))
    explain=$(instructions_of "$built/authorityc/authorityc" explain "$room/groups.table" \
        www.example.test other0.example.test)
    cost 3 0 "$built/authorityc/authorityc" explain "$room/groups.table" --groups
    read -r _ groups _ <"$out/costs"
    with_table "$room/groups.table" | write_server many "$room/site.conf"
    own=$(grouped_requests www.example.test)
    connection=$(a_connection many)
    shared=$(grouped_requests first.example.test)
    refused=$(grouped_requests admin.example.test)
    printf '%8s %8s %9s %9s %12s %8s %7s %7s %7s %11s\n' "$2" "$cpu" "$peak" "$table" \
        "$explain" "$groups" "$own" "$shared" "$refused" "$connection"
    figures groups "$2" "$cpu" "$peak" "$table" "$explain" "$groups" "$own" "$shared" \
        "$refused" "$connection"
}

bench_groups() {
    local vhosts zones requests
    requests=$(choose 500 50)
    vhosts=$(choose 10000 100)
    say "Groups: $vhosts vhosts in so many zones behind one certificate. Compiled; one pair"
    say 'explained by the table, in instructions, reading and proving it included; all groups'
    say 'told; instructions of our hook for a request of the own vhost, of one that shares, for'
    say 'a 421, and for a connection with its frame'
    printf '%8s %8s %9s %9s %12s %8s %7s %7s %7s %11s\n' groups 'CPU s' 'peak MiB' \
        'table KiB' explain 'groups s' own shared 421 connection
    begin_figures groups groups cpu peak table explain groups-cpu own shared refused \
        connection
    for zones in $(choose '1 10 100 1000 10000' '1 100'); do
        group_row "$vhosts" "$zones"
    done
}
