/* terminal.h: what a stream goes to.
 */
#ifndef ATY_AUTHORITYC_TERMINAL_H
#define ATY_AUTHORITYC_TERMINAL_H

#include <stdbool.h>

/* Whether the descriptor is a terminal that can do more than print line after line. */
bool aty_terminal_is_able(int descriptor);

/* The same, and nobody refuses colours (NO_COLOR, as no-color.org has it). */
bool aty_terminal_has_colour(int descriptor);

#endif
