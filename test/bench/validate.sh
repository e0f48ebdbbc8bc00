# validate.sh: the same vhosts, names and certificates for the checks of other servers'
# configurations. Sourced by build/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out, built, room and port are build/bench's

write_as() { # FORMAT VHOSTS FILE
    perl test/bench/policy.pl --for "$1" --port "${port[many]}" "$2" "$out/certificates" >"$3"
}

# HAProxy looks for the key beside the certificate.
link_keys() {
    local certificate
    for certificate in "$out"/certificates/g*.pem; do
        ln -sf site.key "$certificate.key"
    done
}

prepare_authorityc() { # VHOSTS
    make_policy "$1"
}

prepare_httpd() { # VHOSTS
    write_as httpd "$1" "$room/validate-vhosts.conf"
    write_server many "$room/validate-vhosts.conf" </dev/null
}

prepare_nginx() { # VHOSTS
    write_as nginx "$1" "$room/validate.nginx"
}

prepare_haproxy() { # VHOSTS
    link_keys
    write_as haproxy-names "$1" "$room/validate.map"
    write_as haproxy-certificates "$1" "$room/validate.list"
    sed -e "s,@room@,$room,g" -e "s/@port@/${port[many]}/" test/bench/peers/haproxy-names.in \
        >"$room/validate.haproxy"
}

prepare_caddy() { # VHOSTS
    write_as caddy "$1" "$room/validate.caddy"
}

# The command that checks so many vhosts; what it reads was prepared.
check_command() { # KIND VHOSTS
    case $1 in
    authorityc)
        echo "$built/authorityc/authorityc compile $out/$2.policy -o $out/$2.table"
        ;;
    httpd) echo "$httpd -t -f $room/many.conf" ;;
    nginx) echo "out/proxies/usr/sbin/nginx -t -q -p $room -e stderr -c $room/validate.nginx" ;;
    haproxy) echo "out/proxies/usr/sbin/haproxy -c -f $room/validate.haproxy" ;;
    caddy) echo "out/proxies/usr/bin/caddy validate --config $room/validate.caddy" ;;
    esac
}

bench_validate() {
    local kind vhosts wall cpu peak over
    export HOME=$room
    say 'To check the configuration of as many names: three names a vhost, a certificate file'
    say 'for 100 vhosts; best of three runs. What takes more than ten minutes is ended.'
    printf '%-12s %10s %8s %8s %10s\n' '' names 'wall s' 'CPU s' 'peak MiB'
    for kind in authorityc httpd nginx haproxy caddy; do
        begin_figures "validate-$kind" names wall cpu peak
        over=
        for vhosts in 1 10 100 1000 $(choose '10000 33333 100000' ''); do
            [ -z "$over" ] || continue
            "prepare_$kind" "$vhosts"
            # shellcheck disable=SC2046 # words
            cost 3 0 $(check_command "$kind" "$vhosts")
            read -r wall cpu peak <"$out/costs"
            printf '%-12s %10s %8s %8s %10s\n' "$kind" $((3 * vhosts)) "$wall" "$cpu" "$peak"
            if [ "$cpu" = - ]; then
                over=yes
            else
                figures "validate-$kind" $((3 * vhosts)) "$wall" "$cpu" "$peak"
            fi
        done
    done
}
