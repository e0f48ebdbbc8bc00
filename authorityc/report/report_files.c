/* The style sheet and the scripts of the page, as they stand in the tree. */
#include "authorityc/report/report.h"

#define FILE_OF(name) ".incbin \"authorityc/report/" name "\"\n"
#define EMBEDDED(symbol, files)                                     \
    __asm__(".pushsection .rodata\n"                                \
            ".global " #symbol "\n"                                 \
            ".hidden " #symbol "\n" #symbol ":\n" files ".byte 0\n" \
            ".popsection\n")

EMBEDDED(aty_report_css, FILE_OF("report.css"));
EMBEDDED(aty_report_js, FILE_OF("report_site.js") FILE_OF("report_search.js"));
