#include "authorityc/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <apr_strings.h>

#define OUTPUT_MAX ((size_t)1 << 30) /* bytes, of each of the two */
#define NOT_RUN    127               /* exit code of a child that could not begin */

/* What comes out of a pipe; in malloc'd memory. */
typedef struct {
    int pipe; /* -1 at its end */
    char *text;
    size_t size, room;
} stream;

/* Begins the program in a group of its own, so that all of it can be ended. Only what is
 * safe after fork. */
__attribute__((noreturn)) static void begin_child(const char *const *words, int output,
                                                  int errors)
{
    int nothing = open("/dev/null", O_RDONLY);
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
    }
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execvp(words[0], (char *const *)words);
    _exit(NOT_RUN);
}

/* Both ends close when the program is run, and when its child is. */
static bool open_pipes(int output[2], int errors[2])
{
    if (pipe2(output, O_CLOEXEC) != 0) {
        return false;
    }
    if (pipe2(errors, O_CLOEXEC) != 0) {
        close(output[0]);
        close(output[1]);
        return false;
    }
    return true;
}

static bool stream_grow(stream *from)
{
    size_t room = from->room ? 2 * from->room : 65536;
    char *more = realloc(from->text, room + 1);
    if (more) {
        from->text = more;
        from->room = room;
    }
    return more != NULL;
}

/* Reads what there is; false where there is too much of it. */
static bool stream_read(stream *from)
{
    if (from->size == from->room && (from->room >= OUTPUT_MAX || !stream_grow(from))) {
        return false;
    }
    ssize_t count = read(from->pipe, from->text + from->size, from->room - from->size);
    if (count > 0) {
        from->size += (size_t)count;
    }
    else if (count == 0 || errno != EINTR) {
        close(from->pipe);
        from->pipe = -1;
    }
    return true;
}

static long milliseconds_until(const struct timespec *end)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long left =
        (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
    return left > 0 ? left : 0;
}

/* Reads both to their ends. NULL, or what is wrong. */
static const char *read_streams(apr_pool_t *pool, stream streams[2], int seconds)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    while (streams[0].pipe >= 0 || streams[1].pipe >= 0) {
        /* poll passes over a descriptor of -1. */
        struct pollfd polled[2] = {{streams[0].pipe, POLLIN, 0},
                                   {streams[1].pipe, POLLIN, 0}};
        int ready = poll(polled, 2, (int)milliseconds_until(&end));
        if (ready == 0) {
            return apr_psprintf(pool, "it takes longer than %d seconds", seconds);
        }
        for (int i = 0; i < 2 && ready > 0; i++) {
            if (polled[i].revents && !stream_read(&streams[i])) {
                return "it prints more than 1 GiB";
            }
        }
    }
    return NULL;
}

static const char *stream_keep(apr_pool_t *pool, const stream *from)
{
    return from->text ? apr_pstrmemdup(pool, from->text, from->size) : "";
}

static int wait_for(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static const char *watch(apr_pool_t *pool, pid_t child, stream streams[2], int seconds,
                         aty_run_result *result)
{
    const char *problem = read_streams(pool, streams, seconds);
    if (problem) {
        kill(-child, SIGKILL);
    }
    result->exit_code = wait_for(child);
    for (int i = 0; i < 2; i++) {
        if (streams[i].pipe >= 0) {
            close(streams[i].pipe);
        }
    }
    result->output = stream_keep(pool, &streams[0]);
    result->output_size = streams[0].size;
    result->errors = stream_keep(pool, &streams[1]);
    result->errors_size = streams[1].size;
    free(streams[0].text);
    free(streams[1].text);
    return problem;
}

const char *aty_run(apr_pool_t *pool, const char *const *words, int seconds,
                    aty_run_result *result)
{
    int output[2], errors[2];
    if (!open_pipes(output, errors)) {
        return apr_pstrdup(pool, strerror(errno));
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        begin_child(words, output[1], errors[1]);
    }
    int failure = errno;
    close(output[1]);
    close(errors[1]);
    if (child < 0) {
        close(output[0]);
        close(errors[0]);
        return apr_pstrdup(pool, strerror(failure));
    }
    setpgid(child, child); /* whichever of the two is first */
    stream streams[2] = {{.pipe = output[0]}, {.pipe = errors[0]}};
    return watch(pool, child, streams, seconds, result);
}
