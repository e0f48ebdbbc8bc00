/* section_kinds.c: what opens and closes with <VirtualHost>, <TLS> and <Location>. */
#include <string.h>

#include <apr_strings.h>

#include "authorityc/parse.h"

#define ADDRESSES_MAX 256 /* of one <VirtualHost> */

bool aty_section_take_name(aty_parser *parser, const aty_word *name)
{
    const aty_word *taken = apr_hash_get(parser->names, name->text, APR_HASH_KEY_STRING);
    if (!taken) {
        apr_hash_set(parser->names, name->text, APR_HASH_KEY_STRING,
                     apr_pmemdup(parser->names_pool, name, sizeof(*name)));
        return true;
    }
    if (aty_diag_check(parser->diag, ATY_CHECK_DUPLICATE_NAME, &name->place,
                       "this <VirtualHost> has the name '%s' already",
                       aty_shown(parser->pool, name->text))) {
        aty_diag_note(parser->diag, &taken->place, "first given here");
    }
    return false;
}

static const aty_vhost_address *find_address(const apr_array_header_t *addresses,
                                             const aty_vhost_address *address)
{
    for (int i = 0; i < addresses->nelts; i++) {
        const aty_vhost_address *known = &APR_ARRAY_IDX(addresses, i, aty_vhost_address);
        if (known->port == address->port && strcmp(known->host, address->host) == 0) {
            return known;
        }
    }
    return NULL;
}

static void read_address(aty_parser *parser, aty_draft *draft, const aty_word *word)
{
    aty_vhost_address address;
    if (!aty_value_address(&parser->values, word, &address)) {
        return;
    }
    const aty_vhost_address *known = find_address(draft->addresses, &address);
    if (known) {
        aty_diag_error(parser->diag, &word->place,
                       "'%s' is an address of this <VirtualHost> already",
                       aty_shown(parser->pool, word->text));
        aty_diag_note(parser->diag, &known->place, "first given here");
        return;
    }
    APR_ARRAY_PUSH(draft->addresses, aty_vhost_address) = address;
}

static void open_vhost(aty_parser *parser, aty_frame *frame, const aty_line *line,
                       bool usable)
{
    aty_draft *draft = apr_pcalloc(parser->scratch, sizeof(*draft));
    draft->place = line->name.place;
    draft->addresses = apr_array_make(parser->pool, usable ? line->word_count : 1,
                                      sizeof(aty_vhost_address));
    for (int i = 0; usable && i < line->word_count; i++) {
        read_address(parser, draft, &line->words[i]);
    }
    frame->draft = draft;
    APR_ARRAY_PUSH(parser->drafts, aty_draft *) = draft;
    /* Cleared, not emptied: a table that once held a million names stays that wide. */
    apr_pool_clear(parser->names_pool);
    parser->names = apr_hash_make(parser->names_pool);
}

static void close_vhost(aty_parser *parser, const aty_frame *frame)
{
    const aty_draft *draft = frame->draft;
    if (!draft->server_name && !draft->name_tried) {
        aty_diag_error(parser->diag, &draft->place,
                       "this <VirtualHost> has no ServerName");
        aty_diag_note(
            parser->diag, NULL,
            "httpd would take the machine's own name; write 'ServerName' and the "
            "name that requests ask for");
    }
}

static void open_bundle(aty_parser *parser, aty_frame *frame, const aty_line *line,
                        bool usable)
{
    aty_bundle *bundle = apr_pcalloc(parser->pool, sizeof(*bundle));
    frame->scope = &bundle->scope;
    if (!usable) {
        return;
    }
    aty_value_check_identifier(&parser->values, "<TLS>", &line->words[0]);
    bundle->name = line->words[0].text;
    bundle->place = line->words[0].place;
    const aty_bundle *known =
        apr_hash_get(parser->bundles, bundle->name, APR_HASH_KEY_STRING);
    if (known) {
        aty_diag_error(parser->diag, &bundle->place, "there is a bundle '%s' already",
                       aty_shown(parser->pool, bundle->name));
        aty_diag_note(parser->diag, &known->place, "first named here");
        return;
    }
    apr_hash_set(parser->bundles, bundle->name, APR_HASH_KEY_STRING, bundle);
}

static bool check_path(aty_parser *parser, const aty_word *path)
{
    if (*path->text == '/') {
        return true;
    }
    aty_diag_error(parser->diag, &path->place,
                   "<Location> takes a path from '/', not '%s'",
                   aty_shown(parser->pool, path->text));
    return false;
}

static void open_location(aty_parser *parser, aty_frame *frame, const aty_line *line,
                          bool usable)
{
    frame->location = apr_pcalloc(parser->scratch, sizeof(*frame->location));
    if (line->word_count == 2 && strcmp(line->words[0].text, "~") == 0) {
        aty_diag_note(
            parser->diag, NULL,
            "a policy has no regular expressions: name each path, or '/' for all");
    }
    if (usable && check_path(parser, &line->words[0])) {
        frame->location->path =
            apr_pmemdup(parser->pool, &line->words[0], sizeof(aty_word));
    }
}

/* Keeps the location, unless the vhost has one of the same path. */
static void keep_location(aty_parser *parser, aty_draft *draft,
                          const aty_location *location)
{
    if (!draft->locations) {
        draft->locations = apr_array_make(parser->pool, 2, sizeof(aty_location));
        draft->paths = apr_hash_make(parser->scratch);
    }
    const aty_word *path = location->path;
    const aty_word *known = apr_hash_get(draft->paths, path->text, APR_HASH_KEY_STRING);
    if (known) {
        aty_diag_error(parser->diag, &path->place,
                       "this <VirtualHost> has a <Location %s> already",
                       aty_shown(parser->pool, path->text));
        aty_diag_note(parser->diag, &known->place, "first given here");
        return;
    }
    apr_hash_set(draft->paths, path->text, APR_HASH_KEY_STRING, path);
    APR_ARRAY_PUSH(draft->locations, aty_location) = *location;
}

static void close_location(aty_parser *parser, const aty_frame *frame)
{
    aty_draft *draft = (frame - 1)->draft; /* of the section around it */
    if (draft && frame->location->path) {
        keep_location(parser, draft, frame->location);
    }
}

static const aty_section_spec kinds[] = {
    {"VirtualHost", "addr[:port] ...", ATY_IN_TOP, ATY_IN_VHOST, ADDRESSES_MAX,
     open_vhost, close_vhost},
    {"TLS", "name", ATY_IN_TOP, ATY_IN_TLS, 1, open_bundle, NULL},
    {"Location", "path", ATY_IN_VHOST, ATY_IN_LOCATION, 1, open_location, close_location},
};

const aty_section_spec *aty_section_at(int index)
{
    return index < (int)(sizeof(kinds) / sizeof(kinds[0])) ? &kinds[index] : NULL;
}
