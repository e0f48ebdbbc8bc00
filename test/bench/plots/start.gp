set title 'The start of httpd, by the number of TLS vhosts'
set xlabel 'vhosts'
set ylabel 'instructions, millions'
set logscale xy
set format y '%.0s%c'
set key left top
is_curve(label) = label eq 'OriginBudget 16384'
plot file('start') using (is_curve(strcol(1)) ? $2 : NaN):(($4 - $3) / 1e6) with linespoints lt 2 title 'httpd and mod_ssl', \
    file('start') using (is_curve(strcol(1)) ? $2 : NaN):($3 / 1e6) with linespoints lt 1 title 'what the module adds'
