/* file_write.c: temporary file, fsync, rename, fsync of the directory. */
#include "authorityc/file_write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

static const char *failed(apr_pool_t *pool, const char *what)
{
    return apr_psprintf(pool, "%s: %s", what, strerror(errno));
}

/* umask can only be asked by setting it. */
static mode_t current_umask(void)
{
    mode_t mask = umask(022);
    umask(mask);
    return mask;
}

static const char *write_all(apr_pool_t *pool, int descriptor, const char *bytes,
                             size_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return failed(pool, "cannot write");
        }
        bytes += written;
        size -= (size_t)written;
    }
    return NULL;
}

static const char *fill(apr_pool_t *pool, int descriptor, const void *bytes, size_t size)
{
    const char *problem = write_all(pool, descriptor, bytes, size);
    if (problem) {
        return problem;
    }
    if (fchmod(descriptor, 0644 & ~current_umask()) != 0) {
        return failed(pool, "cannot set the mode");
    }
    return fsync(descriptor) == 0 ? NULL : failed(pool, "cannot bring it to disk");
}

/* Makes sure that the new name survives, too. Some file systems cannot do that for
 * directories, which is no reason to give up a file that is there already. */
static const char *sync_directory(apr_pool_t *pool, const char *path)
{
    const char *end = strrchr(path, '/');
    const char *directory =
        end ? apr_pstrmemdup(pool, path, (size_t)(end - path) + 1) : ".";
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return failed(pool, "cannot open its directory");
    }
    bool synced = fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP;
    const char *problem = synced ? NULL : failed(pool, "cannot bring it to disk");
    close(descriptor);
    return problem;
}

static const char *replace(apr_pool_t *pool, const char *path, const void *bytes,
                           size_t size)
{
    char *temporary = apr_pstrcat(pool, path, ".XXXXXX", NULL);
    int descriptor = mkostemp(temporary, O_CLOEXEC);
    if (descriptor < 0) {
        return failed(pool, "cannot create a file beside it");
    }
    const char *problem = fill(pool, descriptor, bytes, size);
    if (close(descriptor) != 0 && !problem) {
        problem = failed(pool, "cannot write");
    }
    if (!problem && rename(temporary, path) != 0) {
        problem = failed(pool, "cannot rename a file to it");
    }
    if (problem) {
        unlink(temporary);
        return problem;
    }
    return sync_directory(pool, path);
}

/* With signals held back: nobody's Ctrl-C leaves a temporary file. */
static const char *replace_unstopped(apr_pool_t *pool, const char *path,
                                     const void *bytes, size_t size)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    const char *problem = replace(pool, path, bytes, size);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return problem;
}

const char *aty_file_replace(apr_pool_t *pool, const char *path, const void *bytes,
                             size_t size)
{
    struct stat about;
    char target[PATH_MAX];
    if (stat(path, &about) != 0) {
        bool missing = errno == ENOENT && lstat(path, &about) != 0;
        return missing ? replace_unstopped(pool, path, bytes, size)
                       : failed(pool, "cannot look at it");
    }
    if (!S_ISREG(about.st_mode)) {
        return "it is there, and is not a regular file";
    }
    if (!realpath(path, target)) {
        return failed(pool, "cannot look at it");
    }
    return replace_unstopped(pool, target, bytes, size);
}

const char *aty_output_write(apr_pool_t *pool, const char *path, const void *bytes,
                             size_t size)
{
    if (strcmp(path, "-") != 0) {
        return aty_file_replace(pool, path, bytes, size);
    }
    return fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0
               ? NULL
               : apr_pstrdup(pool, strerror(errno));
}
