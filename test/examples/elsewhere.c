/* elsewhere.c: by LD_PRELOAD, connections to port 443 of any IPv4 address lead to port
 * $PORT of 127.0.0.1, so that an example with public addresses can be run as it stands.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

typedef int connector(int, const struct sockaddr *, socklen_t);

int connect(int descriptor, const struct sockaddr *address, socklen_t length)
{
    connector *real = (connector *)dlsym(RTLD_NEXT, "connect");
    const struct sockaddr_in *to = (const struct sockaddr_in *)(const void *)address;
    struct sockaddr_in here = {.sin_family = AF_INET};

    if (address->sa_family != AF_INET || to->sin_port != htons(443)) {
        return real(descriptor, address, length);
    }
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    here.sin_port = htons((in_port_t)atoi(getenv("PORT")));
    return real(descriptor, (const struct sockaddr *)&here, sizeof here);
}
