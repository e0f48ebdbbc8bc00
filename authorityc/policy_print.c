#include "authorityc/policy_print.h"

#include <stddef.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "authorityc/source.h"

#define COLUMNS 90

/* What directives fill of a scope, in the order in which it is written. */
static const struct {
    size_t offset; /* bytes into aty_scope */
    bool is_list;
} slots[] = {
    {offsetof(aty_scope, protocols), false},
    {offsetof(aty_scope, tls.certificates), true},
    {offsetof(aty_scope, tls.keys), true},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_PROTOCOL]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CIPHERS]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CIPHERS_13]), false},
    {offsetof(aty_scope, tls.conf_cmds), true},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_VERIFY_CLIENT]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_VERIFY_DEPTH]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CA_FILE]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CA_PATH]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CA_DN_FILE]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CA_DN_PATH]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CRL_FILE]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CRL_PATH]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_CRL_CHECK]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_OCSP_ENABLE]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_OCSP_RESPONDER]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_OCSP_OVERRIDE]), false},
    {offsetof(aty_scope, tls.scalars[ATY_TLS_SRP_FILE]), false},
    {offsetof(aty_scope, zone), false},
    {offsetof(aty_scope, isolate), false},
    {offsetof(aty_scope, unknown_authority), false},
    {offsetof(aty_scope, advertise), false},
    {offsetof(aty_scope, public_port), false},
    {offsetof(aty_scope, origin), false},
    {offsetof(aty_scope, origin_budget), false},
};

#define SLOT_COUNT (sizeof slots / sizeof slots[0])

typedef struct {
    apr_pool_t *pool; /* cleared after each vhost */
    const char *directory;
    FILE *stream;
    int indent;
    /* What the last comment said, so that it is not said again. */
    const char *from;         /* of an imported line, or NULL */
    const aty_source *source; /* else the file, or NULL */
    uint32_t line;
} printer;

const char *aty_policy_print_path(const char *directory, const char *path)
{
    size_t length = strlen(directory);

    while (length > 0 && directory[length - 1] == '/') {
        length--;
    }
    return strncmp(path, directory, length) == 0 && path[length] == '/'
               ? path + length + 1
               : path;
}

/* The directives of a slot; `one` has room for one, where it is no list. */
static const aty_directive *const *slot_of(const aty_scope *scope, size_t slot,
                                           const aty_directive **one, int *count)
{
    const char *at = (const char *)scope + slots[slot].offset;
    const apr_array_header_t *list;

    if (!slots[slot].is_list) {
        memcpy(one, at, sizeof *one);
        *count = *one ? 1 : 0;
        return one;
    }
    memcpy(&list, at, sizeof list);
    *count = list ? list->nelts : 0;
    return list ? (const aty_directive *const *)(const void *)list->elts : NULL;
}

/* A word in quotes where it needs them. "${" would begin a variable; a continued line
 * between the two makes them what they are. In a comment nothing is expanded. */
static const char *word_text(apr_pool_t *pool, const char *word, bool in_comment)
{
    bool quoted = strpbrk(word, " \t\"'#<>\\") || strstr(word, "${");
    char *text = apr_palloc(pool, 3 * strlen(word) + 3);
    char *to = text;

    if (!quoted) {
        return word;
    }
    *to++ = '"';
    for (; *word; word++) {
        if (*word == '\\' || *word == '"') {
            *to++ = '\\';
        }
        *to++ = *word;
        if (word[0] == '$' && word[1] == '{' && !in_comment) {
            *to++ = '\\';
            *to++ = '\n';
        }
    }
    *to++ = '"';
    *to = '\0';
    return text;
}

/* A path that was written relative stays so, as seen from where the text will be. */
static const char *argument_of(const printer *p, const aty_directive *directive, int i)
{
    const char *word = directive->words[i].text;

    return directive->path && i == directive->word_count - 1 && *word != '/'
               ? aty_policy_print_path(p->directory, directive->path)
               : word;
}

static const char *directive_text(const printer *p, const aty_directive *directive,
                                  bool in_comment)
{
    const char *text = directive->name;

    for (int i = 0; i < directive->word_count; i++) {
        text = apr_pstrcat(p->pool, text, " ",
                           word_text(p->pool, argument_of(p, directive, i), in_comment),
                           (char *)NULL);
    }
    return text;
}

static void line_write(const printer *p, const char *before, const char *text)
{
    fprintf(p->stream, "%*s%s%s\n", p->indent, "", before, text);
}

/* One line, whatever the names of files have in them. */
static const char *harmless(apr_pool_t *pool, const char *text)
{
    char *copy = apr_pstrdup(pool, text);

    for (char *at = copy; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            *at = '?';
        }
    }
    return copy;
}

static const char *source_path(const printer *p, const aty_source *source)
{
    const char *path = source->file->path;
    char *absolute;

    if (strcmp(path, "-") == 0 ||
        apr_filepath_merge(&absolute, NULL, path, 0, p->pool) != APR_SUCCESS) {
        return path;
    }
    return aty_policy_print_path(p->directory, absolute);
}

/* Says where the next line comes from, unless the last one said so: what it names are
 * that line and those after it. */
static void from_write(printer *p, const aty_place *place)
{
    bool follows = place->source == p->source && place->line >= p->line &&
                   place->line <= p->line + 1;

    if (place->from) {
        if (!p->from || strcmp(p->from, place->from) != 0) {
            line_write(p, "# from ", place->from);
        }
        p->from = place->from;
        p->source = NULL;
        return;
    }
    if (place->source && !follows) {
        line_write(p, "# from ",
                   apr_psprintf(p->pool, "%s:%u",
                                harmless(p->pool, source_path(p, place->source)),
                                place->line));
    }
    p->from = NULL;
    p->source = place->source;
    p->line = place->line;
}

/* An empty line ends what the last comment said. */
static void gap_write(printer *p)
{
    fputc('\n', p->stream);
    p->from = NULL;
    p->source = NULL;
}

static void directive_write(printer *p, const aty_directive *directive)
{
    if (directive) {
        from_write(p, &directive->place);
        line_write(p, "", directive_text(p, directive, false));
    }
}

static bool is_alike(const printer *p, const aty_directive *a, const aty_directive *b)
{
    return a == b || strcmp(directive_text(p, a, true), directive_text(p, b, true)) == 0;
}

static bool slot_is_alike(const printer *p, const aty_scope *a, const aty_scope *b,
                          size_t slot)
{
    const aty_directive *one[2];
    int count[2];
    const aty_directive *const *list[2] = {slot_of(a, slot, &one[0], &count[0]),
                                           slot_of(b, slot, &one[1], &count[1])};

    if (count[0] != count[1]) {
        return false;
    }
    for (int i = 0; i < count[0]; i++) {
        if (!is_alike(p, list[0][i], list[1][i])) {
            return false;
        }
    }
    return true;
}

static void slot_write(printer *p, const aty_scope *scope, const aty_scope *before,
                       size_t slot)
{
    const aty_directive *one;
    int count;
    const aty_directive *const *list;

    if (before && !slot_is_alike(p, before, scope, slot)) {
        list = slot_of(scope, slot, &one, &count);
        if (count > 0) {
            from_write(p, &list[0]->place);
        }
        list = slot_of(before, slot, &one, &count);
        for (int i = 0; i < count; i++) {
            line_write(p, "# was ", directive_text(p, list[i], true));
        }
    }
    list = slot_of(scope, slot, &one, &count);
    for (int i = 0; i < count; i++) {
        directive_write(p, list[i]);
    }
}

const char *aty_policy_print_address(apr_pool_t *pool, const aty_vhost_address *address)
{
    const char *port = address->port ? apr_psprintf(pool, "%u", address->port) : "*";

    return apr_psprintf(pool, strchr(address->host, ':') ? "[%s]:%s" : "%s:%s",
                        address->host, port);
}

static const char *tag_text(apr_pool_t *pool, const aty_vhost *vhost)
{
    const char *text = "<VirtualHost";

    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_vhost_address *address =
            &APR_ARRAY_IDX(vhost->addresses, i, const aty_vhost_address);
        text = apr_pstrcat(pool, text, " ", aty_policy_print_address(pool, address),
                           (char *)NULL);
    }
    return apr_pstrcat(pool, text, ">", (char *)NULL);
}

static void tag_write(printer *p, const aty_vhost *vhost, const aty_vhost *before)
{
    const char *tag = tag_text(p->pool, vhost);
    const char *was = before ? tag_text(p->pool, before) : tag;

    from_write(p, &vhost->place);
    if (strcmp(tag, was) != 0) {
        line_write(p, "# was ", was);
    }
    line_write(p, "", tag);
}

static void server_name_write(printer *p, const aty_vhost *vhost)
{
    from_write(p, &vhost->server_name->place);
    line_write(p, "ServerName ",
               vhost->server_port == 443
                   ? vhost->server_name->text
                   : apr_psprintf(p->pool, "%s:%u", vhost->server_name->text,
                                  vhost->server_port));
}

/* Whether two aliases may stand in one line: where they come from they do. */
static bool in_one_line(const aty_word *a, const aty_word *b)
{
    return a->place.source == b->place.source && a->place.line == b->place.line;
}

static void aliases_write(printer *p, const aty_vhost *vhost)
{
    const aty_word *words = vhost->aliases ? (const void *)vhost->aliases->elts : NULL;
    int count = vhost->aliases ? vhost->aliases->nelts : 0;
    size_t column = 0;

    for (int i = 0; i < count; i++) {
        const char *word = word_text(p->pool, words[i].text, false);
        column += strlen(word) + 1;
        if (i == 0 || !in_one_line(&words[i - 1], &words[i]) || column > COLUMNS) {
            fputs(i == 0 ? "" : "\n", p->stream);
            from_write(p, &words[i].place);
            fprintf(p->stream, "%*sServerAlias", p->indent, "");
            column = (size_t)p->indent + sizeof "ServerAlias" + strlen(word);
        }
        fprintf(p->stream, " %s", word);
    }
    fputs(count > 0 ? "\n" : "", p->stream);
}

static void locations_write(printer *p, const aty_vhost *vhost)
{
    for (int i = 0; vhost->locations && i < vhost->locations->nelts; i++) {
        const aty_location *location =
            &APR_ARRAY_IDX(vhost->locations, i, const aty_location);
        from_write(p, &location->path->place);
        line_write(p, "<Location ",
                   apr_pstrcat(p->pool, word_text(p->pool, location->path->text, false),
                               ">", (char *)NULL));
        p->indent += 4;
        directive_write(p, location->verify_client);
        directive_write(p, location->verify_depth);
        directive_write(p, location->ciphers);
        directive_write(p, location->ca_file);
        p->indent -= 4;
        line_write(p, "", "</Location>");
    }
}

/* Whether a vhost says in a slot what the top level says already: UnknownAuthority
 * stays there, since checks ask who said it. */
static bool is_of_top(const aty_policy *policy, const aty_scope *scope, size_t slot)
{
    return slots[slot].offset == offsetof(aty_scope, unknown_authority) &&
           scope->unknown_authority == policy->unknown_authority;
}

static void vhost_write(printer *p, const aty_policy *policy, const aty_vhost *vhost,
                        const aty_vhost *before)
{
    gap_write(p);
    tag_write(p, vhost, before);
    p->indent = 4;
    server_name_write(p, vhost);
    aliases_write(p, vhost);
    for (size_t slot = 0; slot < SLOT_COUNT; slot++) {
        if (!is_of_top(policy, &vhost->scope, slot)) {
            slot_write(p, &vhost->scope, before ? &before->scope : NULL, slot);
        }
    }
    locations_write(p, vhost);
    p->indent = 0;
    line_write(p, "", "</VirtualHost>");
}

static void top_write(printer *p, const aty_policy *policy)
{
    if (policy->sni_policy_directive || policy->unknown_authority ||
        policy->pairs->nelts > 0) {
        gap_write(p);
    }
    directive_write(p, policy->sni_policy_directive);
    directive_write(p, policy->unknown_authority);
    for (int i = 0; i < policy->pairs->nelts; i++) {
        const aty_accept_pair *pair =
            &APR_ARRAY_IDX(policy->pairs, i, const aty_accept_pair);
        from_write(p, &pair->sni->place);
        line_write(p, "AcceptPair ",
                   apr_pstrcat(p->pool, pair->sni->text, " ", pair->authority->text,
                               (char *)NULL));
    }
}

static const aty_vhost *vhost_at(const aty_policy *policy, int index)
{
    return policy ? &APR_ARRAY_IDX(policy->vhosts, index, const aty_vhost) : NULL;
}

void aty_policy_print(apr_pool_t *pool, const aty_policy *policy,
                      const aty_policy_print_options *options, FILE *stream)
{
    printer p = {.directory = options->directory, .stream = stream};

    apr_pool_create(&p.pool, pool);
    top_write(&p, policy);
    for (int i = 0; i < policy->vhosts->nelts; i++) {
        vhost_write(&p, policy, vhost_at(policy, i), vhost_at(options->before, i));
        apr_pool_clear(p.pool);
    }
    apr_pool_destroy(p.pool);
}

/* Adds the lines of a slot. */
static void slot_lines(const printer *p, const aty_scope *scope, size_t slot,
                       apr_array_header_t *lines)
{
    const aty_directive *one;
    int count;
    const aty_directive *const *list = slot_of(scope, slot, &one, &count);

    for (int i = 0; i < count; i++) {
        APR_ARRAY_PUSH(lines, const char *) = directive_text(p, list[i], true);
    }
}

bool aty_policy_print_changes(apr_pool_t *pool, const aty_vhost *before,
                              const aty_vhost *after, const char *directory,
                              const char **lines_before, const char **lines_after)
{
    printer p = {.directory = directory};
    apr_array_header_t *lines[2];
    const aty_vhost *vhosts[] = {before, after};
    const char **texts[] = {lines_before, lines_after};

    apr_pool_create(&p.pool, pool);
    for (int side = 0; side < 2; side++) {
        lines[side] = apr_array_make(p.pool, 4, sizeof(const char *));
        if (strcmp(tag_text(p.pool, before), tag_text(p.pool, after)) != 0) {
            APR_ARRAY_PUSH(lines[side], const char *) = tag_text(p.pool, vhosts[side]);
        }
        for (size_t slot = 0; slot < SLOT_COUNT; slot++) {
            if (!slot_is_alike(&p, &before->scope, &after->scope, slot)) {
                slot_lines(&p, &vhosts[side]->scope, slot, lines[side]);
            }
        }
        *texts[side] = apr_array_pstrcat(pool, lines[side], '\n');
    }
    apr_pool_destroy(p.pool);
    return **lines_before || **lines_after;
}
