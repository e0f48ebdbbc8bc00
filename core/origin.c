#include "core/origin.h"

#include <string.h>

#include "core/decimal.h"

#define SCHEME       "https://"
#define DEFAULT_PORT 443
#define PORT_MAX     (1 + ATY_DECIMAL_MAX)

/* Writes ":port" unless it is the default; returns its size. */
static size_t port_write(char out[PORT_MAX], uint32_t port)
{
    if (port == DEFAULT_PORT) {
        return 0;
    }
    out[0] = ':';
    return 1 + aty_decimal_write(out + 1, port);
}

static void number_write(uint8_t *out, size_t number, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) {
        out[i] = (uint8_t)number;
        number >>= 8;
    }
}

size_t aty_origin_entry_size(const char *host, uint32_t port)
{
    char port_text[PORT_MAX];

    return 2 + strlen(SCHEME) + strlen(host) + port_write(port_text, port);
}

size_t aty_origin_entry_write(uint8_t *out, const char *host, uint32_t port)
{
    char port_text[PORT_MAX];
    size_t port_size = port_write(port_text, port);
    size_t host_size = strlen(host);
    size_t length = strlen(SCHEME) + host_size + port_size;

    number_write(out, length, 2);
    memcpy(out + 2, SCHEME, strlen(SCHEME));
    memcpy(out + 2 + strlen(SCHEME), host, host_size);
    memcpy(out + 2 + strlen(SCHEME) + host_size, port_text, port_size);
    return 2 + length;
}

void aty_origin_header_write(uint8_t out[ATY_FRAME_HEADER_SIZE], size_t payload_size)
{
    number_write(out, payload_size, 3);
    out[3] = ATY_FRAME_ORIGIN;
    out[4] = 0;
    number_write(out + 5, 0, 4);
}

const char *aty_origin_entry_next(const uint8_t *payload, size_t size, size_t *offset,
                                  size_t *entry_length)
{
    size_t left = size - *offset;
    size_t length;
    const uint8_t *entry;

    if (left < 2) {
        return NULL;
    }
    length = (size_t)payload[*offset] << 8 | payload[*offset + 1];
    if (length > left - 2) {
        return NULL;
    }
    entry = payload + *offset + 2;
    *offset += 2 + length;
    *entry_length = length;
    return (const char *)entry;
}
