# setup.sh: what build/demo and build/check share. Sourced by bash, from the tree's root.
#
# Quiet work with its output in a log, progress on the terminal, and the packages.
# shellcheck shell=bash

umask 022 # children of httpd, who are not root, read what is made here

say() {
    printf '%s\n' "$*"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The comment at the head of the script.
show_help() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
}

# logged LABEL LOG COMMAND…: runs the command with its output in the log and says how long
# it took. Where it failed, shows the log's end and ends the script.
logged() {
    try_logged "$@" && return
    tail -n 25 "$2" >&2
    fail "'$1' failed; all of its output is in $2"
}

# The same, but the caller decides what a failure means.
try_logged() {
    local label=$1 log=$2 start=$SECONDS job
    shift 2
    mkdir -p "${log%/*}"
    printf '%-52s ' "$label"
    "$@" >"$log" 2>&1 </dev/null &
    job=$!
    heartbeat $job
    if wait $job; then
        say "$((SECONDS - start)) s"
    else
        say 'failed'
        return 1
    fi
}

# A dot every ten seconds for as long as the process lives.
heartbeat() {
    local tick=0
    while kill -0 "$1" 2>/dev/null; do
        sleep 0.2
        tick=$((tick + 1))
        if [ $((tick % 50)) -eq 0 ]; then
            printf '.'
        fi
    done
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages PACKAGE…: installs the Debian packages that are missing. Only root can;
# others are told what is missing. Elsewhere than on Debian nothing is done.
need_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || return 0
    for package in "$@"; do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        fail "these packages are missing, and only root can install them: ${missing[*]}"
    fi
    export DEBIAN_FRONTEND=noninteractive
    try_logged 'fetching the lists of packages' out/log/apt-update.log \
        apt-get -q update ||
        say 'not all lists could be fetched; those that are there may do'
    logged "installing ${#missing[@]} packages" out/log/apt-install.log \
        apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 install "${missing[@]}"
}

# unpack_packages DIRECTORY PACKAGE…: puts what is in the Debian packages below the directory,
# and installs nothing: no daemon of theirs starts, neither now nor with the machine.
unpack_packages() {
    local directory=$1 package
    command -v dpkg-deb >/dev/null || return 0
    shift
    mkdir -p "$directory"
    for package in "$@"; do
        [ ! -e "$directory/$package.deb" ] || continue
        logged "unpacking $package" "out/log/unpack-$package.log" \
            unpack_package "$directory" "$package"
    done
}

unpack_package() { # DIRECTORY PACKAGE
    local download
    download=$(mktemp -d)
    (cd "$download" && apt-get -q download "$2") ||
        (apt-get -q update; cd "$download" && apt-get -q download "$2") || return
    dpkg-deb -x "$download"/*.deb "$1" && mv "$download"/*.deb "$1/$2.deb"
    rm -r "$download"
}

# need_commands COMMAND…: what must be there, whoever brought it.
need_commands() {
    local command missing=()
    for command in "$@"; do
        command -v "$command" >/dev/null || missing+=("$command")
    done
    [ ${#missing[@]} -eq 0 ] || fail "these commands are missing: ${missing[*]}"
}

# Whether any user could reach the directory: httpd's children are not root.
reachable_by_all() {
    local directory=$1 mode
    while [ "$directory" != / ]; do
        mode=$(stat -c %a "$directory")
        (((8#$mode & 1) == 1)) || return 1
        directory=$(dirname "$directory")
    done
}

# A place for server trees, in the variable `room`: in out/ where httpd's children can read
# it, otherwise under /var/tmp. The name is fixed, so that a second run replaces the first;
# /var/tmp is sticky, so a directory that is ours there stays ours.
find_room() {
    room=$PWD/out/$1
    mkdir -p "$room"
    if [ "$(id -u)" -ne 0 ] || reachable_by_all "$room"; then
        return 0
    fi
    rmdir "$room" 2>/dev/null || true
    room=/var/tmp/$1-$(id -u)
    mkdir -p "$room"
    if [ -L "$room" ] || [ ! -O "$room" ]; then
        fail "$room belongs to somebody else; remove it"
    fi
}
