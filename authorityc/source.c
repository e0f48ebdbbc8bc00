/* source.c: reading files that may be anything. */
#include "authorityc/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#define FIRST_BUFFER ((size_t)64 << 10)

static const char *kind_problem(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "it is a directory";
    case S_IFIFO:
        return "it is a FIFO, not a regular file";
    case S_IFSOCK:
        return "it is a socket, not a regular file";
    default:
        return "it is a device, not a regular file";
    }
}

static const char *size_problem(apr_pool_t *pool)
{
    return apr_psprintf(pool, "it is larger than %u MiB", (unsigned)(ATY_FILE_MAX >> 20));
}

/* Makes room for at least one more byte and a NUL. */
static char *grown(apr_pool_t *pool, char *text, size_t size, size_t *capacity)
{
    if (size + 1 < *capacity) {
        return text;
    }
    char *more = apr_palloc(pool, *capacity * 2);
    memcpy(more, text, size);
    *capacity *= 2;
    return more;
}

/* Reads to the end, whatever fstat said: the file may grow, or be one of /proc. */
static const char *read_all(apr_pool_t *pool, int descriptor, size_t expected,
                            aty_file *file)
{
    size_t capacity = expected ? expected + 2 : FIRST_BUFFER;
    char *text = apr_palloc(pool, capacity);
    size_t size = 0;
    for (;;) {
        text = grown(pool, text, size, &capacity);
        ssize_t got = read(descriptor, text + size, capacity - size - 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return apr_pstrdup(pool, strerror(errno));
        }
        if (got == 0) {
            break;
        }
        size += (size_t)got;
        if (size > ATY_FILE_MAX) {
            return size_problem(pool);
        }
    }
    text[size] = '\0';
    file->text = text;
    file->size = size;
    return NULL;
}

static const char *read_descriptor(apr_pool_t *pool, int descriptor, bool any_kind,
                                   aty_file *file)
{
    struct stat about;
    if (fstat(descriptor, &about) != 0) {
        return apr_pstrdup(pool, strerror(errno));
    }
    if (S_ISDIR(about.st_mode) || (!any_kind && !S_ISREG(about.st_mode))) {
        return kind_problem(about.st_mode);
    }
    bool regular = S_ISREG(about.st_mode);
    if (regular && about.st_size > (off_t)ATY_FILE_MAX) {
        return size_problem(pool);
    }
    file->device = (uint64_t)about.st_dev;
    file->inode = (uint64_t)about.st_ino;
    return read_all(pool, descriptor, regular ? (size_t)about.st_size : 0, file);
}

static const char *read_path(apr_pool_t *pool, const char *path, aty_file *file)
{
    if (strcmp(path, "-") == 0) {
        return read_descriptor(pool, STDIN_FILENO, true, file);
    }
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) {
        return apr_pstrdup(pool, strerror(errno));
    }
    const char *problem = read_descriptor(pool, descriptor, false, file);
    close(descriptor);
    return problem;
}

static aty_file *read_anew(apr_pool_t *pool, const char *path, const char **problem)
{
    aty_file *file = apr_pcalloc(pool, sizeof(*file));
    file->path = apr_pstrdup(pool, path);
    *problem = read_path(pool, path, file);
    return *problem ? NULL : file;
}

const aty_file *aty_file_read(apr_pool_t *pool, const char *path, const char **problem)
{
    static const char key[] = "aty_standard_input";
    if (strcmp(path, "-") != 0) {
        return read_anew(pool, path, problem);
    }
    void *known = NULL;
    *problem = NULL;
    apr_pool_userdata_get(&known, key, pool);
    if (!known) {
        known = read_anew(pool, path, problem);
        apr_pool_userdata_setn(known, key, NULL, pool);
    }
    return known;
}

const char *aty_source_start(const aty_source *source)
{
    const char *text = source->file->text;
    return strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
}

static aty_place place_of(const aty_source *source, const char *at)
{
    aty_place place = {.source = source, .line = 1, .length = 1};
    const char *line = aty_source_start(source), *next;
    while ((next = memchr(line, '\n', (size_t)(at - line))) != NULL) {
        place.line++;
        line = next + 1;
    }
    place.column = (uint32_t)(at - line) + 1;
    return place;
}

int aty_source_find_binary(const aty_source *source, aty_place *place)
{
    const char *end = source->file->text + source->file->size;
    for (const char *at = aty_source_start(source); at < end; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte >= ' ' && byte != 0x7f) {
            continue;
        }
        if (byte == '\n' || byte == '\t' || (byte == '\r' && at[1] == '\n')) {
            continue;
        }
        *place = place_of(source, at);
        return byte;
    }
    return -1;
}

const char *aty_source_comment_from(apr_pool_t *pool, const char *comment)
{
    static const char mark[] = "# from ";
    const char *place = comment + sizeof(mark) - 1;
    if (strncmp(comment, mark, sizeof(mark) - 1) != 0) {
        return NULL;
    }
    size_t length = strcspn(place, "\r\n"), before = length;
    while (before > 0 && place[before - 1] >= '0' && place[before - 1] <= '9') {
        before--;
    }
    bool names_line = before < length && before > 1 && place[before - 1] == ':';
    return names_line ? apr_pstrmemdup(pool, place, length) : NULL;
}
