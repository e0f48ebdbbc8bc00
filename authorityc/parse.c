/* parse.c: from lines to the settings of sections. After an error reading goes on with
 * the next line, so that one run shows all there is to mend. */
#include "authorityc/parse.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/nearest.h"

/* What all files of a policy may come to together. */
#define BUDGET   ((size_t)1 << 30) /* bytes */
#define USES_MAX 100               /* bundles of one vhost */

static const char *counted(apr_pool_t *pool, int count)
{
    return count == 1 ? "one argument" : apr_psprintf(pool, "%d arguments", count);
}

static void count_error(aty_parser *parser, const aty_line *line, const char *name,
                        const char *usage, int least, int most)
{
    bool section = line->kind == ATY_LINE_OPEN, too_few = line->word_count < least;
    const char *bound = least == most ? "" : too_few ? "at least " : "at most ";
    const char *found = line->word_count == 0
                            ? "none"
                            : apr_psprintf(parser->pool, "%d", line->word_count);
    aty_diag_error(parser->diag, too_few ? &line->name.place : &line->words[most].place,
                   section ? "<%s> takes %s%s, found %s" : "'%s' takes %s%s, found %s",
                   name, bound, counted(parser->pool, too_few ? least : most), found);
    aty_diag_note(parser->diag, NULL, section ? "usage: <%s %s>" : "usage: %s %s", name,
                  usage);
}

bool aty_words_check(aty_parser *parser, const aty_line *line, const char *name,
                     const char *usage, int least, int most)
{
    if (line->word_count < least || line->word_count > most) {
        count_error(parser, line, name, usage, least, most);
        return false;
    }
    bool fine = true;
    for (int i = 0; i < line->word_count; i++) {
        if (*line->words[i].text == '\0') {
            aty_diag_error(parser->diag, &line->words[i].place, "an empty argument");
            fine = false;
        }
    }
    return fine;
}

/* A directive that outlives its line. */
static const aty_directive *kept(aty_parser *parser, const aty_directive *directive)
{
    aty_directive *copy = apr_pmemdup(parser->pool, directive, sizeof(*directive));
    copy->words = apr_pmemdup(parser->pool, directive->words,
                              sizeof(aty_word) * (size_t)directive->word_count);
    return copy;
}

/* The place that a value may be put to, once. */
static void put_once(aty_parser *parser, const aty_directive **slot,
                     const aty_directive *directive)
{
    if (*slot) {
        aty_diag_error(parser->diag, &directive->place, "'%s' stands here a second time",
                       directive->name);
        aty_diag_note(parser->diag, &(*slot)->place, "first given here");
        return;
    }
    *slot = kept(parser, directive);
}

static const aty_directive **slot_of(void *structure, size_t offset)
{
    return (const aty_directive **)(void *)((char *)structure + offset);
}

static void put_setting(aty_parser *parser, const aty_directive_spec *spec,
                        aty_directive *directive, aty_word *words)
{
    (void)words;
    aty_frame *frame = aty_frame_top(parser);
    if (frame->location) {
        put_once(parser, slot_of(frame->location, spec->location_slot), directive);
    }
    else {
        put_once(parser, slot_of(aty_frame_scope(parser, frame), spec->slot), directive);
    }
}

static void put_ciphers(aty_parser *parser, const aty_directive_spec *spec,
                        aty_directive *directive, aty_word *words)
{
    aty_frame *frame = aty_frame_top(parser);
    if (directive->number == 0) {
        put_setting(parser, spec, directive, words);
    }
    else if (frame->location) {
        aty_diag_error(parser->diag, &words[0].place,
                       "ciphers of TLSv1.3 cannot be set in <Location>, as in httpd");
    }
    else {
        aty_scope *scope = aty_frame_scope(parser, frame);
        put_once(parser, &scope->tls.scalars[ATY_TLS_CIPHERS_13], directive);
    }
}

static void put_entry(aty_parser *parser, const aty_directive_spec *spec,
                      aty_directive *directive, aty_word *words)
{
    (void)words;
    aty_scope *scope = aty_frame_scope(parser, aty_frame_top(parser));
    apr_array_header_t **list =
        (apr_array_header_t **)(void *)((char *)scope + spec->slot);
    if (!*list) {
        *list = apr_array_make(parser->pool, 1, sizeof(aty_directive *));
    }
    APR_ARRAY_PUSH(*list, const aty_directive *) = kept(parser, directive);
}

static void put_server_name(aty_parser *parser, const aty_directive_spec *spec,
                            aty_directive *directive, aty_word *words)
{
    (void)spec;
    aty_draft *draft = aty_frame_top(parser)->draft;
    if (draft->server_name) {
        aty_diag_error(parser->diag, &directive->place,
                       "'ServerName' stands here a second time");
        aty_diag_note(parser->diag, &draft->server_name->place, "first given here");
        aty_diag_note(parser->diag, NULL, "further names go to 'ServerAlias'");
    }
    else if (aty_section_take_name(parser, &words[0])) {
        draft->server_name = apr_pmemdup(parser->pool, &words[0], sizeof(words[0]));
        draft->server_port = directive->number;
    }
}

static void put_server_alias(aty_parser *parser, const aty_directive_spec *spec,
                             aty_directive *directive, aty_word *words)
{
    (void)spec;
    aty_draft *draft = aty_frame_top(parser)->draft;
    if (!draft->aliases) {
        draft->aliases =
            apr_array_make(parser->pool, directive->word_count, sizeof(aty_word));
    }
    for (int i = 0; i < directive->word_count; i++) {
        if (aty_section_take_name(parser, &words[i])) {
            APR_ARRAY_PUSH(draft->aliases, aty_word) = words[i];
        }
    }
}

static void put_use(aty_parser *parser, const aty_directive_spec *spec,
                    aty_directive *directive, aty_word *words)
{
    (void)spec;
    (void)directive;
    aty_draft *draft = aty_frame_top(parser)->draft;
    if (!draft->uses) {
        draft->uses = apr_array_make(parser->scratch, 1, sizeof(aty_word));
    }
    for (int i = 0; i < draft->uses->nelts; i++) {
        const aty_word *used = &APR_ARRAY_IDX(draft->uses, i, aty_word);
        if (strcmp(used->text, words[0].text) == 0) {
            aty_diag_error(parser->diag, &words[0].place, "'%s' is used a second time",
                           aty_shown(parser->pool, words[0].text));
            aty_diag_note(parser->diag, &used->place, "first used here");
            return;
        }
    }
    if (draft->uses->nelts == USES_MAX) {
        aty_diag_error(parser->diag, &words[0].place,
                       "more than %d bundles in one <VirtualHost>", USES_MAX);
        return;
    }
    APR_ARRAY_PUSH(draft->uses, aty_word) = words[0];
}

static void put_include(aty_parser *parser, const aty_directive_spec *spec,
                        aty_directive *directive, aty_word *words)
{
    (void)spec;
    (void)directive;
    aty_include(parser, &words[0]);
}

static void put_define(aty_parser *parser, const aty_directive_spec *spec,
                       aty_directive *directive, aty_word *words)
{
    (void)spec;
    (void)directive;
    const aty_define *known =
        apr_hash_get(parser->defines, words[0].text, APR_HASH_KEY_STRING);
    if (known) {
        aty_diag_error(parser->diag, &words[0].place, "'%s' is defined a second time",
                       aty_shown(parser->pool, words[0].text));
        aty_diag_note(parser->diag, &known->place, "first defined here");
        return;
    }
    aty_define *define = apr_palloc(parser->pool, sizeof(*define));
    *define = (aty_define){words[0].text, words[1].text, words[0].place};
    apr_hash_set(parser->defines, define->name, APR_HASH_KEY_STRING, define);
}

static void put_sni_policy(aty_parser *parser, const aty_directive_spec *spec,
                           aty_directive *directive, aty_word *words)
{
    (void)spec;
    (void)words;
    put_once(parser, &parser->policy->sni_policy_directive, directive);
    parser->policy->sni_policy =
        (aty_sni_policy)parser->policy->sni_policy_directive->number;
}

static void put_accept_pair(aty_parser *parser, const aty_directive_spec *spec,
                            aty_directive *directive, aty_word *words)
{
    (void)spec;
    const char *key =
        apr_pstrcat(parser->scratch, words[0].text, " ", words[1].text, NULL);
    const aty_word *known = apr_hash_get(parser->pairs, key, APR_HASH_KEY_STRING);
    if (known) {
        aty_diag_error(parser->diag, &directive->place,
                       "this pair stands here a second time");
        aty_diag_note(parser->diag, &known->place, "first given here");
        return;
    }
    const aty_word *pair = kept(parser, directive)->words;
    apr_hash_set(parser->pairs, key, APR_HASH_KEY_STRING, pair);
    APR_ARRAY_PUSH(parser->policy->pairs, aty_accept_pair) =
        (aty_accept_pair){&pair[0], &pair[1]};
}

typedef void put_function(aty_parser *parser, const aty_directive_spec *spec,
                          aty_directive *directive, aty_word *words);

static put_function *const put[ATY_KIND_COUNT] = {
    [ATY_KIND_SETTING] = put_setting,           [ATY_KIND_LIST] = put_entry,
    [ATY_KIND_CIPHERS] = put_ciphers,           [ATY_KIND_SERVER_NAME] = put_server_name,
    [ATY_KIND_SERVER_ALIAS] = put_server_alias, [ATY_KIND_USE] = put_use,
    [ATY_KIND_INCLUDE] = put_include,           [ATY_KIND_DEFINE] = put_define,
    [ATY_KIND_SNI_POLICY] = put_sni_policy,     [ATY_KIND_ACCEPT_PAIR] = put_accept_pair,
};

/* Whether somebody who wrote this word meant ServerName: then its absence is no news. */
static void note_name_tried(aty_parser *parser, const char *meant)
{
    aty_draft *draft = aty_frame_top(parser)->draft;
    if (draft && strcmp(meant, "ServerName") == 0) {
        draft->name_tried = true;
    }
}

static void unknown_error(aty_parser *parser, const aty_word *name)
{
    const char *advice = aty_directive_advice(name->text);
    aty_nearest nearest = aty_nearest_to(name->text);
    const aty_directive_spec *spec;
    for (int i = 0; !advice && (spec = aty_directive_at(i)) != NULL; i++) {
        if (spec->contexts & aty_frame_top(parser)->context) {
            aty_nearest_try(&nearest, spec->name);
        }
    }
    const char *shown = aty_shown(parser->pool, name->text);
    if (nearest.best) {
        aty_diag_error(parser->diag, &name->place,
                       "unknown directive '%s'; did you mean '%s'?", shown, nearest.best);
        note_name_tried(parser, nearest.best);
        return;
    }
    aty_diag_error(parser->diag, &name->place, "unknown directive '%s'", shown);
    if (advice) {
        aty_diag_note(parser->diag, NULL, "%s", advice);
    }
}

static const char *belongs(apr_pool_t *pool, unsigned contexts)
{
    static const struct {
        unsigned context;
        const char *text;
    } places[] = {
        {ATY_IN_TOP, "at the top level"},
        {ATY_IN_TLS, "in <TLS>"},
        {ATY_IN_VHOST, "in <VirtualHost>"},
        {ATY_IN_LOCATION, "in <Location>"},
    };
    const char *text = "";
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (contexts & places[i].context) {
            contexts &= ~places[i].context;
            const char *joint = *text == '\0' ? "" : contexts ? ", " : " or ";
            text = apr_pstrcat(pool, text, joint, places[i].text, NULL);
        }
    }
    return text;
}

static void context_error(aty_parser *parser, const aty_directive_spec *spec,
                          const aty_place *place)
{
    const aty_frame *frame = aty_frame_top(parser);
    aty_diag_error(parser->diag, place, "'%s' belongs %s", spec->name,
                   belongs(parser->pool, spec->contexts));
    if (frame->section) {
        aty_diag_note(parser->diag, &frame->place, "and this section begins here");
    }
}

/* Directives and their words are the line's; what is put somewhere is copied. */
static void parse_directive(aty_parser *parser, const aty_line *line)
{
    const aty_directive_spec *spec = aty_directive_find(line->name.text);
    if (!spec) {
        unknown_error(parser, &line->name);
        return;
    }
    note_name_tried(parser, spec->name);
    if (!(spec->contexts & aty_frame_top(parser)->context)) {
        context_error(parser, spec, &line->name.place);
        return;
    }
    if (line->broken || !aty_words_check(parser, line, spec->name, spec->usage,
                                         spec->least_words, spec->most_words)) {
        return;
    }
    aty_directive directive = {.name = spec->name,
                               .words = line->words,
                               .word_count = line->word_count,
                               .place = line->name.place};
    if (!spec->parse || spec->parse(&parser->values, spec, &directive, line->words)) {
        put[spec->kind](parser, spec, &directive, line->words);
    }
}

static void parse_lines(aty_parser *parser, const aty_source *source)
{
    aty_lexer lexer;
    aty_line line;
    apr_pool_t *buffers;
    apr_pool_create(&buffers, parser->scratch);
    aty_lex_begin(&lexer, parser->pool, buffers, parser->diag, source, parser->defines);
    while (aty_lex_line(&lexer, &line)) {
        if (line.kind == ATY_LINE_OPEN) {
            aty_section_open(parser, &line);
        }
        else if (line.kind == ATY_LINE_CLOSE) {
            aty_section_close(parser, &line);
        }
        else if (parser->ignored == 0) {
            parse_directive(parser, &line);
        }
    }
    apr_pool_destroy(buffers);
}

/* A file that is no text at all gets one error, not one for each of its lines. */
static bool is_text(aty_parser *parser, const aty_source *source)
{
    aty_place place;
    int byte = aty_source_find_binary(source, &place);
    if (byte < 0) {
        return true;
    }
    aty_diag_error(parser->diag, &place, "this is not text: a byte 0x%02x stands here",
                   (unsigned)byte);
    const char *text = source->file->text;
    if (strncmp(text, "\xff\xfe", 2) == 0 || strncmp(text, "\xfe\xff", 2) == 0) {
        aty_diag_note(parser->diag, NULL, "it looks like UTF-16; save the file as UTF-8");
    }
    return false;
}

void aty_parse_source(aty_parser *parser, const aty_source *source)
{
    if (!is_text(parser, source)) {
        return;
    }
    const aty_source *outer = parser->source;
    int outer_frames = parser->file_frames;
    unsigned outer_implied = parser->implied;
    parser->source = source;
    parser->file_frames = parser->frames->nelts;
    parser->implied = 0;
    parse_lines(parser, source);
    aty_sections_end(parser);
    parser->source = outer;
    parser->file_frames = outer_frames;
    parser->implied = outer_implied;
}

static aty_parser *parser_create(apr_pool_t *pool, aty_diag *diag)
{
    aty_parser *parser = apr_pcalloc(pool, sizeof(*parser));
    apr_pool_create(&parser->scratch, pool);
    parser->pool = pool;
    parser->diag = diag;
    parser->defines = apr_hash_make(pool);
    parser->bundles = apr_hash_make(pool);
    parser->files = apr_hash_make(pool);
    apr_pool_create(&parser->names_pool, parser->scratch);
    parser->pairs = apr_hash_make(pool);
    parser->drafts = apr_array_make(parser->scratch, 64, sizeof(aty_draft *));
    parser->frames = apr_array_make(pool, 8, sizeof(aty_frame));
    APR_ARRAY_PUSH(parser->frames, aty_frame) =
        (aty_frame){.context = ATY_IN_TOP, .scope = &parser->base};
    parser->budget = BUDGET;
    aty_policy *policy = apr_pcalloc(pool, sizeof(*policy));
    policy->pool = pool;
    policy->sni_policy = ATY_SNI_SECURE;
    policy->pairs = apr_array_make(pool, 4, sizeof(aty_accept_pair));
    parser->policy = policy;
    return parser;
}

aty_policy *aty_policy_read(apr_pool_t *pool, const char *path, aty_diag *diag)
{
    aty_parser *parser = parser_create(pool, diag);
    const aty_source *source = aty_source_of_policy(parser, path);
    if (!source) {
        return NULL;
    }
    parser->values = (aty_values){pool, diag, parser->policy->directory,
                                  apr_hash_make(parser->scratch)};
    aty_parse_source(parser, source);
    aty_merge_vhosts(parser);
    apr_pool_destroy(parser->scratch);
    return parser->policy;
}
