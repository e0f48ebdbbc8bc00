#include "authorityc/probe/probe_frames.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

static uint32_t number_read(const uint8_t *bytes, size_t count)
{
    uint32_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static void header_read(aty_probe_frames *frames)
{
    frames->frame = (aty_probe_frame){
        .length = number_read(frames->header, 3),
        .type = frames->header[3],
        .flags = frames->header[4],
        .stream = number_read(frames->header + 5, 4) & 0x7fffffff,
    };
    frames->left = frames->frame.length;
    frames->kept_size = 0;
}

static bool is_kept(uint8_t type)
{
    return type == ATY_FRAME_ORIGIN || type == NGHTTP2_GOAWAY;
}

static void payload_read(aty_probe_frames *frames, const uint8_t *bytes, size_t size)
{
    size_t room = sizeof frames->kept - frames->kept_size;
    size_t kept = size < room ? size : room;
    if (is_kept(frames->frame.type)) {
        memcpy(frames->kept + frames->kept_size, bytes, kept);
        frames->kept_size += kept;
    }
    frames->left -= (uint32_t)size;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* After the header is told, one more event tells the end, also of an empty payload. */
aty_probe_frames_event aty_probe_frames_read(aty_probe_frames *frames,
                                             const uint8_t **bytes, size_t *size)
{
    bool in_header = frames->header_size < ATY_FRAME_HEADER_SIZE;
    size_t wanted =
        in_header ? ATY_FRAME_HEADER_SIZE - frames->header_size : frames->left;
    size_t count = least(*size, wanted);
    if (in_header) {
        memcpy(frames->header + frames->header_size, *bytes, count);
        frames->header_size += count;
    }
    else {
        payload_read(frames, *bytes, count);
    }
    *bytes += count;
    *size -= count;
    if (count < wanted) {
        return ATY_FRAMES_MORE;
    }
    if (in_header) {
        header_read(frames);
        return ATY_FRAMES_BEGIN;
    }
    frames->header_size = 0;
    return ATY_FRAMES_END;
}

const char *aty_probe_frame_name(uint8_t type, char text[32])
{
    static const char *const names[] = {
        [NGHTTP2_DATA] = "DATA",
        [NGHTTP2_HEADERS] = "HEADERS",
        [NGHTTP2_PRIORITY] = "PRIORITY",
        [NGHTTP2_RST_STREAM] = "RST_STREAM",
        [NGHTTP2_SETTINGS] = "SETTINGS",
        [NGHTTP2_PUSH_PROMISE] = "PUSH_PROMISE",
        [NGHTTP2_PING] = "PING",
        [NGHTTP2_GOAWAY] = "GOAWAY",
        [NGHTTP2_WINDOW_UPDATE] = "WINDOW_UPDATE",
        [NGHTTP2_CONTINUATION] = "CONTINUATION",
        [NGHTTP2_ALTSVC] = "ALTSVC",
        [ATY_FRAME_ORIGIN] = "ORIGIN",
    };
    if (type < sizeof names / sizeof names[0] && names[type]) {
        return names[type];
    }
    snprintf(text, 32, "of type 0x%02x", type);
    return text;
}
