/* replay.c: gives the inputs in files, and in the files of directories, to a fuzz target.
 * So what a fuzzer found stays found, with any compiler. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "test/fuzz/fuzz.h"
#include "test/unit/tap.h"

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    uint8_t *bytes;

    fuzz_require(file && fstat(fileno(file), &about) == 0, path);
    /* Of just its size, so that a sanitizer sees a byte too much. */
    bytes = malloc(about.st_size ? (size_t)about.st_size : 1);
    fuzz_require(bytes && fread(bytes, 1, (size_t)about.st_size, file) ==
                              (size_t)about.st_size,
                 path);
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, (size_t)about.st_size);
    free(bytes);
}

/* Returns how many inputs there were. */
static size_t replay(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    size_t count = 0;

    if (!directory) {
        replay_file(path);
        return 1;
    }
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.') {
            char below[4096];
            snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
            count += replay(below);
        }
    }
    closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t count = replay(argv[i]);
        tap_ok(count > 0, "%s: %zu inputs", argv[i], count);
    }
    return tap_done();
}
