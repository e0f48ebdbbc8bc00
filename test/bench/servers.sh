# servers.sh: httpd on one site, without and with mod_authority. Sourced by run, which
# has set `room`.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out and room are run's

httpd=$(apxs -q sbindir)/$(apxs -q progname)
declare -A port

free_ports() { # COUNT
    perl -MIO::Socket::INET -e 'my @held;
        for (1 .. shift) {
            push @held, IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)
                // die "no free port: $!\n";
            print $held[-1]->sockport, "\n";
        }' "$1"
}

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj /CN=example.test -addext 'subjectAltName=DNS:*.example.test' \
        -keyout "$room/wild.key" -out "$room/wild.pem" 2>/dev/null
}

# SERVER.conf; what is its own comes from stdin.
write_server() { # SERVER SITE.conf
    mkdir -p "$room/$1"
    cat - >"$room/$1.conf" <<END
Define Room    "$room"
Define Port    ${port[$1]}
Define Modules "$(apxs -q LIBEXECDIR)"
PidFile    "$room/$1/httpd.pid"
DefaultRuntimeDir "$room/$1"
ErrorLog   "$room/$1/error.log"
Include    "$room/base.conf"
Include    "$2"
END
    cat >>"$room/$1.conf" <&3
}

write_site() {
    local server
    rm -rf "${room:?}"/*
    mkdir -p "$room/htdocs"
    echo 'a small file' >"$room/htdocs/index.txt"
    cp test/bench/base.conf test/bench/site.conf "$room"
    make_certificate
    for server in stock control authority many; do
        read -r "port[$server]"
    done < <(free_ports 4)
    sed "s/@Port@/${port[authority]}/" test/bench/site.policy >"$room/site.policy"
    out/authorityc/authorityc compile "$room/site.policy" -o "$room/site.table" \
        2>"$out/compile.log" >&2 || fail "site.policy does not compile; see $out/compile.log"
    write_server stock "$room/site.conf" 3</dev/null
    write_server control "$room/site.conf" 3</dev/null
    write_server authority "$room/site.conf" 3<<END
LoadModule authority_module "$PWD/out/mod_authority/mod_authority.so"
AuthorityTable "$room/site.table"
END
}

# httpd listens before it has read its certificates, and writes its pid when it can serve.
serves() { # SERVER
    [ -s "$room/$1/httpd.pid" ] && (exec 3<>"/dev/tcp/127.0.0.1/${port[$1]}") 2>/dev/null
}

await() { # SERVER
    local tries=0
    until serves "$1"; do
        tries=$((tries + 1))
        [ $tries -lt 3000 ] || fail "the server '$1' does not start; see $room/$1"
        sleep 0.1
    done
}

start_server() { # SERVER
    "$httpd" -f "$room/$1.conf" -k start
    await "$1"
}

server_pid() { # SERVER
    cat "$room/$1/httpd.pid" 2>/dev/null
}

# Only what runs with a configuration of this room is ours to stop.
stop_server() { # SERVER
    local pid
    pid=$(server_pid "$1") || return 0
    grep -qzF "$room/$1.conf" "/proc/$pid/cmdline" 2>/dev/null || return 0
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.1
    done
}

stop_servers() {
    local server
    for server in stock control authority many; do
        stop_server $server
    done
}

# Clock ticks of CPU time that the server's only child has used.
cpu_ticks() { # SERVER
    local child
    child=$(pgrep -P "$(server_pid "$1")")
    awk '{ print $14 + $15 }' "/proc/$child/stat"
}

# Requests over HTTP/2 on connections of www.example.test; h2load's report on stdout.
load() { # SERVER AUTHORITY H2LOAD-OPTION…
    local server=$1 authority=$2
    shift 2
    h2load --connect-to="127.0.0.1:${port[$server]}" -H ":authority: $authority" "$@" \
        "https://www.example.test:${port[$server]}/index.txt"
}
