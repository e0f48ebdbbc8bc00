/* plan_traffic_line.h: a line of an access log, taken apart.
 */
#ifndef ATY_AUTHORITYC_PLAN_TRAFFIC_LINE_H
#define ATY_AUTHORITYC_PLAN_TRAFFIC_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/names.h"

/* What a line says of a 421. Names are as aty_host_of_authority writes them, "" where the
 * line has none. */
typedef struct {
    bool is_refused; /* 421, or would-421 */
    bool by_referer; /* the connection's name is that of a page, not of a vhost */
    char connection[ATY_NAME_MAX + 1];
    char authority[ATY_NAME_MAX + 1];
} aty_traffic_line;

/* Reads a line without its end, in either format of plan_traffic.h; false if it is in
 * none. Names are filled in where it is refused. */
bool aty_traffic_line_read(const char *text, size_t length, aty_traffic_line *line);

#endif
