#include "authorityc/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool aty_terminal_is_able(int descriptor)
{
    const char *terminal = getenv("TERM");

    return isatty(descriptor) && terminal && strcmp(terminal, "dumb") != 0;
}

bool aty_terminal_has_colour(int descriptor)
{
    const char *refused = getenv("NO_COLOR");

    return aty_terminal_is_able(descriptor) && !(refused && *refused);
}
