#include "authorityc/probe/probe_tcp.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_strings.h>

/* The two ends of a connection as texts: NUMERIC, without the zone of an IPv6 address. */
typedef struct {
    char host[NI_MAXHOST], port[NI_MAXSERV];
} end;

const char *aty_probe_error_text(apr_pool_t *pool, int error)
{
    char *text = apr_pstrdup(pool, strerror(error));
    text[0] = (char)tolower((unsigned char)text[0]);
    return text;
}

static int no_tcp(aty_probe_handshake *handshake, const char *fault)
{
    handshake->stage = ATY_PROBE_NO_TCP;
    handshake->fault = fault;
    return -1;
}

static int given_up(apr_pool_t *pool, aty_probe_handshake *handshake,
                    aty_probe_wait_end reason, const aty_probe_deadline *deadline)
{
    no_tcp(handshake, aty_probe_wait_fault(pool, "no answer", reason, deadline));
    if (reason == ATY_WAIT_STOPPED) {
        handshake->stage = ATY_PROBE_STOPPED;
    }
    return -1;
}

static struct addrinfo *address_read(apr_pool_t *pool, const aty_probe_where *where)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *address = NULL;
    const char *port = apr_psprintf(pool, "%u", (unsigned)where->port);
    return getaddrinfo(where->address, port, &hints, &address) == 0 ? address : NULL;
}

/* The socket, as soon as its connection is up. */
static int connection_wait(apr_pool_t *pool, int made, const aty_probe_deadline *deadline,
                           aty_probe_handshake *handshake)
{
    aty_probe_wait_end waited = aty_probe_wait_for(made, POLLOUT, deadline);
    int error = 0;
    socklen_t size = sizeof error;
    if (waited != ATY_WAIT_READY) {
        return given_up(pool, handshake, waited, deadline);
    }
    if (getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        error = errno;
    }
    return error ? no_tcp(handshake, aty_probe_error_text(pool, error)) : made;
}

static int connection_open(apr_pool_t *pool, const struct addrinfo *address,
                           const aty_probe_deadline *deadline,
                           aty_probe_handshake *handshake)
{
    int made = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                      IPPROTO_TCP);
    int opened = made;
    int at_once = 1;
    if (made < 0) {
        return no_tcp(handshake, aty_probe_error_text(pool, errno));
    }
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    if (connect(made, address->ai_addr, address->ai_addrlen) != 0) {
        opened = errno == EINPROGRESS || errno == EINTR
                     ? connection_wait(pool, made, deadline, handshake)
                     : no_tcp(handshake, aty_probe_error_text(pool, errno));
    }
    if (opened < 0) {
        close(made);
    }
    return opened;
}

typedef int socket_name(int, struct sockaddr *, socklen_t *);

static bool end_read(int of, socket_name *name, end *to)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (name(of, (struct sockaddr *)&address, &size) != 0 ||
        getnameinfo((struct sockaddr *)&address, size, to->host, sizeof to->host,
                    to->port, sizeof to->port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return false;
    }
    to->host[strcspn(to->host, "%")] = '\0';
    return true;
}

/* "PROXY TCP4 192.0.2.1 192.0.2.2 50000 443". */
static const char *proxy_line(apr_pool_t *pool, const end *here, const end *there)
{
    return apr_psprintf(pool, "PROXY %s %s %s %s %s\r\n",
                        strchr(here->host, ':') ? "TCP6" : "TCP4", here->host,
                        there->host, here->port, there->port);
}

/* A new connection takes a line at once. */
static bool line_send(int to, const char *line)
{
    ssize_t size = (ssize_t)strlen(line);
    return send(to, line, (size_t)size, MSG_NOSIGNAL) == size;
}

static int introduce(apr_pool_t *pool, int made, const aty_probe_where *where,
                     aty_probe_handshake *handshake)
{
    end here, there;
    if (!end_read(made, getsockname, &here) || !end_read(made, getpeername, &there)) {
        return no_tcp(handshake, aty_probe_error_text(pool, errno));
    }
    handshake->local_address = apr_pstrdup(pool, here.host);
    if (where->proxy_protocol && !line_send(made, proxy_line(pool, &here, &there))) {
        return no_tcp(handshake, "the PROXY line cannot be sent");
    }
    return made;
}

int aty_probe_tcp(apr_pool_t *pool, const aty_probe_where *where,
                  const aty_probe_deadline *deadline, aty_probe_handshake *handshake)
{
    struct addrinfo *address = address_read(pool, where);
    int opened, introduced;
    if (!address) {
        return no_tcp(handshake, "its address is not numeric");
    }
    opened = connection_open(pool, address, deadline, handshake);
    freeaddrinfo(address);
    if (opened < 0) {
        return -1;
    }
    introduced = introduce(pool, opened, where, handshake);
    if (introduced < 0) {
        close(opened);
    }
    return introduced;
}
