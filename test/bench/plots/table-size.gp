set title 'The table, by its parts'
set xlabel 'names'
set ylabel 'bytes a name'
set logscale x
set yrange [0:*]
set key right top
plot file('compile') using 1:5 with linespoints lt 1 title 'beside names and frames', \
    64 with lines lc rgb '#b00000' dt 2 lw 1.5 title 'the bar for that: 64', \
    file('compile') using 1:6 with linespoints lt 2 title 'ORIGIN frames'
