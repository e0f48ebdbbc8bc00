set title '10,000 vhosts behind one certificate, by the number of groups'
set xlabel 'groups'
set ylabel 'seconds, or MiB'
set logscale xy
set format y '%g'
set key bmargin center vertical maxrows 2
plot file('groups') using 1:2 with linespoints lt 1 title 'compile, CPU seconds', \
    file('groups') using 1:6 with linespoints lt 2 title 'explain --groups, CPU seconds', \
    file('groups') using 1:3 with linespoints lt 3 title 'compile, peak MiB', \
    file('groups') using 1:($4/1024) with linespoints lt 4 title 'the table, MiB'
