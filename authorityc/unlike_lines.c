#include "authorityc/unlike_lines.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/settings.h"

#define NOTES_MAX 6 /* of one message */

static const aty_setting_text_line *line_at(const apr_array_header_t *lines, int i)
{
    return &APR_ARRAY_IDX(lines, i, const aty_setting_text_line);
}

static bool has_line(const apr_array_header_t *lines, const char *text)
{
    for (int i = 0; i < lines->nelts; i++) {
        if (strcmp(line_at(lines, i)->text, text) == 0) {
            return true;
        }
    }
    return false;
}

static void unlike_push(apr_array_header_t *unlike, const apr_array_header_t *lines,
                        const apr_array_header_t *others)
{
    for (int i = 0; i < lines->nelts; i++) {
        if (!has_line(others, line_at(lines, i)->text)) {
            APR_ARRAY_PUSH(unlike, aty_setting_text_line) = *line_at(lines, i);
        }
    }
}

aty_unlike aty_unlike_lines(apr_pool_t *pool, const aty_model *model, uint32_t own,
                            uint32_t other, uint32_t fields)
{
    aty_model scratch = *model; /* its texts go to the pool */
    aty_unlike unlike = {
        .own = aty_model_vhost(model, own),
        .other = aty_model_vhost(model, other),
        .own_lines = apr_array_make(pool, 2, sizeof(aty_setting_text_line)),
        .other_lines = apr_array_make(pool, 2, sizeof(aty_setting_text_line)),
    };

    scratch.pool = pool;
    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        apr_array_header_t *mine = apr_array_make(pool, 4, sizeof(aty_setting_text_line));
        apr_array_header_t *its = apr_array_make(pool, 4, sizeof(aty_setting_text_line));
        if (fields & (1u << field)) {
            aty_setting_lines(&scratch, unlike.own, (aty_field)field, mine);
            aty_setting_lines(&scratch, unlike.other, (aty_field)field, its);
            unlike_push(unlike.own_lines, mine, its);
            unlike_push(unlike.other_lines, its, mine);
        }
    }
    return unlike;
}

static void names_push(apr_pool_t *pool, const apr_array_header_t *lines,
                       const char **names, int *count)
{
    for (int i = 0; i < lines->nelts; i++) {
        const char *text = line_at(lines, i)->text;
        const char *name = apr_psprintf(pool, "'%.*s'", (int)strcspn(text, " "), text);
        if (!strstr(*names, name)) {
            *names =
                apr_pstrcat(pool, *names, (*count)++ ? ", " : "", name, (char *)NULL);
        }
    }
}

const char *aty_unlike_names(apr_pool_t *pool, const aty_unlike *unlike, int *count)
{
    const char *names = "";

    *count = 0;
    names_push(pool, unlike->own_lines, &names, count);
    names_push(pool, unlike->other_lines, &names, count);
    return names;
}

static int first_placed(const apr_array_header_t *lines)
{
    int i = 0;

    while (i < lines->nelts && !line_at(lines, i)->place) {
        i++;
    }
    return i;
}

const aty_place *aty_unlike_place(const aty_unlike *unlike)
{
    int first = first_placed(unlike->own_lines);

    return first < unlike->own_lines->nelts ? line_at(unlike->own_lines, first)->place
                                            : &unlike->own->place;
}

const void *aty_unlike_key(apr_pool_t *pool, const aty_unlike *unlike, size_t *size)
{
    int own = unlike->own_lines->nelts;
    int count = own + unlike->other_lines->nelts;
    const aty_place **places = apr_pcalloc(pool, ((size_t)count + 1) * sizeof *places);

    for (int i = 0; i < count; i++) {
        places[i] = i < own ? line_at(unlike->own_lines, i)->place
                            : line_at(unlike->other_lines, i - own)->place;
    }
    *size = (size_t)count * sizeof *places;
    return places;
}

static void lines_note(aty_diag *diag, const aty_vhost *vhost,
                       const apr_array_header_t *lines, int except, int *room)
{
    const char *name = vhost->server_name->text;

    for (int i = 0; i < lines->nelts; i++) {
        const aty_setting_text_line *line = line_at(lines, i);
        if (i == except || --*room < 0) {
            continue;
        }
        if (line->place) {
            aty_diag_note(diag, line->place, "'%s' has this", name);
        }
        else {
            aty_diag_note(diag, &vhost->place, "'%s' has the default, '%s'", name,
                          line->text);
        }
    }
    if (lines->nelts == 0 && --*room >= 0) {
        aty_diag_note(diag, &vhost->place, "'%s' has none", name);
    }
}

void aty_unlike_note(aty_diag *diag, const aty_unlike *unlike)
{
    int room = NOTES_MAX;
    int first = first_placed(unlike->own_lines);

    if (unlike->own_lines->nelts + unlike->other_lines->nelts > 0) {
        lines_note(diag, unlike->other, unlike->other_lines, -1, &room);
        lines_note(diag, unlike->own, unlike->own_lines, first, &room);
    }
}
