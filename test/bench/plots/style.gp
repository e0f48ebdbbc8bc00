# Of all plots: on a white ground of their own, so that they can be read on any page.
set terminal svg noenhanced size 760,440 font 'DejaVu Sans,Verdana,sans-serif,13' background '#ffffff'
set border 3 lc rgb '#404040'
set tics nomirror textcolor rgb '#303030'
set xlabel textcolor rgb '#303030'
set ylabel textcolor rgb '#303030'
set title textcolor rgb '#101010'
set key textcolor rgb '#303030' samplen 2 spacing 1.2
set grid lc rgb '#d8d8d8' lt 1 lw 0.7
# Colours that are told apart by those who see few, each with a mark of its own.
set linetype 1 lc rgb '#0060b0' lw 2 pt 7 ps 0.7
set linetype 2 lc rgb '#d05000' lw 2 pt 5 ps 0.7
set linetype 3 lc rgb '#007a50' lw 2 pt 9 ps 0.9
set linetype 4 lc rgb '#a03080' lw 2 pt 11 ps 0.9
set linetype 5 lc rgb '#6a5a00' lw 2 pt 13 ps 0.9
file(part) = figures . '/' . part . '.data'
# 1, 10, 100, 1k … 1M
set format x '%.0s%c'
set rmargin 4
