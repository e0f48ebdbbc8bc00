/* probe_frames.h: where the HTTP/2 frames of a server begin and end.
 *
 * libnghttp2 reads them as a client does: it ends the connection at one that is too
 * large, and passes over extensions. A probe tells what was wrong with them, so it looks
 * at the headers itself, and keeps what ORIGIN and GOAWAY frames hold.
 */
#ifndef ATY_AUTHORITYC_PROBE_FRAMES_H
#define ATY_AUTHORITYC_PROBE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "core/origin.h"

/* RFC 9113 §4.1 */
typedef struct {
    uint32_t length; /* of the payload */
    uint8_t type, flags;
    uint32_t stream;
} aty_probe_frame;

/* All zero before the first byte. */
typedef struct {
    uint8_t header[ATY_FRAME_HEADER_SIZE];
    size_t header_size; /* bytes of it so far */
    aty_probe_frame frame;
    uint32_t left; /* bytes of the payload to come */
    uint8_t kept[ATY_FRAME_PAYLOAD_MAX];
    size_t kept_size; /* of the payload so far; 0 where the type is not kept */
} aty_probe_frames;

typedef enum {
    ATY_FRAMES_MORE,  /* all bytes are read */
    ATY_FRAMES_BEGIN, /* the header of `frame` is read */
    ATY_FRAMES_END /* its payload as well; `kept` holds at most its first 16,384 bytes */
} aty_probe_frames_event;

/* Reads on to the next event. Moves `bytes` and `size` past what it read. */
aty_probe_frames_event aty_probe_frames_read(aty_probe_frames *frames,
                                             const uint8_t **bytes, size_t *size);

/* "SETTINGS"; "of type 0x1f" for others. `text` has room for 32 bytes. */
const char *aty_probe_frame_name(uint8_t type, char text[32]);

#endif
