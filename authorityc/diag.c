/* diag.c: collecting messages.
 *
 * A broken file of a million lines must not fill the memory with messages of which fifty
 * are shown: past KEPT_MAX of a kind they are counted, not kept.
 */
#include <string.h>

#include <apr_strings.h>

#include "authorityc/messages.h"
#include "authorityc/source.h"

#define KEPT_MAX  10000
#define SHOWN_MAX 80 /* bytes of a user's word */

aty_diag *aty_diag_create(apr_pool_t *pool)
{
    aty_diag *diag = apr_pcalloc(pool, sizeof(*diag));
    diag->pool = pool;
    diag->seen = apr_hash_make(pool);
    diag->kept[ATY_MESSAGE_ERROR] = apr_array_make(pool, 8, sizeof(aty_message *));
    diag->kept[ATY_MESSAGE_WARNING] = apr_array_make(pool, 8, sizeof(aty_message *));
    for (int check = 0; check < ATY_CHECK_COUNT; check++) {
        diag->severities[check] = aty_check_default((aty_check)check);
    }
    return diag;
}

void aty_diag_set_severity(aty_diag *diag, aty_check check, aty_severity severity)
{
    diag->severities[check] = severity;
}

/* Whether this very text stood at this very place of the file before. */
static bool seen_before(aty_diag *diag, const aty_message *message)
{
    if (!message->place.source) {
        return false;
    }
    char *key = apr_psprintf(diag->pool, "%pp:%u:%u:%s",
                             (const void *)message->place.source->file,
                             message->place.line, message->place.column, message->text);
    if (apr_hash_get(diag->seen, key, APR_HASH_KEY_STRING)) {
        return true;
    }
    apr_hash_set(diag->seen, key, APR_HASH_KEY_STRING, message);
    return false;
}

static aty_message *message_create(aty_diag *diag, aty_message_kind kind,
                                   const aty_place *place, const char *format,
                                   va_list arguments)
{
    aty_message *message = apr_pcalloc(diag->pool, sizeof(*message));
    message->kind = kind;
    if (place) {
        message->place = *place;
    }
    message->text = apr_pvsprintf(diag->pool, format, arguments);
    return message;
}

static void collect(aty_diag *diag, aty_message_kind kind, const char *check,
                    const aty_place *place, const char *format, va_list arguments)
{
    diag->last = NULL;
    if (diag->kept[kind]->nelts >= KEPT_MAX) {
        diag->found[kind]++;
        return;
    }
    aty_message *message = message_create(diag, kind, place, format, arguments);
    if (seen_before(diag, message)) {
        return;
    }
    message->check = check;
    message->order = diag->found[kind]++;
    APR_ARRAY_PUSH(diag->kept[kind], aty_message *) = message;
    diag->last = message;
}

void aty_diag_error(aty_diag *diag, const aty_place *place, const char *format, ...)
{
    diag->faulty = true;
    va_list arguments;
    va_start(arguments, format);
    collect(diag, ATY_MESSAGE_ERROR, NULL, place, format, arguments);
    va_end(arguments);
}

bool aty_diag_check(aty_diag *diag, aty_check check, const aty_place *place,
                    const char *format, ...)
{
    aty_severity severity = diag->severities[check];
    if (severity == ATY_SEVERITY_OFF) {
        diag->last = NULL;
        return false;
    }
    aty_message_kind kind =
        severity == ATY_SEVERITY_ERROR ? ATY_MESSAGE_ERROR : ATY_MESSAGE_WARNING;
    diag->faulty |=
        severity == ATY_SEVERITY_ERROR && aty_check_default(check) == ATY_SEVERITY_ERROR;
    va_list arguments;
    va_start(arguments, format);
    collect(diag, kind, aty_check_name(check), place, format, arguments);
    va_end(arguments);
    return diag->last != NULL;
}

void aty_diag_note(aty_diag *diag, const aty_place *place, const char *format, ...)
{
    if (!diag->last) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    aty_message **end = &diag->last->notes;
    while (*end) {
        end = &(*end)->next;
    }
    *end = message_create(diag, ATY_MESSAGE_NOTE, place, format, arguments);
    va_end(arguments);
}

const char *aty_shown(apr_pool_t *pool, const char *word)
{
    size_t length = strnlen(word, SHOWN_MAX + 1);
    if (length <= SHOWN_MAX) {
        return word;
    }
    size_t cut = SHOWN_MAX - 3;
    while (cut > 0 && ((unsigned char)word[cut] & 0xc0) == 0x80) {
        cut--; /* not within a character of UTF-8 */
    }
    return apr_psprintf(pool, "%.*s...", (int)cut, word);
}

uint32_t aty_diag_errors(const aty_diag *diag)
{
    return diag->found[ATY_MESSAGE_ERROR];
}

uint32_t aty_diag_warnings(const aty_diag *diag)
{
    return diag->found[ATY_MESSAGE_WARNING];
}

bool aty_diag_is_faulty(const aty_diag *diag)
{
    return diag->faulty;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* The place `depth` inclusions deep that leads to this one. */
static const aty_place *place_above(const aty_place *place, uint32_t depth)
{
    while (place->source->depth > depth) {
        place = &place->source->included_from;
    }
    return place;
}

int aty_place_compare(const aty_place *a, const aty_place *b)
{
    if (!a->source || !b->source) {
        return (a->source != NULL) - (b->source != NULL);
    }
    uint32_t depth =
        a->source->depth < b->source->depth ? a->source->depth : b->source->depth;
    const aty_place *above_a = place_above(a, depth), *above_b = place_above(b, depth);
    while (above_a->source != above_b->source && depth > 0) {
        depth--;
        above_a = place_above(above_a, depth);
        above_b = place_above(above_b, depth);
    }
    int order = compare_numbers(above_a->line, above_b->line);
    if (order == 0) {
        order = compare_numbers(above_a->column, above_b->column);
    }
    return order ? order : compare_numbers(a->source->order, b->source->order);
}
