/* progress.h: how far long work has come, in a line on a terminal that is erased again.
 *
 * Nothing is shown where standard error is no terminal, or one that cannot erase.
 */
#ifndef ATY_AUTHORITYC_PROGRESS_H
#define ATY_AUTHORITYC_PROGRESS_H

#include <stdint.h>

/* Shows "authorityc: DONE of TOTAL WHAT" in place of what was shown before. */
void aty_progress_show(uint32_t done, uint32_t total, const char *what);

/* Shows "authorityc: WHAT ..." likewise. */
void aty_progress_phase(const char *what);

/* Erases it. */
void aty_progress_end(void);

#endif
