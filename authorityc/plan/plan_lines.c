/* A remedy in full, as lines to copy into httpd's configuration. */
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "authorityc/plan/plan.h"
#include "authorityc/plan/plan_address_moves.h"
#include "authorityc/plan/plan_address_stock.h"
#include "authorityc/plan/plan_change.h"
#include "authorityc/plan/plan_cost.h"
#include "authorityc/table_words.h"

static void vhost_comment(const aty_table *table, uint32_t vhost, FILE *stream)
{
    const aty_vhost_record *record = &table->vhosts[vhost];

    fprintf(stream, "# %s (", aty_vhost_server_name(table, vhost));
    aty_words_place_print(table, record->file, record->line, stream);
    fputs(")\n", stream);
}

/* Each line of a text behind a margin. */
static void lines_print(const char *margin, const char *lines, FILE *stream)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        fprintf(stream, "%s%.*s\n", margin, (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void change_print(const aty_plan *plan, const aty_plan_change *change,
                         FILE *stream)
{
    vhost_comment(&plan->compiled.table, change->vhost, stream);
    lines_print("    # was ", change->before, stream);
    lines_print("    ", change->after, stream);
}

static void changes_print(const aty_plan *plan, const aty_remedy *remedy, FILE *stream)
{
    for (int i = 0; i < remedy->changes->nelts; i++) {
        fputs(i > 0 ? "\n" : "", stream);
        change_print(plan, &APR_ARRAY_IDX(remedy->changes, i, const aty_plan_change),
                     stream);
    }
}

/* The names of a vhost, and where DNS has to lead them. */
static void names_comment(const aty_table *table, uint32_t vhost, const char *hosts,
                          FILE *stream)
{
    uint32_t first = aty_get(table->vhosts[vhost].first_name);
    uint32_t count = aty_get(table->vhosts[vhost].name_count);

    for (uint32_t i = first; i < first + count; i++) {
        fprintf(stream, "    # DNS: %s -> %s\n",
                aty_table_string(table, table->names[i].name), hosts);
    }
}

/* The port at which clients find a vhost. */
static uint32_t port_seen(const aty_vhost *vhost)
{
    return vhost->scope.public_port ? vhost->scope.public_port->number
                                    : vhost->server_port;
}

/* Listen knows no "any port": each that clients see has one. */
static void any_port_print(const aty_plan *plan, const aty_plan_address *address,
                           FILE *stream)
{
    const char *host = address->at->host;

    fputs("# <VirtualHost> takes any port; this is what clients see, by PublicPort or "
          "ServerName\n",
          stream);
    for (int v = 0; v < address->vhosts->nelts; v++) {
        uint32_t port = port_seen(
            aty_plan_vhost_of(plan->policy, APR_ARRAY_IDX(address->vhosts, v, uint32_t)));
        int earlier = 0;
        while (earlier < v && port_seen(aty_plan_vhost_of(
                                  plan->policy, APR_ARRAY_IDX(address->vhosts, earlier,
                                                              uint32_t))) != port) {
            earlier++;
        }
        if (earlier == v) {
            fprintf(stream, strchr(host, ':') ? "Listen [%s]:%u\n" : "Listen %s:%u\n",
                    host, port);
        }
    }
}

/* Whether clients see another port than the address has: something stands between, and
 * DNS leads there. */
static bool is_mapped(const aty_plan *plan, const aty_plan_address *address)
{
    uint32_t port = address->at->port;

    for (int v = 0; port != 0 && v < address->vhosts->nelts; v++) {
        const aty_vhost *vhost =
            aty_plan_vhost_of(plan->policy, APR_ARRAY_IDX(address->vhosts, v, uint32_t));
        if (vhost->scope.public_port && vhost->scope.public_port->number != port) {
            return true;
        }
    }
    return false;
}

static void listen_print(const aty_plan *plan, const aty_plan_address *address,
                         FILE *stream)
{
    const aty_table *table = &plan->compiled.table;
    uint32_t first = APR_ARRAY_IDX(address->vhosts, 0, uint32_t);
    const aty_vhost_record *record = &table->vhosts[first];
    const char *lost = aty_plan_lost_family(address);

    fprintf(stream, "\n# its default, for unknown names and without SNI: %s (",
            aty_vhost_server_name(table, first));
    aty_words_place_print(table, record->file, record->line, stream);
    fputs(")\n", stream);
    if (lost) {
        fprintf(stream, "# its vhosts lose %s unless they get an %s address, too\n", lost,
                lost);
    }
    if (aty_address_is_example(address->at->host)) {
        fputs("# an address of the documentation: put in one of yours, or name it with "
              "--addresses=\n",
              stream);
    }
    if (address->at->port == 0) {
        any_port_print(plan, address, stream);
    }
    else {
        fprintf(stream, "Listen %s\n", address->address);
    }
}

/* Listen for each address; `hosts` gets, by vhost, those that DNS has to name. */
static void listens_print(apr_pool_t *pool, const aty_plan *plan,
                          const aty_remedy *remedy, const char **hosts, FILE *stream)
{
    fputs("# leave out a Listen whose port another Listen has for all addresses; let\n"
          "# <VirtualHost> name the old address, too, until DNS caches have run out\n",
          stream);
    for (int i = 0; i < remedy->addresses->nelts; i++) {
        const aty_plan_address *address =
            &APR_ARRAY_IDX(remedy->addresses, i, const aty_plan_address);
        const char *host = is_mapped(plan, address)
                               ? apr_psprintf(pool, "(a public address that leads to %s)",
                                              address->address)
                               : address->at->host;
        listen_print(plan, address, stream);
        for (int v = 0; v < address->vhosts->nelts; v++) {
            const char **known = &hosts[APR_ARRAY_IDX(address->vhosts, v, uint32_t)];
            *known = *known ? apr_pstrcat(pool, *known, " ", host, (char *)NULL) : host;
        }
    }
}

/* Names of a vhost that others answer for at an old address: from `next` on in the list,
 * as vhosts are asked for in their order. Returns where those of later vhosts begin. */
static int left_comment(const aty_table *table, const apr_array_header_t *left, int next,
                        uint32_t vhost, FILE *stream)
{
    for (; next < left->nelts; next++) {
        const aty_plan_left_name *name =
            &APR_ARRAY_IDX(left, next, const aty_plan_left_name);
        const aty_vhost_record *to = &table->vhosts[name->to];
        if (name->vhost != vhost) {
            break;
        }
        fprintf(stream, "    # still asked for at %s, %s is answered by %s (", name->old,
                name->name, aty_vhost_server_name(table, name->to));
        aty_words_place_print(table, to->file, to->line, stream);
        fputs(")\n", stream);
    }
    return next;
}

static void addresses_print(const aty_plan *plan, const aty_remedy *remedy, FILE *stream)
{
    const aty_table *table = &plan->compiled.table;
    const apr_array_header_t *left;
    apr_pool_t *pool;
    const char **hosts;
    int next = 0;

    apr_pool_create(&pool, plan->policy->pool);
    hosts = apr_pcalloc(pool, (table->counts[ATY_SECTION_VHOSTS] + 1) * sizeof *hosts);
    left = aty_plan_left_names(pool, table, remedy);
    listens_print(pool, plan, remedy, hosts, stream);
    for (int i = 0; i < remedy->changes->nelts; i++) {
        const aty_plan_change *change =
            &APR_ARRAY_IDX(remedy->changes, i, const aty_plan_change);
        fputc('\n', stream);
        change_print(plan, change, stream);
        if (hosts[change->vhost]) {
            names_comment(table, change->vhost, hosts[change->vhost], stream);
            next = left_comment(table, left, next, change->vhost, stream);
        }
    }
    apr_pool_destroy(pool);
}

static const char *names_text(apr_pool_t *pool, const apr_array_header_t *names)
{
    return apr_array_pstrcat(pool, names, ' ');
}

/* What changes, by vhost. */
static const aty_plan_change **changes_by_vhost(apr_pool_t *pool, const aty_plan *plan,
                                                const aty_remedy *remedy)
{
    uint32_t vhosts = plan->compiled.table.counts[ATY_SECTION_VHOSTS];
    const aty_plan_change **changes = apr_pcalloc(pool, (vhosts + 1) * sizeof *changes);

    for (int i = 0; i < remedy->changes->nelts; i++) {
        const aty_plan_change *change =
            &APR_ARRAY_IDX(remedy->changes, i, const aty_plan_change);
        changes[change->vhost] = change;
    }
    return changes;
}

static const aty_plan_certificate *certificate_at(const aty_remedy *remedy, int index)
{
    return &APR_ARRAY_IDX(remedy->certificates, index, const aty_plan_certificate);
}

/* Where the certificates of the next vhosts begin: those of the same have one for each
 * kind of key. */
static int next_vhosts(const aty_remedy *remedy, int index)
{
    int next = index + 1;

    while (next < remedy->certificates->nelts &&
           certificate_at(remedy, next)->vhosts ==
               certificate_at(remedy, index)->vhosts) {
        next++;
    }
    return next;
}

/* Lines of the vhosts, certificate by certificate. */
static void policy_form(const aty_plan *plan, const aty_remedy *remedy, FILE *stream)
{
    apr_pool_t *pool = plan->policy->pool;
    const aty_plan_change **changes = changes_by_vhost(pool, plan, remedy);

    for (int i = 0, next; i < remedy->certificates->nelts; i = next) {
        const apr_array_header_t *vhosts = certificate_at(remedy, i)->vhosts;
        next = next_vhosts(remedy, i);
        fputs(i > 0 ? "\n" : "", stream);
        for (int c = i; c < next; c++) {
            const aty_plan_certificate *certificate = certificate_at(remedy, c);
            fprintf(stream, "# %s (%s): %s\n", certificate->path,
                    aty_plan_key_name(certificate->key),
                    names_text(pool, certificate->names));
        }
        for (int v = 0; v < vhosts->nelts; v++) {
            const aty_plan_change *change = changes[APR_ARRAY_IDX(vhosts, v, uint32_t)];
            if (change) {
                change_print(plan, change, stream);
            }
        }
    }
}

/* As MDPrivateKeys has it: mod_md makes RSA keys of 2048 bits and more. */
static const char *key_spec(apr_pool_t *pool, const aty_plan_certificate *certificate)
{
    uint32_t bits = certificate->key_bits;

    if (certificate->key == ATY_KEY_RSA) {
        return apr_psprintf(pool, " rsa%u", bits > 2048 ? bits : 2048);
    }
    return bits > 384 ? " secp521r1" : bits > 256 ? " secp384r1" : " secp256r1";
}

/* mod_md gives its certificates to vhosts by their names: those lines go. */
static void mdomain_form(const aty_plan *plan, const aty_remedy *remedy, FILE *stream)
{
    apr_pool_t *pool = plan->policy->pool;

    fputs(
        "# mod_md provides the certificates of these names: take SSLCertificateFile and\n"
        "# SSLCertificateKeyFile out of the vhosts, or those go on to be served as "
        "well\n",
        stream);
    for (int i = 0, next; i < remedy->certificates->nelts; i = next) {
        const aty_plan_certificate *certificate = certificate_at(remedy, i);
        next = next_vhosts(remedy, i);
        fputs("\n# out of:\n", stream);
        for (int v = 0; v < certificate->vhosts->nelts; v++) {
            vhost_comment(&plan->compiled.table,
                          APR_ARRAY_IDX(certificate->vhosts, v, uint32_t), stream);
        }
        fprintf(stream, "<MDomain %s>\n    MDMembers manual\n    MDPrivateKeys",
                names_text(pool, certificate->names));
        for (int c = i; c < next; c++) {
            fputs(key_spec(pool, certificate_at(remedy, c)), stream);
        }
        fprintf(stream, "\n%s</MDomain>\n",
                certificate->wildcard
                    ? "    # MDChallengeDns01 has to name a command that changes "
                      "DNS\n    MDCAChallenges dns-01\n"
                    : "");
    }
}

static void certbot_form(const aty_plan *plan, const aty_remedy *remedy, FILE *stream)
{
    fputs("# then SSLCertificateFile is /etc/letsencrypt/live/CERT-NAME/fullchain.pem, "
          "and\n"
          "# SSLCertificateKeyFile privkey.pem there\n",
          stream);
    for (int i = 0; i < remedy->certificates->nelts; i++) {
        const aty_plan_certificate *certificate = certificate_at(remedy, i);
        const char *base = apr_filepath_name_get(certificate->path);
        fprintf(stream, "certbot certonly --cert-name %.*s --key-type %s%s",
                (int)(strlen(base) - strlen(".pem")), base,
                aty_plan_key_name(certificate->key),
                certificate->wildcard ? " --preferred-challenges dns" : "");
        for (int n = 0; n < certificate->names->nelts; n++) {
            fprintf(stream, " -d '%s'",
                    APR_ARRAY_IDX(certificate->names, n, const char *));
        }
        fputc('\n', stream);
    }
    (void)plan;
}

static void json_form(const aty_plan *plan, const aty_remedy *remedy, FILE *stream)
{
    json_t *list = aty_plan_certificates_json(plan, remedy);

    json_dumpf(list, stream, JSON_INDENT(2));
    fputc('\n', stream);
    json_decref(list);
}

static const struct {
    const char *name;
    void (*print)(const aty_plan *, const aty_remedy *, FILE *);
} forms[ATY_FORM_COUNT] = {
    [ATY_FORM_POLICY] = {"policy", policy_form},
    [ATY_FORM_MDOMAIN] = {"mdomain", mdomain_form},
    [ATY_FORM_CERTBOT] = {"certbot", certbot_form},
    [ATY_FORM_JSON] = {"json", json_form},
};

aty_certificate_form aty_certificate_form_named(const char *name)
{
    int form = 0;

    while (form < ATY_FORM_COUNT && strcmp(forms[form].name, name) != 0) {
        form++;
    }
    return (aty_certificate_form)form;
}

void aty_plan_certificates_text(const aty_plan *plan, const aty_remedy *remedy,
                                aty_certificate_form form, FILE *stream)
{
    forms[form].print(plan, remedy, stream);
}

void aty_plan_remedy_text(const aty_plan *plan, const aty_remedy *remedy, FILE *stream)
{
    if (remedy->fault) {
        fprintf(stream, "# %s cannot be: %s\n", aty_remedy_name(remedy->kind),
                remedy->fault);
    }
    else if (apr_is_empty_array(remedy->changes)) {
        fprintf(stream, "# %s: %s\n", aty_remedy_name(remedy->kind),
                apr_is_empty_array(remedy->obstacles)
                    ? "nothing to do"
                    : "do not help; 'plan' without options says why");
    }
    else if (remedy->kind == ATY_REMEDY_ADDRESSES) {
        addresses_print(plan, remedy, stream);
    }
    else {
        changes_print(plan, remedy, stream);
    }
}
