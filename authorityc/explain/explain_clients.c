/* What browsers and others do with a pair: whether they try it, and whether the ORIGIN
 * frame keeps them from it (RFC 8336 §2.4; RFC 9113 §9.1.1). */
#include "authorityc/explain/explain.h"

#include <string.h>

#define HTTPS "https://"

/* Whether an entry "https://host[:port]" is about the host. */
static bool is_about(const char *entry, size_t length, const char *host)
{
    size_t host_length = strlen(host);

    if (length < strlen(HTTPS) + host_length) {
        return false;
    }
    entry += strlen(HTTPS);
    length -= strlen(HTTPS);
    return memcmp(entry, host, host_length) == 0 &&
           (length == host_length || entry[host_length] == ':');
}

static bool frame_lists(const aty_table *table, const aty_seat_record *seat,
                        const char *host)
{
    aty_seat_origin origin = {0};

    while (aty_seat_origin_next(table, seat, &origin)) {
        if (is_about(origin.text, origin.length, host)) {
            return true;
        }
    }
    return false;
}

static const char *by_frame(const aty_table *table, const aty_question *question)
{
    const aty_seat_record *seat =
        aty_vhost_seat(table, question->pair.connection, question->pair.address_set);

    if (!seat || aty_get(seat->frame) == ATY_NONE) {
        return "this connection gets no ORIGIN frame; a browser whose DNS gives both "
               "names "
               "one address may send this request";
    }
    if (frame_lists(table, seat, question->host)) {
        return "the ORIGIN frame of this connection lists the name; a client that "
               "honours "
               "it sends this request here without asking DNS";
    }
    return "the ORIGIN frame of this connection does not list the name, so Firefox does "
           "not send this request here; Chrome and Safari ignore the frame, and may";
}

const char *aty_explain_clients(const aty_table *table, const aty_question *question)
{
    const aty_pair *pair = &question->pair;
    size_t length = pair->authority_length;

    if (pair->connection == pair->request || !pair->had_sni) {
        return NULL;
    }
    if (aty_vhost_accepts(table, pair->connection, question->host, length)) {
        return "AcceptPair expects a proxy or CDN to send this request";
    }
    if (!pair->h2) {
        return "browsers do not send other names on an HTTP/1.1 connection; a proxy may";
    }
    if (!aty_vhost_covers(table, pair->connection, question->host, length)) {
        return "no browser sends this request here: the certificate of the connection "
               "does "
               "not cover the name; nothing needs to be done for browsers";
    }
    return by_frame(table, question);
}

bool aty_explain_elsewhere(const aty_table *table, const aty_question *question)
{
    for (uint32_t set = 0; set < table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        if (set != question->pair.address_set &&
            aty_vhost_named(table, set, question->host, strlen(question->host)) !=
                ATY_NONE) {
            return true;
        }
    }
    return false;
}
