set title 'CPU time of httpd for a connection with one request'
set xlabel 'connections so far'
set ylabel 'microseconds'
set logscale x
set yrange [0:*]
plot file('origin') using 1:4 with linespoints lt 2 title 'stock httpd', \
    file('origin') using 1:5 with linespoints lt 1 title 'with the module and its ORIGIN frame'
