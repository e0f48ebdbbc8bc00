#include "authorityc/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "authorityc/terminal.h"

#define ERASED "\r\033[K"

static bool is_shown(void)
{
    return aty_terminal_is_able(STDERR_FILENO);
}

void aty_progress_show(uint32_t done, uint32_t total, const char *what)
{
    if (is_shown()) {
        fprintf(stderr, ERASED "authorityc: %u of %u %s", done, total, what);
        fflush(stderr);
    }
}

void aty_progress_phase(const char *what)
{
    if (is_shown()) {
        fprintf(stderr, ERASED "authorityc: %s ...", what);
        fflush(stderr);
    }
}

void aty_progress_end(void)
{
    if (is_shown()) {
        fputs(ERASED, stderr);
        fflush(stderr);
    }
}
