/* Where advertised names lead, with a resolver that needs no network. */
#include <netdb.h>

#include <apr_strings.h>

#include "authorityc/dns_check.h"
#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

/* What the resolver of the test knows; "" is a name without addresses. */
static const struct {
    const char *name, *first, *second;
} hosts[] = {
    {"www.example.com", "192.0.2.1", NULL},
    {"both.example.com", "198.51.100.1", "2001:db8::1"},
    {"moved.example.com", "198.51.100.1", NULL},
    {"spread.example.com", "198.51.100.1", "198.51.100.2"},
    {"empty.example.com", "", NULL},
};

static void address_put(aty_resolved *resolved, const char *address)
{
    if (address && *address) {
        apr_cpystrn(resolved->addresses[resolved->count++], address, INET6_ADDRSTRLEN);
    }
}

static void resolve(const char *name, aty_resolved *resolved)
{
    resolved->count = 0;
    resolved->error = strstr(name, "silent") ? EAI_AGAIN : EAI_NONAME;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (strcmp(hosts[i].name, name) == 0) {
            resolved->error = 0;
            address_put(resolved, hosts[i].first);
            address_put(resolved, hosts[i].second);
        }
    }
}

/* What is said of a vhost with these addresses, this name and this other line: the first
 * line of it, without its place and name. */
static const struct {
    const char *addresses, *name, *line;
    const char *said;
} cases[] = {
    {"192.0.2.1:443", "www.example.com", "", ""},
    {"192.0.2.1", "www.example.com", "", ""},
    {"192.0.2.9:443 192.0.2.1:443", "www.example.com", "", ""},
    {"[2001:db8::1]:443", "both.example.com", "", ""},
    {"[2001:DB8:0::1]:443", "both.example.com", "", ""},
    {"192.0.2.1:443", "moved.example.com", "",
     "'moved.example.com' leads to 198.51.100.1, where this vhost is not"},
    {"192.0.2.1:443", "spread.example.com", "",
     "'spread.example.com' leads to 198.51.100.1 and 198.51.100.2, where this vhost is "
     "not"},
    {"192.0.2.1:443", "no.example.com", "",
     "'no.example.com' leads nowhere: DNS has no address for it"},
    {"192.0.2.1:443", "empty.example.com", "",
     "'empty.example.com' leads nowhere: DNS has no address for it"},
    {"192.0.2.1:443", "www.example.com", "ServerAlias moved.example.com",
     "'moved.example.com' leads to 198.51.100.1, where this vhost is not"},
    /* A vhost on `*` is everywhere. */
    {"*:443", "moved.example.com", "", ""},
    {"192.0.2.1:443 *:8443", "moved.example.com", "", ""},
    {"*:443", "no.example.com", "",
     "'no.example.com' leads nowhere: DNS has no address for it"},
    /* What is in no ORIGIN frame. */
    {"192.0.2.1:443", "moved.example.com", "Advertise off", ""},
    {"192.0.2.1:443", "moved.example.com", "Protocols http/1.1", ""},
    {"192.0.2.1:443", "www.example.com", "ServerAlias *.example.com", ""},
    /* No answer is no answer about the name. */
    {"192.0.2.1:443", "silent.example.com", "",
     "DNS gave no answer for 1 of 1 names (Temporary failure in name resolution)"},
    {"192.0.2.1:443", "silent.example.com", "ServerAlias www.example.com",
     "DNS gave no answer for 1 of 2 names (Temporary failure in name resolution)"},
};

/* All messages about a policy. */
static const char *messages_of(apr_pool_t *pool, const char *text)
{
    aty_diag *diag = aty_diag_create(pool);
    const aty_policy *policy = policy_test_read(pool, text, diag);

    tap_ok(policy && aty_diag_errors(diag) == 0, "the policy is read");
    aty_dns_check(policy, diag, resolve);
    return policy_test_messages(pool, diag);
}

/* The text of the first message. */
static const char *first_of(apr_pool_t *pool, const char *messages)
{
    const char *start = strstr(messages, "warning: ");
    const char *end = start ? strstr(start, "  [not-here]\n") : NULL;

    return end ? apr_pstrndup(pool, start + 9, (apr_size_t)(end - start - 9)) : messages;
}

static void test_cases(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text =
            apr_psprintf(pool, "<VirtualHost %s>\nServerName %s\n%s\n</VirtualHost>\n",
                         cases[i].addresses, cases[i].name, cases[i].line);
        tap_is_str(first_of(pool, messages_of(pool, text)), cases[i].said, "%s on %s %s",
                   cases[i].name, cases[i].addresses, cases[i].line);
    }
}

static void test_places(apr_pool_t *pool)
{
    const char *messages = messages_of(pool, "<VirtualHost 192.0.2.1:443>\n"
                                             "    ServerName moved.example.com\n"
                                             "</VirtualHost>\n");

    tap_ok(strstr(messages, "test.policy:2:16: warning: 'moved.") != NULL,
           "the name is shown");
    tap_ok(strstr(messages, "test.policy:1:14: note: it is here;") != NULL,
           "the address is shown");
}

/* A policy of so many vhosts, with names that begin so. */
static const char *many(apr_pool_t *pool, int count, const char *name)
{
    char *text = apr_palloc(pool, (apr_size_t)count * 100 + 1), *end = text;

    for (int i = 0; i < count; i++) {
        end += apr_snprintf(end, 100,
                            "<VirtualHost *:443>\nServerName %s%d.example.com\n"
                            "</VirtualHost>\n",
                            name, i);
    }
    return text;
}

static void test_many(apr_pool_t *pool)
{
    const char *nowhere = messages_of(pool, many(pool, 1000, "no"));
    const char *silent = messages_of(pool, many(pool, 1000, "silent"));

    tap_ok(strstr(nowhere, "'no0.example.com' leads nowhere") &&
               strstr(nowhere, "\nauthorityc: 950 more warnings not shown\n"),
           "each of many names is asked for");
    tap_is_str(silent,
               "authorityc: warning: DNS gave no answer for 1000 of 1000 names "
               "(Temporary failure in name resolution)  [not-here]\n",
               "where nothing answers it gives up");
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    test_cases(pool);
    test_places(pool);
    test_many(pool);
    return tap_done();
}
