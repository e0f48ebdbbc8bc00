# instructions.sh: what the module adds, counted by callgrind. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out, httpd and room are build/bench's

# callgrind makes its file as root, and must replace it as the user httpd changed to: so it
# writes into a directory for all, and the first file goes as soon as the server answers.
profile() { # SERVER AUTHORITY H2LOAD-OPTION… -> out/bench/SERVER.profile
    local server=$1 pid
    shift
    mkdir -p "$room/profiles"
    chmod 1777 "$room/profiles"
    rm -f "$room"/profiles/*
    valgrind --tool=callgrind --vgdb=no --callgrind-out-file="$room/profiles/now" \
        "$httpd" -f "$room/$server.conf" -X >"$out/valgrind.log" 2>&1 &
    pid=$!
    await "$server"
    rm -f "$room/profiles/now"
    load "$server" "$@" >"$out/h2load"
    kill "$(server_pid "$server")"
    # httpd's event MPM itself crashes now and then at the very end of -X, when all that is
    # counted is over; with and without the module.
    wait $pid 2>/dev/null || true
    cp "$room/profiles/now" "$out/$server.profile"
}

# Instructions of a whole profile.
whole() { # SERVER
    sed -n 's/^\(summary\|totals\): *//p' "$out/$1.profile" | tail -n 1
}

# Instructions a call, or in all calls, of a function in a profile.
a_call() { # SERVER FUNCTION
    perl test/bench/calls.pl "$out/$1.profile" "$2" | cut -d' ' -f3
}

all_calls() { # SERVER FUNCTION
    perl test/bench/calls.pl "$out/$1.profile" "$2" | cut -d' ' -f4
}

show_instructions() { # LABEL NUMBER BAR
    printf '%-58s %8s %10s\n' "$1" "$2" "$3"
}

instructions_of_requests() { # LABEL AUTHORITY BAR
    profile stock "$2" -n "$requests" -c 1 -m 1
    profile authority "$2" -n "$requests" -c 1 -m 1
    show_instructions "$1: our hook" "$(a_call authority aty_misdirected_refuse)" ''
    show_instructions "$1: added to all post_read_request hooks" \
        $(($(a_call authority ap_post_read_request) - $(a_call stock ap_post_read_request))) \
        "$3"
}

# Instructions that all of httpd, its libraries included, takes for a request more, TLS and HTTP/2
# with it.
whole_request() { # SERVER AUTHORITY
    local few
    profile "$1" "$2" -n "$requests" -c 1 -m 1
    few=$(whole "$1")
    profile "$1" "$2" -n $((3 * requests)) -c 1 -m 1
    echo $((($(whole "$1") - few) / (2 * requests)))
}

instructions_of_whole_requests() {
    local stock ours
    stock=$(whole_request stock www.example.test)
    ours=$(whole_request authority www.example.test)
    show_instructions 'a whole request in stock httpd' "$stock" ''
    show_instructions 'a whole request of the own vhost with the module' "$ours" \
        "$((stock * 100 / 99))"
}

# All that is ours on a connection: the frame's filter, but not the sending that it is part of.
a_connection() { # SERVER
    local sum=0 part calls
    for part in aty_connection_begin aty_connection_resolve insert_origin-ap_pass_brigade; do
        sum=$((sum + $(all_calls "$1" $part)))
    done
    calls=$(perl test/bench/calls.pl "$out/$1.profile" insert_origin | cut -d' ' -f2)
    echo $((sum / calls))
}

instructions_of_connections() { # CONNECTIONS
    profile authority www.example.test -n "$1" -c "$1" -m 1
    show_instructions "a connection with an ORIGIN frame, of $1" "$(a_connection authority)" \
        5000
}

# Hooks and answer; mod_ssl's 421 has its error line with it, ours has none at LogLevel warn.
refusal() { # SERVER
    profile "$1" admin.example.test -n "$requests" -c 1 -m 1
    echo $(($(a_call "$1" ap_post_read_request) + $(a_call "$1" ap_die)))
}

# What no code of ours can make cheaper: the answer, the hooks of others, and httpd's logging.
show_floor() {
    local others logging
    others=$(($(a_call authority ap_post_read_request) -
        $(a_call authority aty_misdirected_refuse)))
    logging=$(a_call authority ap_log_rerror_)
    show_instructions '  of that: to write the line, in httpd' "$logging" ''
    show_instructions '  of that: the answer and the hooks of others' \
        $((others + $(a_call authority ap_die))) ''
    show_instructions '  of that: to say where the policy has it' \
        "$(a_call authority aty_place_reason)" ''
    show_instructions '  of that: the verdict' "$(a_call authority aty_verdict_decide)" ''
}

instructions_of_refusals() {
    local stock
    stock=$(refusal stock)
    show_instructions "a 421 of mod_ssl's" "$stock" ''
    show_instructions '  of that: to write its line, in httpd' "$(a_call stock ap_log_rerror_)" ''
    show_instructions 'a 421 of ours' "$(refusal authority)" "$stock"
    cp "$room/authority.conf" "$room/authority.conf.kept"
    echo 'LogLevel authority:debug' >>"$room/authority.conf"
    show_instructions 'a 421 of ours, with its line' "$(refusal authority)" "$stock"
    show_floor
    cp "$room/authority.conf.kept" "$room/authority.conf"
}

bench_instructions() {
    local connections requests
    requests=$(choose 2000 200)
    printf '%-58s %8s %10s\n' 'instructions added, by callgrind' number 'bar'
    instructions_of_requests 'own vhost' www.example.test 300
    instructions_of_requests 'vhost that shares' first.example.test ''
    for connections in $(choose '10 100 1000' 10); do
        instructions_of_connections "$connections"
    done
    instructions_of_whole_requests
    instructions_of_refusals
}
