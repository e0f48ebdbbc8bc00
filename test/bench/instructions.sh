# instructions.sh: what the module adds, counted by callgrind. Sourced by run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out and room are run's

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
    profile stock "$2" -n 2000 -c 1 -m 1
    profile authority "$2" -n 2000 -c 1 -m 1
    show_instructions "$1: our hook" "$(a_call authority aty_misdirected_refuse)" ''
    show_instructions "$1: added to all post_read_request hooks" \
        $(($(a_call authority ap_post_read_request) - $(a_call stock ap_post_read_request))) \
        "$3"
}

# The frame's filter, but not the sending that it is part of.
instructions_of_connections() {
    local connections=100 sum=0 part
    profile authority www.example.test -n $connections -c $connections -m 1
    for part in aty_connection_begin aty_connection_resolve insert_origin-ap_pass_brigade; do
        sum=$((sum + $(all_calls authority $part)))
    done
    show_instructions 'a connection with an ORIGIN frame' $((sum / connections)) '5000'
}

# Hooks and answer; mod_ssl's 421 has its error line with it, ours has none at LogLevel warn.
refusal() { # SERVER
    profile "$1" admin.example.test -n 2000 -c 1 -m 1
    echo $(($(a_call "$1" ap_post_read_request) + $(a_call "$1" ap_die)))
}

instructions_of_refusals() {
    local stock
    stock=$(refusal stock)
    show_instructions "a 421 of mod_ssl's" "$stock" ''
    show_instructions 'a 421 of ours' "$(refusal authority)" "$stock"
    echo 'LogLevel authority:debug' >>"$room/authority.conf"
    show_instructions 'a 421 of ours, with its line' "$(refusal authority)" "$stock"
}

bench_instructions() {
    say
    printf '%-58s %8s %10s\n' 'instructions added, by callgrind' number 'bar'
    instructions_of_requests 'same vhost' www.example.test 300
    instructions_of_requests 'shared vhost' first.example.test ''
    instructions_of_connections
    instructions_of_refusals
}
