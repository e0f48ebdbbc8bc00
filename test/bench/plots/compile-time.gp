set title 'To check the configuration of as many names'
set xlabel 'names'
set ylabel 'CPU time, seconds'
set logscale xy
set format y '%g'
set key left top
plot file('compile') using 1:3 with linespoints lt 1 title 'authorityc compile', \
    file('validate-httpd') using 1:3 with linespoints lt 2 title 'httpd -t (reads no certificate)', \
    file('validate-nginx') using 1:3 with linespoints lt 3 title 'nginx -t', \
    file('validate-haproxy') using 1:3 with linespoints lt 4 title 'haproxy -c', \
    file('validate-caddy') using 1:3 with linespoints lt 5 title 'caddy validate'
