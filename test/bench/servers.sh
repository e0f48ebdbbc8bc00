# servers.sh: httpd on one site, without and with mod_authority, and how any server is
# started, loaded and stopped. Sourced by build/bench, which has set `room`.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out, built, httpd and room are build/bench's

declare -A port

httpd_servers=(stock control insecure authority many many-stock)
servers=("${httpd_servers[@]}" nginx-without nginx haproxy-without haproxy caddy-without caddy)

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
    cp "$room/wild.key" "$room/wild.pem.key" # as HAProxy looks for it
}

# SERVER.conf; what is its own comes from stdin.
write_server() { # SERVER SITE.conf
    mkdir -p "$room/$1"
    {
        cat <<END
Define Room    "$room"
Define Port    ${port[$1]}
Define Modules "$(apxs -q LIBEXECDIR)"
PidFile    "$room/$1/httpd.pid"
DefaultRuntimeDir "$room/$1"
ErrorLog   "$room/$1/error.log"
Include    "$room/base.conf"
Include    "$2"
END
        cat
    } >"$room/$1.conf"
}

# Lines that load the module with a table.
with_table() { # TABLE
    echo "LoadModule authority_module \"$PWD/$built/mod_authority/mod_authority.so\""
    echo "AuthorityTable \"$1\""
}

compile_site() { # POLICY TABLE
    "$built/authorityc/authorityc" compile "$1" -o "$2" >"$out/compile.log" 2>&1 ||
        fail "$1 does not compile; see $out/compile.log"
}

write_site() {
    local server
    rm -rf "${room:?}"/*
    mkdir -p "$room/htdocs"
    echo 'a small file' >"$room/htdocs/index.txt"
    cp test/bench/base.conf test/bench/site.conf "$room"
    make_certificate
    for server in "${servers[@]}"; do
        read -r "port[$server]"
    done < <(free_ports ${#servers[@]})
    sed "s/@Port@/${port[authority]}/" test/bench/site.policy >"$room/site.policy"
    compile_site "$room/site.policy" "$room/site.table"
    write_server stock "$room/site.conf" </dev/null
    write_server control "$room/site.conf" </dev/null
    echo 'SSLVHostSNIPolicy insecure' | write_server insecure "$room/site.conf"
    with_table "$room/site.table" | write_server authority "$room/site.conf"
}

# httpd listens before it has read its certificates, and writes its pid when it can serve.
serves() { # SERVER
    [ -s "$room/$1/httpd.pid" ] && (exec 3<>"/dev/tcp/127.0.0.1/${port[$1]}") 2>/dev/null
}

await() { # SERVER
    local tries=0
    until serves "$1"; do
        tries=$((tries + 1))
        [ $tries -lt 6000 ] || fail "the server '$1' does not start; see $room/$1"
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
    grep -qzF "$room/$1." "/proc/$pid/cmdline" 2>/dev/null || return 0
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.1
    done
}

stop_servers() {
    local server
    for server in "${servers[@]}"; do
        stop_server "$server"
    done
}

# Its processes: the first, and the children of that.
processes() { # SERVER
    local pid
    pid=$(server_pid "$1")
    echo "$pid"
    pgrep -P "$pid" || true
}

# Nanoseconds of CPU time that its threads have used; those that serve do not end.
cpu_time() { # SERVER
    local pid
    for pid in $(processes "$1"); do
        cat "/proc/$pid"/task/*/schedstat
    done | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# KiB of memory that its processes hold for themselves.
memory() { # SERVER
    local pid
    for pid in $(processes "$1"); do
        cat "/proc/$pid/smaps_rollup"
    done | awk '/^Private_(Clean|Dirty)/ { sum += $2 } END { print sum }'
}

# Requests over HTTP/2 on connections of www.example.test; h2load's report on stdout.
load() { # SERVER AUTHORITY H2LOAD-OPTION…
    local server=$1 authority=$2
    shift 2
    h2load --connect-to="127.0.0.1:${port[$server]}" -H ":authority: $authority" "$@" \
        "https://www.example.test:${port[$server]}/index.txt"
}
