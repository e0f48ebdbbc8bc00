/* report_list.h: long lists: the first entries are in sight, more of them can be opened,
 * and of the rest is said how many there are and where to find them.
 */
#ifndef ATY_AUTHORITYC_REPORT_LIST_H
#define ATY_AUTHORITYC_REPORT_LIST_H

#include <stdint.h>
#include <stdio.h>

#define ATY_LIST_FIRST 10  /* in sight */
#define ATY_LIST_MORE  500 /* to be opened */

typedef struct {
    const char *opening; /* "<table>" with its caption and heads, or "<ol>" */
    const char *closing;
    const char *what; /* "group": one of the entries */
    const char *rest; /* what has those that are left out, HTML */
    /* Writes an entry. */
    void (*entry)(const void *of, uint32_t index, FILE *out);
    const void *of;
    uint32_t more; /* 0: as many as above */
} aty_list;

void aty_list_write(const aty_list *list, uint32_t count, FILE *out);

#endif
