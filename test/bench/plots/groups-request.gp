set title 'What the module does for a request, by the number of groups'
set xlabel 'groups'
set ylabel 'instructions'
set logscale x
set yrange [0:*]
set key bmargin center vertical maxrows 2
plot file('groups') using 1:9 with linespoints lt 4 title 'a 421', \
    file('groups') using 1:8 with linespoints lt 2 title 'a vhost that shares the connection', \
    file('groups') using 1:10 with linespoints lt 3 title 'a connection, once', \
    file('groups') using 1:7 with linespoints lt 1 title "the connection's own vhost"
