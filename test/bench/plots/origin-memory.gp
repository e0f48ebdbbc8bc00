set title 'What the memory of httpd has grown since it started'
set xlabel 'connections so far'
set ylabel 'MiB'
set logscale x
set yrange [0:*]
set key left top
plot file('origin') using 1:($6/1024) with linespoints lt 2 title 'stock httpd', \
    file('origin') using 1:($7/1024) with linespoints lt 1 title 'with the module'
