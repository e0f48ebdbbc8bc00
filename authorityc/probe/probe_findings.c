/* probe_findings.c: what is found, and where it is written. */
#include "authorityc/probe/probe_judge.h"

#include <string.h>

#include <apr_strings.h>

#include "core/names.h"
#include "core/setting.h"

aty_probe_finding *aty_finding_add(aty_probe *probe, aty_probe_fault fault,
                                   const aty_probe_visit *visit)
{
    aty_probe_finding *finding = &APR_ARRAY_PUSH(probe->findings, aty_probe_finding);

    *finding = (aty_probe_finding){
        .fault = fault,
        .number = (uint32_t)probe->findings->nelts,
        .node = visit ? visit->node : NULL,
        .visit = visit,
        .name = visit ? visit->sni : NULL,
        .got = "",
        .written = apr_array_make(probe->pool, 2, sizeof(aty_probe_written)),
    };
    return finding;
}

/* Each once: a vhost stands for all fields of which it says nothing. */
static void written_add(aty_probe_finding *finding, const char *text, aty_le32 file,
                        aty_le32 line)
{
    for (int i = 0; i < finding->written->nelts; i++) {
        const aty_probe_written *before =
            &APR_ARRAY_IDX(finding->written, i, const aty_probe_written);
        if (aty_get(before->file) == aty_get(file) &&
            aty_get(before->line) == aty_get(line) && strcmp(before->text, text) == 0) {
            return;
        }
    }
    APR_ARRAY_PUSH(finding->written, aty_probe_written) =
        (aty_probe_written){text, file, line};
}

void aty_finding_vhost(const aty_probe *probe, aty_probe_finding *finding, uint32_t vhost)
{
    const aty_vhost_record *record = &probe->table->vhosts[vhost];

    written_add(finding,
                apr_pstrcat(probe->pool, "<VirtualHost> of ",
                            aty_vhost_server_name(probe->table, vhost), (char *)NULL),
                record->file, record->line);
}

/* Whether the line has a place: defaults have none. */
static bool line_add(const aty_probe *probe, aty_probe_finding *finding, uint32_t vhost,
                     const aty_setting_line *line)
{
    written_add(finding,
                apr_psprintf(probe->pool, "%.*s of %s", (int)line->length, line->text,
                             aty_vhost_server_name(probe->table, vhost)),
                line->place->file, line->place->line);
    return *aty_table_string(probe->table, line->place->file) != '\0';
}

static bool is_directive(const aty_setting_line *line, const char *directive)
{
    size_t length = strlen(directive);

    return line->length > length && line->text[length] == ' ' &&
           strncmp(line->text, directive, length) == 0;
}

void aty_finding_field(const aty_probe *probe, aty_probe_finding *finding, uint32_t vhost,
                       aty_field field, const char *directive)
{
    const aty_setting_record *setting = aty_vhost_setting(probe->table, vhost, field);
    aty_setting_line line = {0};
    bool has_place = false;

    while (aty_setting_next(probe->table, setting, &line)) {
        if (is_directive(&line, directive)) {
            has_place = line_add(probe, finding, vhost, &line) || has_place;
        }
    }
    if (!has_place) {
        aty_finding_vhost(probe, finding, vhost);
    }
}

/* One side of a difference; its vhost where no line says it. */
static void side_add(const aty_probe *probe, aty_probe_finding *finding, uint32_t vhost,
                     uint32_t other, aty_field field)
{
    const aty_setting_record *setting = aty_vhost_setting(probe->table, vhost, field);
    const aty_setting_record *against = aty_vhost_setting(probe->table, other, field);
    aty_setting_line line = {0};
    bool has_place = false;

    while (aty_setting_next_unlike(probe->table, setting, against, &line)) {
        has_place = line_add(probe, finding, vhost, &line) || has_place;
    }
    if (!has_place) {
        aty_finding_vhost(probe, finding, vhost);
    }
}

void aty_finding_fields(const aty_probe *probe, aty_probe_finding *finding, uint32_t a,
                        uint32_t b, aty_field field)
{
    side_add(probe, finding, a, b, field);
    side_add(probe, finding, b, a, field);
}

void aty_finding_location(const aty_probe *probe, aty_probe_finding *finding,
                          const aty_location_record *location)
{
    written_add(finding,
                apr_pstrcat(probe->pool, "<Location ",
                            aty_table_string(probe->table, location->path), ">",
                            (char *)NULL),
                location->file, location->line);
}

const char *aty_probe_list_text(apr_pool_t *pool, const apr_array_header_t *texts)
{
    return aty_probe_list_first(pool, texts, texts->nelts);
}

/* "and 1 more" would be longer than most names. */
const char *aty_probe_list_first(apr_pool_t *pool, const apr_array_header_t *texts,
                                 int count)
{
    const char *list = "";
    int shown = count <= ATY_PROBE_LISTED ? count : ATY_PROBE_LISTED - 1;

    for (int i = 0; i < shown; i++) {
        list = apr_pstrcat(pool, list,
                           i == 0           ? ""
                           : i + 1 == count ? " and "
                                            : ", ",
                           APR_ARRAY_IDX(texts, i, const char *), (char *)NULL);
    }
    return shown < count ? apr_psprintf(pool, "%s and %d more", list, count - shown)
                         : list;
}

bool aty_probe_covers(const apr_array_header_t *names, const char *name)
{
    for (int i = 0; names && i < names->nelts; i++) {
        if (aty_name_covers(APR_ARRAY_IDX(names, i, const char *), name, strlen(name))) {
            return true;
        }
    }
    return false;
}

const char *aty_probe_answer_text(apr_pool_t *pool, const aty_probe_answer *answer)
{
    if (answer->reset) {
        return apr_pstrcat(pool, "RST_STREAM ",
                           aty_probe_code_text(pool, answer->reset_code), (char *)NULL);
    }
    if (answer->status == 0) {
        return answer->fault ? answer->fault : "no answer";
    }
    return answer->vhost ? apr_psprintf(pool, "%d by '%s'", answer->status, answer->vhost)
                         : apr_itoa(pool, answer->status);
}
