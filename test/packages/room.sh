#!/usr/bin/env bash
# room.sh: a copy of this machine to install packages in, without touching it.
#
#     unshare --mount test/packages/room.sh PLACE ARCHIVES COMMAND...
#
# PLACE/root shows the machine's own files; what is written there goes to PLACE/upper, in
# memory, and is gone with the last process. Debian's apache2 is fetched for it into ARCHIVES,
# and COMMAND is run where there is no network but a loopback of its own, and where all
# processes end with the first. Programs are put into the room by `chroot PLACE/root`.
set -eu

place=$1
archives=$2
shift 2

fail() {
    printf 'room.sh: %s\n' "$*" >&2
    exit 1
}

mount_room() {
    mount -t tmpfs -o mode=755 packages "$place" || fail "no tmpfs: CAP_SYS_ADMIN is missing"
    mount --make-private "$place"
    mkdir "$place/upper" "$place/work" "$place/root"
    mount -t overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" overlay \
        "$place/root" || fail "no overlay over / on this machine"
    if [ ! -f "$place/root/var/lib/dpkg/status" ] || [ ! -d "$place/root/usr/bin" ]; then
        fail "/usr or /var is a file system of its own: the overlay shows / alone"
    fi
    mount --bind /dev "$place/root/dev"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$place/root/dev/pts"
    mount --bind "$archives" "$place/root/var/cache/apt/archives"
}

# As on a machine that is no container: services start when they are installed, and apt keeps
# what it fetched. The index of the manual is not made anew: that takes longer than all else.
be_a_machine() {
    rm -f "$place/root/usr/sbin/policy-rc.d" "$place/root/etc/apt/apt.conf.d/docker-clean" \
        "$place/root/etc/resolv.conf" "$place/root/var/lib/man-db/auto-update"
    cp -L /etc/resolv.conf "$place/root/etc/resolv.conf" 2>/dev/null || true
    mkdir -p "$place/root/run" "$place/root/tmp" "$archives/partial"
    rm -rf "$place/root/run/apache2" "$place/root/run/systemd"
}

apt() {
    chroot "$place/root" apt-get -q -y -o Dpkg::Use-Pty=0 -o APT::Sandbox::User=root "$@" </dev/null
}

fetch_apache() {
    apt --download-only --reinstall --no-install-recommends install apache2 ssl-cert
}

mount_room
be_a_machine
export DEBIAN_FRONTEND=noninteractive
fetch_apache >"$place/fetched" 2>&1 || { apt update && fetch_apache; } >"$place/fetched" 2>&1 || {
    cat "$place/fetched" >&2
    fail "Debian's apache2 cannot be fetched"
}
# bash is the first process, since it reaps those that daemons leave behind: Debian's apache2
# waits for them when it is stopped.
exec unshare --net --pid --fork --kill-child bash -c '"$@"; exit $?' bash "$@"
