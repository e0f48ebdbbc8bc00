/* values.c: values of the plainer kinds: words to choose from, numbers, names, paths. */
#include "authorityc/values.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "authorityc/directives.h"
#include "authorityc/nearest.h"

const char *aty_value_hint(apr_pool_t *pool, const char *word, const aty_choice *choices)
{
    aty_nearest nearest = aty_nearest_to(word);
    for (; choices->word; choices++) {
        aty_nearest_try(&nearest, choices->word);
    }
    return nearest.best ? apr_psprintf(pool, "; did you mean '%s'?", nearest.best) : "";
}

static const aty_choice *choose(const char *word, const aty_choice *choices)
{
    for (; choices->word; choices++) {
        if (strcasecmp(word, choices->word) == 0) {
            return choices;
        }
    }
    return NULL;
}

/* The words of a table, as "none, leaf or chain". */
static const char *offer(apr_pool_t *pool, const aty_choice *choices)
{
    const char *text = NULL, *last = NULL;
    for (; choices->word; choices++) {
        if (choices->silent) {
            continue;
        }
        if (last) {
            text = text ? apr_pstrcat(pool, text, ", ", last, NULL) : last;
        }
        last = choices->word;
    }
    return text ? apr_pstrcat(pool, text, " or ", last, NULL) : last;
}

static bool choice_error(const aty_values *values, const aty_directive_spec *spec,
                         const aty_word *word, const aty_choice *choices)
{
    aty_diag_error(values->diag, &word->place, "'%s' takes %s, not '%s'%s", spec->name,
                   offer(values->pool, choices), aty_shown(values->pool, word->text),
                   aty_value_hint(values->pool, word->text, choices));
    return false;
}

bool aty_value_choice(const aty_values *values, const aty_directive_spec *spec,
                      aty_directive *directive, aty_word *words)
{
    const aty_choice *choice = choose(words[0].text, spec->choices);
    if (!choice) {
        return choice_error(values, spec, &words[0], spec->choices);
    }
    directive->number = choice->number;
    if (directive->word_count > 1) {
        const aty_choice *flag = choose(words[1].text, spec->flags);
        if (!flag) {
            return choice_error(values, spec, &words[1], spec->flags);
        }
        directive->number |= flag->number;
    }
    return true;
}

bool aty_value_number(const aty_values *values, const aty_directive_spec *spec,
                      aty_directive *directive, aty_word *words)
{
    const char *text = words[0].text;
    size_t digits = strspn(text, "0123456789");
    uint64_t number = 0;
    bool fits = digits > 0 && text[digits] == '\0' && digits < 10;
    for (size_t i = 0; fits && i < digits; i++) {
        number = number * 10 + (uint64_t)(text[i] - '0');
    }
    if (!fits || number < spec->least || number > spec->most) {
        aty_diag_error(values->diag, &words[0].place,
                       "'%s' takes a number from %u to %u, not '%s'", spec->name,
                       spec->least, spec->most, aty_shown(values->pool, text));
        return false;
    }
    directive->number = (uint32_t)number;
    return true;
}

bool aty_value_wrong(const aty_values *values, const aty_word *word, const char *problem)
{
    aty_diag_error(values->diag, &word->place, "'%s' %s",
                   aty_shown(values->pool, word->text), problem);
    return false;
}

bool aty_value_is_ascii(const char *text)
{
    while (*text && !((unsigned char)*text & 0x80)) {
        text++;
    }
    return *text == '\0';
}

bool aty_value_check_identifier(const aty_values *values, const char *what,
                                const aty_word *word)
{
    for (const char *at = word->text; *at; at++) {
        if (!isalnum((unsigned char)*at) && !strchr("-_.", *at)) {
            aty_diag_error(values->diag, &word->place,
                           "'%s' is no name for %s: letters, digits, '-', '_' and '.' "
                           "may stand in it",
                           aty_shown(values->pool, word->text), what);
            return false;
        }
    }
    return true;
}

bool aty_value_identifier(const aty_values *values, const aty_directive_spec *spec,
                          aty_directive *directive, aty_word *words)
{
    (void)directive;
    const char *what = apr_psprintf(values->pool, "'%s'", spec->name);
    return aty_value_check_identifier(values, what, &words[0]);
}

/* The path, absolute and normal, or NULL where it is none. A policy of many vhosts names
 * few files, again and again. */
static const char *absolute_path(const aty_values *values, const char *written)
{
    const char *known = apr_hash_get(values->paths, written, APR_HASH_KEY_STRING);
    if (known) {
        return known;
    }
    char *path;
    apr_status_t status = apr_filepath_merge(&path, values->directory, written,
                                             APR_FILEPATH_NATIVE, values->pool);
    if (status != APR_SUCCESS) {
        return NULL;
    }
    apr_hash_set(values->paths, written, APR_HASH_KEY_STRING, path);
    return path;
}

bool aty_value_path(const aty_values *values, const aty_directive_spec *spec,
                    aty_directive *directive, aty_word *words)
{
    directive->path = absolute_path(values, words[0].text);
    if (!directive->path) {
        aty_diag_error(values->diag, &words[0].place, "'%s' takes a path, not '%s'",
                       spec->name, aty_shown(values->pool, words[0].text));
        return false;
    }
    return true;
}

/* One word of Protocols; httpd compares them with case. */
static bool read_protocol(const aty_values *values, const aty_directive_spec *spec,
                          const aty_word *word, uint32_t *mask)
{
    const aty_choice *choice = choose(word->text, spec->choices);
    if (choice && strcmp(choice->word, word->text) == 0) {
        *mask |= choice->number;
        return true;
    }
    aty_diag_error(values->diag, &word->place, "unknown protocol '%s'%s",
                   aty_shown(values->pool, word->text),
                   aty_value_hint(values->pool, word->text, spec->choices));
    return false;
}

bool aty_value_protocols(const aty_values *values, const aty_directive_spec *spec,
                         aty_directive *directive, aty_word *words)
{
    bool fine = true;
    for (int i = 0; i < directive->word_count; i++) {
        fine &= read_protocol(values, spec, &words[i], &directive->number);
    }
    if (fine && !(directive->number & (ATY_HTTP_H2 | ATY_HTTP_1_1))) {
        aty_diag_error(values->diag, &words[0].place,
                       "neither 'h2' nor 'http/1.1' is among the protocols");
        return false;
    }
    return fine;
}
