# show.sh: what build/demo prints about the answers, each held against what authorityc
# promised. Sourced by build/demo, which has asked and left the answers in $room.
# shellcheck shell=bash
# shellcheck disable=SC2154 # room, domain, connections and the ports are build/demo's

# --- the table ---

differences=0

wrong() {
    say "    ^ $*"
    differences=$((differences + 1))
}

short() {
    case $1 in
    -) echo '(no SNI)' ;;
    *) echo "${1%".$domain"}" ;;
    esac
}

# The answer of a server to a pair: its status, or "200 from VHOST".
answer() { # SERVER CONNECTION AUTHORITY
    awk -v c="$2" -v a="$3" '$1 == "answer" && $2 == c && $3 == a {
        print $4 == 200 ? "200 from " $5 : $4 }' "$room/$1.answers"
}

# What the answers must be, from what authorityc said.
promised_stock() { # AUTHORITY MOD_SSL
    local vhost
    vhost=$(short "$1")
    if [ "$vhost" = nobody ]; then
        vhost=www
    fi
    if [ "$2" = 200 ]; then
        echo "200 from $vhost"
    else
        echo "$2"
    fi
}

promised_ours() { # AUTHORITY MOD_SSL VERDICT
    case $3 in
    same) promised_stock "$1" "$2" ;;
    shared) promised_stock "$1" 200 ;;
    misdirected) echo 421 ;;
    *) echo "no known verdict: $3" ;;
    esac
}

show_pairs() {
    local row='%-10s %-9s %-9s  %-16s %-16s %s\n' before='' protocol
    local connection authority verdict reason mod_ssl stock ours
    # shellcheck disable=SC2059
    printf "$row" connection protocol 'asks for' 'stock httpd' mod_authority why
    while read -r connection authority verdict reason mod_ssl; do
        protocol=$(awk -v c="$connection" '$1 == c { print $2; exit }' "$room/questions")
        stock=$(answer stock "$connection" "$authority")
        ours=$(answer authority "$connection" "$authority")
        [ "$connection" = "$before" ] || say
        before=$connection
        # shellcheck disable=SC2059
        printf "$row" "$(short "$connection")" "$protocol" "$(short "$authority")" \
            "$stock" "$ours" "$([ "$reason" = - ] && echo "$verdict" || echo "$reason")"
        [ "$stock" = "$(promised_stock "$authority" "$mod_ssl")" ] ||
            wrong "authorityc promised '$mod_ssl' of stock httpd"
        [ "$ours" = "$(promised_ours "$authority" "$mod_ssl" "$verdict")" ] ||
            wrong "authorityc promised '$verdict' of mod_authority"
    done <"$room/explained"
    [ "$(wc -l <"$room/explained")" -eq "$(wc -l <"$room/questions")" ] ||
        wrong 'authorityc did not answer every question'
}

# --- the ORIGIN sets ---

# As nghttp prints the frame; its own origin is not in it. `none` where no frame came.
origins_of_nghttp() { # PORT CONNECTION
    nghttp -nvy --cert="$room/staff/clerk.pem" --key="$room/staff/clerk.key" \
        -H ":authority: $2" "https://127.0.0.1:$1/" 2>/dev/null |
        awk '/recv ORIGIN frame/ { frames++; reading = 1; next }
             reading && /^ *\[https:/ { gsub(/[][ ]/, ""); origins = origins " " $0; next }
             { reading = 0 }
             END { print frames ? frames origins : "none" }'
}

# node's originSet always holds the connection's own origin.
origins_of_node() { # SERVER CONNECTION
    awk -v c="$2" '$1 == "origins" && $2 == c { $1 = $2 = ""; print }' \
        "$room/$1.answers" | xargs -n1 | sort
}

# The names that may be asked for on the connection, by authorityc.
origins_promised() { # CONNECTION
    awk -v c="$1" -v port="$our_port" '$1 == c && ($3 == "same" || $3 == "shared") {
        print "https://" $2 ":" port }' "$room/explained" | sort
}

host_list() {
    sed "s,https://,,; s,\.$domain,,; s,:[0-9]*\$,," | xargs
}

show_origins() {
    local row='%-10s %-22s %-34s %s\n' connection frame
    # shellcheck disable=SC2059
    printf "$row" connection 'frame of stock httpd' 'frame of mod_authority (nghttp)' \
        "node's originSet"
    for connection in "${connections[@]}"; do
        case $connection in -:* | *:http/1.1) continue ;; esac
        connection=$(full_name "${connection%:*}")
        frame=$(origins_of_nghttp "$our_port" "$connection")
        # shellcheck disable=SC2059
        printf "$row" "$(short "$connection")" \
            "$(origins_of_nghttp "$stock_port" "$connection")" "$(show_frame "$frame")" \
            "$(origins_of_node authority "$connection" | host_list)"
        check_origins "$connection" "$frame"
    done
}

show_frame() { # FRAMES ORIGIN…
    case $1 in
    none) echo none ;;
    1) echo '(empty: this name only)' ;;
    *) tr ' ' '\n' <<<"${1#* }" | host_list ;;
    esac
}

# One frame, with the names authorityc would have shared, as both clients see it.
check_origins() { # CONNECTION FRAME
    local promised own
    promised=$(origins_promised "$1")
    own="https://$1:$our_port"
    [ "${2%% *}" = 1 ] || wrong "one ORIGIN frame was promised, nghttp saw '$2'"
    [ "$(tr ' ' '\n' <<<"${2/#1/$own}" | sort -u)" = "$promised" ] ||
        wrong "authorityc promised $(xargs <<<"$promised")"
    [ "$(origins_of_node authority "$1")" = "$promised" ] ||
        wrong "node's originSet is not what was promised"
}

# --- the client certificate, and the logs ---

curl_admin() { # CURL-OPTION…
    curl -sS --cacert "$room/server/test-ca.pem" --connect-to "::127.0.0.1:$our_port" "$@" \
        "https://admin.$domain:$our_port/" 2>/dev/null
}

show_admin() {
    local with without=answered
    with=$(curl_admin --cert "$room/staff/clerk.pem" --key "$room/staff/clerk.key") || true
    curl_admin >/dev/null || without=refused
    say "curl on admin's own connection: '$with' with the staff certificate," \
        "$without without"
    [ "$with,$without" = admin,refused ] || wrong "'admin' and refused were promised"
}

show_logs() {
    local ssl_lines our_lines
    ssl_lines=$(grep -c AH02032 "$room/authority/error.log") || true
    our_lines=$(grep -c ATY301 "$room/authority/error.log") || true
    say "error.log with mod_authority: $our_lines × ATY301, which names reason and lines;" \
        "$ssl_lines × AH02032"
    [ "$ssl_lines" -eq 0 ] || wrong 'mod_ssl still had something to refuse'
    [ "$our_lines" -gt 0 ] || wrong 'mod_authority logged nothing'
    grep -m1 ATY301 "$room/authority/error.log" | sed 's/.*ATY301/    ATY301/'
}

# --- the summary ---

# Of the HTTP/2 questions with SNI for another name than the connection's own: what a
# client meets that goes by the certificate alone, and one that honours ORIGIN.
show_summary() {
    local connection authority verdict reason mod_ssl
    local asked=0 failed=0 loose=0 listed=0
    while read -r connection authority verdict reason mod_ssl; do
        case $connection in "$authority" | - | old.*) continue ;; esac
        asked=$((asked + 1))
        case $verdict,$mod_ssl in
        shared,*) listed=$((listed + 1)) ;;
        *,200) loose=$((loose + 1)) ;;
        *) failed=$((failed + 1)) ;;
        esac
    done <"$room/explained"
    say "Without ORIGIN, a client that goes by the certificate tries all $asked names of" \
        "others: $failed" "are refused or reset, $loose are served where they do not belong." \
        "With ORIGIN it asks for the $listed that are welcome, and meets no 421." | fmt -w 88
}
