set title offset -12 'httpd with the module against stock httpd'
set xlabel 'ratio: median of pairs, 95 % interval'
set format x '%.2f'
set ytics scale 0
stats file('requests') using 2 nooutput
set yrange [STATS_records - 0.4:-0.6]
set lmargin 30
set key bmargin right vertical
set arrow from 0.99, graph 0 to 0.99, graph 1 nohead lc rgb '#b00000' dt 2 lw 1.5
set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb '#808080' lw 1
plot file('requests') using 2:($0 - 0.13):3:4:ytic(1) with xerrorbars lt 1 title 'requests a second, more is better (dashed: the bar)', \
    file('requests') using 5:($0 + 0.13):6:7 with xerrorbars lt 2 title 'CPU time, less is better'
