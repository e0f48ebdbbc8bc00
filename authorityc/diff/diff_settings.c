/* What vhosts say that both sides have: compared by what it comes to. */
#include "authorityc/diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/ids.h"
#include "authorityc/table_words.h"
#include "core/setting.h"
#include "core/sni_policy.h"

/* Of both sides, what they say in one respect. */
typedef struct {
    aty_diff *diff;
    apr_pool_t *pool; /* cleared now and then */
    aty_ids *ids;     /* of settings, by their three texts */
    uint32_t vhosts[ATY_SIDES];
} asker;

static void setting_note(asker *a, const char *what, const char *old_text,
                         const char *new_text)
{
    const char *key =
        apr_pstrcat(a->pool, what, "\n\n", old_text, "\n\n", new_text, (char *)NULL);
    uint32_t index = aty_ids_take(a->ids, key, strlen(key));
    apr_array_header_t *settings = a->diff->settings;
    apr_pool_t *pool = a->diff->pool;

    if ((int)index == settings->nelts) {
        APR_ARRAY_PUSH(settings, aty_diff_setting) = (aty_diff_setting){
            what,
            {apr_pstrdup(pool, old_text), apr_pstrdup(pool, new_text)},
            apr_array_make(pool, 1, sizeof(uint32_t)),
        };
    }
    if (a->vhosts[ATY_NEW] != ATY_NONE) {
        APR_ARRAY_PUSH(APR_ARRAY_IDX(settings, (int)index, aty_diff_setting).vhosts,
                       uint32_t) = a->vhosts[ATY_NEW];
    }
}

static void texts_compare(asker *a, const char *what, const char *old_text,
                          const char *new_text)
{
    if (strcmp(old_text, new_text) != 0) {
        setting_note(a, what, old_text, new_text);
    }
}

static const aty_table *table_of(const asker *a, int side)
{
    return &a->diff->sides[side].table;
}

static const aty_setting_record *setting_of(const asker *a, int side, aty_field field)
{
    return aty_vhost_setting(table_of(a, side), a->vhosts[side], field);
}

/* The directives in a line, but for where an isolated vhost stands. */
static const char *lines_of(const asker *a, int side, aty_field field)
{
    aty_setting_line line = {0};
    const char *text = "";

    while (aty_setting_next(table_of(a, side), setting_of(a, side, field), &line)) {
        const char *aside =
            field == ATY_FIELD_ZONE && strncmp(line.text, "Isolate ", 8) == 0
                ? memchr(line.text, '(', line.length)
                : NULL;
        size_t length = aside ? (size_t)(aside - line.text) - 1 : line.length;
        text = apr_pstrcat(a->pool, text, *text ? "; " : "",
                           apr_pstrmemdup(a->pool, line.text, length), (char *)NULL);
    }
    return text;
}

/* Directives that mean something else; where they are spelt alike, what they mean. */
static void field_compare(asker *a, aty_field field)
{
    const char *lines[ATY_SIDES];
    const char *means[ATY_SIDES];
    bool own = field == ATY_FIELD_ZONE; /* it is what is written */

    for (int side = 0; side < ATY_SIDES; side++) {
        const aty_setting_record *setting = setting_of(a, side, field);
        lines[side] = lines_of(a, side, field);
        means[side] =
            own ? lines[side] : aty_table_string(table_of(a, side), setting->real);
    }
    if (strcmp(means[ATY_OLD], means[ATY_NEW]) != 0) {
        bool alike = strcmp(lines[ATY_OLD], lines[ATY_NEW]) == 0;
        setting_note(a, aty_words_field(field), alike ? means[ATY_OLD] : lines[ATY_OLD],
                     alike ? means[ATY_NEW] : lines[ATY_NEW]);
    }
}

static int text_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of each certificate; the certificates in an order of their own. */
static const char *certificates_of(const asker *a, int side)
{
    const aty_table *table = table_of(a, side);
    const aty_vhost_record *vhost = &table->vhosts[a->vhosts[side]];
    const aty_le32 *list = table->certificate_lists + aty_get(vhost->first_certificate);
    apr_array_header_t *texts = apr_array_make(a->pool, 2, sizeof(const char *));

    for (uint32_t i = 0; i < aty_get(vhost->certificate_count); i++) {
        const aty_certificate_record *certificate =
            &table->certificates[aty_get(list[i])];
        uint32_t first = aty_get(certificate->first_name);
        apr_array_header_t *names = apr_array_make(a->pool, 4, sizeof(const char *));
        for (uint32_t n = 0; n < aty_get(certificate->name_count); n++) {
            APR_ARRAY_PUSH(names, const char *) =
                aty_table_string(table, table->certificate_names[first + n]);
        }
        APR_ARRAY_PUSH(texts, const char *) = apr_pstrcat(
            a->pool, "for ", apr_array_pstrcat(a->pool, names, ' '), (char *)NULL);
    }
    qsort(texts->elts, (size_t)texts->nelts, sizeof(const char *), text_compare);
    return apr_array_pstrcat(a->pool, texts, ';');
}

static const char *locations_of(const asker *a, int side)
{
    static const char *const needs[] = {"", " needs client-auth", " needs ciphers",
                                        " needs client-auth and ciphers"};
    const aty_table *table = table_of(a, side);
    const aty_vhost_record *vhost = &table->vhosts[a->vhosts[side]];
    const aty_location_record *location =
        table->locations + aty_get(vhost->first_location);
    const char *text = "";

    for (uint32_t i = 0; i < aty_get(vhost->location_count); i++, location++) {
        uint32_t need = aty_get(location->needs) & ATY_LOCATION_ANY;
        if (need) {
            text = apr_pstrcat(a->pool, text, *text ? "; " : "",
                               aty_table_string(table, location->path), needs[need],
                               (char *)NULL);
        }
    }
    return text;
}

/* What a vhost says in single bits. */
static const struct {
    const char *what;
    uint32_t flag;
    const char *texts[2]; /* clear, set */
} flags[] = {
    {"Advertise", ATY_VHOST_ADVERTISED, {"off", "on"}},
    {"UnknownAuthority", ATY_VHOST_REJECT_UNKNOWN, {"serve", "reject"}},
};

static void flags_compare(asker *a)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const char *texts[ATY_SIDES];
        for (int side = 0; side < ATY_SIDES; side++) {
            uint32_t has = aty_get(table_of(a, side)->vhosts[a->vhosts[side]].flags);
            texts[side] = flags[i].texts[(has & flags[i].flag) != 0];
        }
        texts_compare(a, flags[i].what, texts[ATY_OLD], texts[ATY_NEW]);
    }
}

static const char *public_port_of(const asker *a, int side)
{
    uint32_t port = aty_get(table_of(a, side)->vhosts[a->vhosts[side]].public_port);

    return port ? apr_psprintf(a->pool, "%u", port) : "";
}

static void vhosts_compare(asker *a)
{
    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        if (field != ATY_FIELD_CERTIFICATE) {
            field_compare(a, (aty_field)field);
        }
    }
    texts_compare(a, "certificate", certificates_of(a, ATY_OLD),
                  certificates_of(a, ATY_NEW));
    texts_compare(a, "location", locations_of(a, ATY_OLD), locations_of(a, ATY_NEW));
    texts_compare(a, "PublicPort", public_port_of(a, ATY_OLD),
                  public_port_of(a, ATY_NEW));
    flags_compare(a);
}

/* The pairs in a text of lines; vhosts by their names. */
static const char *accepted_of(const asker *a, int side)
{
    const aty_table *table = table_of(a, side);
    apr_array_header_t *texts = apr_array_make(a->pool, 4, sizeof(const char *));

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_PAIRS]; i++) {
        const aty_pair_record *pair = &table->pairs[i];
        APR_ARRAY_PUSH(texts, const char *) =
            apr_pstrcat(a->pool, aty_vhost_server_name(table, aty_get(pair->vhost)), " ",
                        aty_table_string(table, pair->authority), (char *)NULL);
    }
    qsort(texts->elts, (size_t)texts->nelts, sizeof(const char *), text_compare);
    return apr_array_pstrcat(a->pool, texts, ';');
}

/* Who answers on a point where nobody has the name, or none is sent. */
static void default_compare(asker *a, const aty_diff_point *point)
{
    const char *texts[ATY_SIDES];
    uint32_t defaults[ATY_SIDES];

    if (point->sets[ATY_OLD] == ATY_NONE || point->sets[ATY_NEW] == ATY_NONE) {
        return;
    }
    for (int side = 0; side < ATY_SIDES; side++) {
        const aty_table *table = table_of(a, side);
        defaults[side] = aty_get(table->address_sets[point->sets[side]].default_vhost);
        texts[side] = apr_pstrcat(a->pool, aty_vhost_server_name(table, defaults[side]),
                                  " on ", aty_diff_address(a->pool, point), (char *)NULL);
    }
    if (a->diff->found[ATY_OLD][defaults[ATY_OLD]] != defaults[ATY_NEW]) {
        setting_note(a, "default vhost", texts[ATY_OLD], texts[ATY_NEW]);
    }
}

/* What is said once for a whole policy. */
static void policies_compare(asker *a)
{
    texts_compare(a, "SNIPolicy", aty_sni_policy_name(table_of(a, ATY_OLD)->sni_policy),
                  aty_sni_policy_name(table_of(a, ATY_NEW)->sni_policy));
    texts_compare(a, "AcceptPair", accepted_of(a, ATY_OLD), accepted_of(a, ATY_NEW));
    for (int i = 0; i < a->diff->points->nelts; i++) {
        default_compare(a, APR_ARRAY_IDX(a->diff->points, i, const aty_diff_point *));
    }
}

void aty_diff_settings_compare(aty_diff *diff)
{
    asker a = {.diff = diff, .ids = aty_ids_make(diff->pool)};
    uint32_t count = diff->sides[ATY_NEW].table.counts[ATY_SECTION_VHOSTS];

    diff->settings = apr_array_make(diff->pool, 4, sizeof(aty_diff_setting));
    apr_pool_create(&a.pool, diff->pool);
    a.vhosts[ATY_OLD] = a.vhosts[ATY_NEW] = ATY_NONE;
    policies_compare(&a);
    for (uint32_t vhost = 0; vhost < count; vhost++) {
        a.vhosts[ATY_NEW] = vhost;
        a.vhosts[ATY_OLD] = diff->found[ATY_NEW][vhost];
        if (a.vhosts[ATY_OLD] != ATY_NONE) {
            vhosts_compare(&a);
        }
        if (vhost % 256 == 0) {
            apr_pool_clear(a.pool);
        }
    }
    apr_pool_destroy(a.pool);
}
