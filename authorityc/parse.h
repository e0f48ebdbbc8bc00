/* parse.h: what the files of the parser share.
 *
 * parse.c reads lines and directives, sections.c knows which section they stand in,
 * include.c finds and reads the files of Include, and merge.c makes vhosts of what was
 * read once all of it is. Sections are a stack of frames; nothing here recurses but for
 * Include, whose depth is bounded.
 */
#ifndef ATY_AUTHORITYC_PARSE_H
#define ATY_AUTHORITYC_PARSE_H

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/directives.h"
#include "authorityc/lex.h"
#include "authorityc/policy.h"
#include "authorityc/source.h"
#include "authorityc/values.h"

/* A <TLS> section. */
typedef struct {
    const char *name;
    aty_place place;
    aty_scope scope; /* only its tls is used */
} aty_bundle;

/* A <VirtualHost> before it is merged. It lives in the scratch pool. */
typedef struct {
    aty_place place;
    apr_array_header_t *addresses; /* aty_vhost_address */
    const aty_word *server_name;   /* NULL: none */
    uint32_t server_port;          /* of that */
    bool name_tried;               /* a ServerName stands there, if a wrong one */
    apr_array_header_t *aliases;   /* aty_word; NULL: none */
    apr_array_header_t *locations; /* aty_location; NULL: none */
    apr_hash_t *paths;             /* aty_word of these locations, by text; NULL: none */
    apr_array_header_t *uses;      /* aty_word; NULL: none */
    aty_scope *scope;              /* its own directives; NULL: none */
} aty_draft;

typedef struct aty_section_spec aty_section_spec; /* section_kinds.c */

/* A section that is open; the first frame is the top level. */
typedef struct {
    unsigned context;                /* the ATY_IN_… of what may stand in it */
    const aty_section_spec *section; /* NULL: the top level */
    const char *written;             /* its name as it was spelt */
    aty_place place;                 /* of that name */
    aty_scope *scope;       /* where settings go; NULL: into a draft's, or none */
    aty_draft *draft;       /* of the <VirtualHost>; NULL: none */
    aty_location *location; /* of the <Location>; NULL: none */
} aty_frame;

typedef struct aty_parser {
    apr_pool_t *pool;    /* of the policy */
    apr_pool_t *scratch; /* of what is not needed once the policy is read */
    aty_diag *diag;
    aty_policy *policy;
    aty_values values;
    apr_hash_t *defines; /* aty_define */
    apr_hash_t *bundles; /* aty_bundle */
    apr_hash_t *files;   /* aty_file, by path */
    apr_hash_t *names;   /* aty_word: the names of the open <VirtualHost> */
    apr_pool_t *names_pool;
    apr_hash_t *pairs;          /* aty_accept_pair, by "sni authority" */
    aty_scope base;             /* the top level's */
    apr_array_header_t *drafts; /* aty_draft * */
    apr_array_header_t *frames; /* aty_frame */
    int file_frames;            /* frames that were open when the file began */
    unsigned ignored;           /* depth in a section that is not known */
    unsigned implied;           /* sections of this file that were closed unasked */
    const aty_source *source;   /* that is being read */
    uint32_t sources;           /* begun so far */
    size_t budget;              /* bytes that may still be read */
} aty_parser;

/* A kind of section. */
struct aty_section_spec {
    const char *name;
    const char *usage; /* of its tag's arguments */
    unsigned parent;   /* the ATY_IN_… that it stands in */
    unsigned context;  /* the ATY_IN_… of what stands in it */
    int most_words;
    /* Fills the frame, in any case. `usable`: the words are what was meant. */
    void (*open)(aty_parser *parser, aty_frame *frame, const aty_line *line, bool usable);
    void (*close)(aty_parser *parser, const aty_frame *frame);
};

/* The kinds; NULL past the last. (section_kinds.c) */
const aty_section_spec *aty_section_at(int index);

/* Reads a source to its end into the open section. (parse.c) */
void aty_parse_source(aty_parser *parser, const aty_source *source);

/* The scope that the open section's settings go to. (sections.c) */
aty_scope *aty_frame_scope(aty_parser *parser, aty_frame *frame);

/* The innermost open section. (sections.c) */
aty_frame *aty_frame_top(const aty_parser *parser);

/* Opens the section of `<Name …>`, closes that of `</Name>`, and ends a file, in which
 * every section that it opened must be closed. (sections.c) */
void aty_section_open(aty_parser *parser, const aty_line *line);
void aty_section_close(aty_parser *parser, const aty_line *line);
void aty_sections_end(aty_parser *parser);

/* Whether a name may still be taken by the open <VirtualHost>; reports the second of two
 * equal names. (section_kinds.c) */
bool aty_section_take_name(aty_parser *parser, const aty_word *name);

/* Makes a source of the policy file. NULL where it cannot be read. (include.c) */
const aty_source *aty_source_of_policy(aty_parser *parser, const char *path);

/* Reads all files that an Include names. (include.c) */
void aty_include(aty_parser *parser, const aty_word *word);

/* Makes the policy's vhosts of the drafts. (merge.c) */
void aty_merge_vhosts(aty_parser *parser);

/* Checks that a line has as many arguments as its directive or section takes, and none
 * that is empty. `usage` is as in aty_directive_spec. (parse.c) */
bool aty_words_check(aty_parser *parser, const aty_line *line, const char *name,
                     const char *usage, int least, int most);

#endif
