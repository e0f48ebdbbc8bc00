/* lex.h: from the bytes of a policy file to its lines of words.
 *
 * httpd's syntax (server/util.c, ap_getword_conf; server/config.c): blanks between words,
 * "…" and '…' around words with blanks, `\` before a quote or `\`, `\` at the end of a
 * line continues it, ${VAR} for what Define gave. Unlike httpd: `#` begins a comment
 * before any word of a line, and what httpd guesses at (a quote that is never closed, an
 * undefined variable, text behind '>') is an error. Every word knows the physical line
 * and column where it begins.
 */
#ifndef ATY_AUTHORITYC_LEX_H
#define ATY_AUTHORITYC_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/diag.h"
#include "authorityc/policy.h"
#include "authorityc/source.h"

#define ATY_WORD_MAX  ((size_t)64 << 10) /* bytes, after ${VAR} */
#define ATY_WORDS_MAX 100000             /* of one directive */
#define ATY_NAME_ROOM 64                 /* bytes of a directive's name, kept for reuse */

/* What Define gave a name; aty_lexer's `defines` holds them by name. */
typedef struct {
    const char *name;
    const char *value;
    aty_place place;
} aty_define;

typedef enum {
    ATY_LINE_DIRECTIVE, /* Name word … */
    ATY_LINE_OPEN,      /* <Name word …> */
    ATY_LINE_CLOSE      /* </Name> */
} aty_line_kind;

typedef struct {
    aty_line_kind kind;
    bool broken;   /* an error in it was reported; its words may not be what was meant */
    aty_word name; /* its text is the lexer's, until the next line */
    aty_word *words; /* the array is the lexer's, too; the texts live in its pool */
    int word_count;
} aty_line;

typedef struct {
    apr_pool_t *pool, *buffers;
    aty_diag *diag;
    const aty_source *source;
    apr_hash_t *defines; /* aty_define */
    const char *at;
    const char *end;        /* the text's; a NUL stands there */
    const char *line_start; /* of the physical line of `at` */
    uint32_t line;
    const char *from;          /* what '# from' said, up to the next empty line */
    bool broken;               /* the line that is being read */
    bool overlong;             /* the word that is being read */
    char name[ATY_NAME_ROOM];  /* of that line */
    apr_array_header_t *words; /* aty_word */
    char *scratch;             /* a word that cannot be taken from the text as it is */
    size_t scratch_size, scratch_capacity;
} aty_lexer;

/* Begins a source. The lexer is the caller's; the texts of words go to `pool`, what the
 * lexer needs while it reads to `buffers`. */
void aty_lex_begin(aty_lexer *lexer, apr_pool_t *pool, apr_pool_t *buffers,
                   aty_diag *diag, const aty_source *source, apr_hash_t *defines);

/* Reads the next line that says something. False at the end of the source. */
bool aty_lex_line(aty_lexer *lexer, aty_line *line);

#endif
