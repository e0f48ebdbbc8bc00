# requests.sh: requests a second and CPU time, with the module against without. Sourced by
# build/bench.
# shellcheck shell=bash

bench_requests() {
    local pairs few server small many_connections
    pairs=$(choose 100 2)
    few=$(choose 40 2)
    small="-n $(choose 5000 200) -c 8 -m 8"
    many_connections="-n $(choose 300 20) -c $(choose 300 20)"
    say 'requests a second over HTTP/2 of stock httpd, and of the other: medians of paired runs.'
    say 'A small file, h2load with 8 connections of 8 streams; CPU: of the server, a request'
    ratio_head
    begin_figures requests label ratio lower upper cpu lower upper
    for server in stock control authority; do
        start_server $server
    done
    # shellcheck disable=SC2086 # words
    {
        ratio_row requests 'control: stock httpd itself' stock control "$pairs" 2xx \
            www.example.test $small
        ratio_row requests 'own vhost' stock authority "$pairs" 2xx www.example.test $small
        ratio_row requests 'vhost that shares' stock authority "$pairs" 2xx \
            first.example.test $small
        ratio_row requests '421' stock authority "$few" 4xx admin.example.test $small
        ratio_row requests 'control, a connection each' stock control "$few" 2xx \
            www.example.test $many_connections
        ratio_row requests 'a connection for each request' stock authority "$few" 2xx \
            www.example.test $many_connections
    }
    stop_servers
}
