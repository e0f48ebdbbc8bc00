# The plots of a soak, from its figures.tsv. `figures` is the directory, for both. Read after
# ../plots/style.gp.

set datafile separator tab
set datafile missing '-'
set terminal svg size 760,380
set format x '%g'
set key outside bottom center horizontal
set xlabel 'minutes' offset 0, 0.4
set yrange [0:*]
set autoscale xfix
# Stock httpd has one colour in all, httpd with the module the other.
set style line 1 linecolor rgb '#d05000' linewidth 1.2
set style line 2 linecolor rgb '#0060b0' linewidth 1.2
set style line 3 linecolor rgb '#007a50' linewidth 1.2
set style line 4 linecolor rgb '#a03080' linewidth 1.2

table = figures.'/figures.tsv'
minutes = "(column('seconds') / 60)"
mib(name) = column(name) / 1024.0

set output figures.'/soak-parent.svg'
set title 'Memory of the parent process'
set ylabel 'MiB'
plot table using @minutes:(mib('stock_parent_rss')) with lines linestyle 1 dashtype 2 \
        title 'stock, resident', \
    '' using @minutes:(mib('authority_parent_rss')) with lines linestyle 2 dashtype 2 \
        title 'with the module, resident', \
    '' using @minutes:(mib('stock_parent_anonymous')) with lines linestyle 1 \
        title 'stock, allocated', \
    '' using @minutes:(mib('authority_parent_anonymous')) with lines linestyle 2 \
        title 'with the module, allocated'

set output figures.'/soak-children.svg'
set title 'Memory of all child processes together'
plot table using @minutes:(mib('stock_children_pss')) with lines linestyle 1 \
        title 'stock, proportional (PSS)', \
    '' using @minutes:(mib('authority_children_pss')) with lines linestyle 2 \
        title 'with the module, proportional (PSS)'

set output figures.'/soak-processes.svg'
set title 'Child processes, and descriptors of all of them'
set ylabel 'number'
plot table using @minutes:(column('stock_children')) with lines linestyle 1 dashtype 2 \
        title 'stock, processes', \
    '' using @minutes:(column('authority_children')) with lines linestyle 2 dashtype 2 \
        title 'with the module, processes', \
    '' using @minutes:(column('stock_children_descriptors')) with lines linestyle 1 \
        title 'stock, descriptors', \
    '' using @minutes:(column('authority_children_descriptors')) with lines linestyle 2 \
        title 'with the module, descriptors'

set output figures.'/soak-counters.svg'
set title 'What the module has counted'
set ylabel 'requests'
plot for [i = 1:3] table using @minutes:(column(word('same shared misdirected', i))) \
        with lines linestyle i + 1 title word('same shared misdirected', i), \
    '' using @minutes:(column('connections')) with lines linestyle 1 title 'connections'
