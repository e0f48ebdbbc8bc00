#include "authorityc/probe/probe_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static bool is_to_be_repeated(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void first_keep(aty_probe_link *link, const char *bytes, size_t size)
{
    size_t room = sizeof link->first - link->first_size;
    size_t kept = size < room ? size : room;
    memcpy(link->first + link->first_size, bytes, kept);
    link->first_size += kept;
}

/* Some messages OpenSSL passes over without returning, as long as they come; so nothing
 * comes any more when the time is up. */
static ssize_t receive(const aty_probe_link *link, char *bytes, size_t size)
{
    if (aty_probe_deadline_check(&link->deadline) != ATY_WAIT_READY) {
        errno = EAGAIN;
        return -1;
    }
    return recv(link->socket, bytes, size, 0);
}

static int socket_read(BIO *bio, char *bytes, size_t size, size_t *count)
{
    aty_probe_link *link = BIO_get_data(bio);
    ssize_t got = receive(link, bytes, size);
    BIO_clear_retry_flags(bio);
    *count = got > 0 ? (size_t)got : 0;
    if (got > 0) {
        first_keep(link, bytes, *count);
        return 1;
    }
    if (got == 0) {
        link->ended = true;
    }
    else if (is_to_be_repeated(errno)) {
        BIO_set_retry_read(bio);
    }
    else {
        link->error = errno;
    }
    return 0;
}

static int socket_write(BIO *bio, const char *bytes, size_t size, size_t *count)
{
    aty_probe_link *link = BIO_get_data(bio);
    ssize_t sent = send(link->socket, bytes, size, MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    *count = sent > 0 ? (size_t)sent : 0;
    if (sent >= 0) {
        return 1;
    }
    if (is_to_be_repeated(errno)) {
        BIO_set_retry_write(bio);
    }
    else {
        link->error = errno;
    }
    return 0;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    const aty_probe_link *link = BIO_get_data(bio);
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH || (command == BIO_CTRL_EOF && link->ended);
}

BIO *aty_probe_socket_bio(aty_probe_link *link)
{
    BIO *bio;
    link->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket of a probe");
    if (!link->method || BIO_meth_set_read_ex(link->method, socket_read) != 1 ||
        BIO_meth_set_write_ex(link->method, socket_write) != 1 ||
        BIO_meth_set_ctrl(link->method, socket_control) != 1) {
        return NULL;
    }
    bio = BIO_new(link->method);
    if (bio) {
        BIO_set_data(bio, link);
        BIO_set_init(bio, 1);
    }
    return bio;
}

void aty_probe_socket_look(aty_probe_link *link)
{
    char more[ATY_PROBE_FIRST_MAX];
    ssize_t got = recv(link->socket, more, sizeof more, MSG_DONTWAIT);
    if (got > 0) {
        first_keep(link, more, (size_t)got);
    }
}
