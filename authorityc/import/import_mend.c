/* import_mend.c: what httpd accepts and the compiler does not: a file that this user
 * cannot read, ciphers that this OpenSSL does not know, and whatever else. The policy is
 * compiled in memory, and each line with an error becomes a comment; vhosts that then
 * lack a setting share with nobody. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <apr_strings.h>

#include "authorityc/compile.h"
#include "authorityc/import/import.h"
#include "authorityc/messages.h"

#define ROUNDS_MAX                                                      \
    1000 /* compilations; one mends as many lines as there are messages \
          */

static bool write_all(int file, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, text, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
    return true;
}

/* Compiles the lines; NULL, or why that could not be tried. */
static const char *try_lines(apr_pool_t *pool, const aty_import_lines *lines,
                             aty_diag *diag)
{
    size_t size;
    char *text = aty_import_lines_text(lines, &size);
    int file = memfd_create("policy", MFD_CLOEXEC);
    const char *problem = NULL;
    if (!text || file < 0 || !write_all(file, text, size)) {
        problem = apr_pstrdup(pool, strerror(errno));
    }
    free(text);
    if (!problem) {
        const char *path = apr_psprintf(pool, "/proc/self/fd/%d", file);
        const aty_policy *policy = aty_policy_read(pool, path, diag);
        aty_compiled compiled;
        if (policy) {
            aty_compile(pool, policy, diag, &compiled);
        }
    }
    if (file >= 0) {
        close(file);
    }
    return problem;
}

/* What a round of mending goes by. */
typedef struct {
    aty_import_lines *lines;
    apr_array_header_t *written; /* aty_import_line *: those of the text, in order */
    bool *lonely;                /* by vhost: it lacks a setting now */
} mending;

static mending mending_begin(apr_pool_t *pool, aty_import_lines *lines)
{
    mending round = {.lines = lines};
    round.written = apr_array_make(pool, lines->lines->nelts, sizeof(aty_import_line *));
    round.lonely = apr_pcalloc(pool, lines->vhosts + 1);
    for (int i = 0; i < lines->lines->nelts; i++) {
        aty_import_line *line = &APR_ARRAY_IDX(lines->lines, i, aty_import_line);
        if (line->text) {
            APR_ARRAY_PUSH(round.written, aty_import_line *) = line;
        }
    }
    return round;
}

/* The vhosts that had a setting from the top level, and do not say it themselves. */
static void mark_heirs(apr_pool_t *pool, mending *round, const char *name)
{
    bool *has_own = apr_pcalloc(pool, round->lines->vhosts + 1);
    for (int i = 0; i < round->written->nelts; i++) {
        const aty_import_line *line = APR_ARRAY_IDX(round->written, i, aty_import_line *);
        if (line->name && strcmp(line->name, name) == 0) {
            has_own[line->vhost] = true;
        }
    }
    for (uint32_t vhost = 1; vhost <= round->lines->vhosts; vhost++) {
        round->lonely[vhost] |= !has_own[vhost];
    }
}

/* Mends the line that a message names. Returns whether there is such a line. */
static bool mend_line(apr_pool_t *pool, mending *round, const aty_message *message)
{
    uint32_t number = message->place.source ? message->place.line : 0;
    if (number == 0 || number > (uint32_t)round->written->nelts) {
        return false;
    }
    aty_import_line *line =
        APR_ARRAY_IDX(round->written, (int)number - 1, aty_import_line *);
    const char *name = line->name;
    if (!name) {
        return false;
    }
    aty_import_line_refuse(round->lines, line, message->text);
    if (line->vhost > 0) {
        round->lonely[line->vhost] = true;
    }
    else {
        mark_heirs(pool, round, name);
    }
    return true;
}

static void isolate_lonely(const mending *round)
{
    for (int i = 0; i < round->lines->lines->nelts; i++) {
        aty_import_line *line = &APR_ARRAY_IDX(round->lines->lines, i, aty_import_line);
        if (line->name && strcmp(line->name, ATY_IMPORT_ISOLATE) == 0 &&
            round->lonely[line->vhost]) {
            line->text = ATY_IMPORT_ISOLATE_ON;
        }
    }
}

/* Mends all lines that the messages name. Returns whether there was anything to mend,
 * and sets `*problem` to what cannot be. */
static bool mend(apr_pool_t *pool, aty_import_lines *lines, const aty_diag *diag,
                 const char **problem)
{
    const apr_array_header_t *errors = diag->kept[ATY_MESSAGE_ERROR];
    mending round = mending_begin(pool, lines);
    bool mended = false;
    for (int i = 0; i < errors->nelts; i++) {
        const aty_message *message = APR_ARRAY_IDX(errors, i, aty_message *);
        if (mend_line(pool, &round, message)) {
            mended = true;
        }
        else {
            *problem = message->text;
        }
    }
    isolate_lonely(&round);
    return mended;
}

static void isolate_heirs_of_lost(aty_import_lines *lines)
{
    mending round = mending_begin(lines->pool, lines);
    for (int i = 0; i < lines->lost->nelts; i++) {
        mark_heirs(lines->pool, &round, APR_ARRAY_IDX(lines->lost, i, const char *));
    }
    isolate_lonely(&round);
}

const char *aty_import_mend(aty_import_lines *lines)
{
    isolate_heirs_of_lost(lines);
    const char *problem = NULL;
    bool again = true;
    for (int round = 0; again && round < ROUNDS_MAX; round++) {
        apr_pool_t *pool;
        apr_pool_create(&pool, lines->pool);
        aty_diag *diag = aty_diag_create(pool);
        problem = try_lines(pool, lines, diag);
        again =
            !problem && aty_diag_errors(diag) > 0 && mend(pool, lines, diag, &problem);
        problem = problem ? aty_import_harmless(lines->pool, problem) : NULL;
        apr_pool_destroy(pool);
    }
    return problem;
}
