#include "authorityc/resolve.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>

#define THREADS 16

static bool has_address(const aty_resolved *resolved, const char *address)
{
    for (uint32_t i = 0; i < resolved->count; i++) {
        if (strcmp(resolved->addresses[i], address) == 0) {
            return true;
        }
    }
    return false;
}

static void address_add(aty_resolved *resolved, const struct addrinfo *info)
{
    char *address = resolved->addresses[resolved->count];

    if (getnameinfo(info->ai_addr, info->ai_addrlen, address, INET6_ADDRSTRLEN, NULL, 0,
                    NI_NUMERICHOST) == 0 &&
        !has_address(resolved, address)) {
        resolved->count++;
    }
}

void aty_resolve(const char *name, aty_resolved *resolved)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;

    resolved->count = 0;
    resolved->error = getaddrinfo(name, NULL, &hints, &found);
    if (resolved->error != 0) {
        return;
    }
    for (const struct addrinfo *info = found; info && resolved->count < ATY_RESOLVED_MAX;
         info = info->ai_next) {
        address_add(resolved, info);
    }
    freeaddrinfo(found);
}

typedef struct {
    aty_resolver *resolver;
    const char *const *names;
    aty_resolved *resolved;
    uint32_t count;
    atomic_uint next; /* to be asked for */
} resolving;

static void *names_take(void *context)
{
    resolving *work = context;
    uint32_t i;

    while ((i = atomic_fetch_add(&work->next, 1)) < work->count) {
        work->resolver(work->names[i], &work->resolved[i]);
    }
    return NULL;
}

void aty_resolve_all(aty_resolver *resolver, const char *const *names,
                     aty_resolved *resolved, uint32_t count)
{
    resolving work = {resolver, names, resolved, count, 0};
    pthread_t threads[THREADS];
    uint32_t started = 0;

    while (started < THREADS && started + 1 < count &&
           pthread_create(&threads[started], NULL, names_take, &work) == 0) {
        started++;
    }
    names_take(&work); /* alone where no thread could be had */
    while (started > 0) {
        pthread_join(threads[--started], NULL);
    }
}
