/* include.c: the files of a policy. Paths are joined as a user would type them, so that
 * messages name files as they can be opened. */
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "authorityc/parse.h"

#define DEPTH_MAX      16
#define FILE_COST      4096 /* bytes of the budget that a file takes beside its size */
#define STANDARD_INPUT "<standard input>"

/* The path up to its last '/', and with it; "" where there is none. */
static const char *directory_of(apr_pool_t *pool, const char *path)
{
    const char *end = strrchr(path, '/');
    return end ? apr_pstrmemdup(pool, path, (size_t)(end - path) + 1) : "";
}

static const aty_source *source_create(aty_parser *parser, const aty_file *file,
                                       const char *name)
{
    aty_source *source = apr_pcalloc(parser->pool, sizeof(*source));
    source->name = name;
    source->file = file;
    source->order = parser->sources++;
    return source;
}

/* The directory of the policy, absolute and normal. NULL where there is no telling. */
static const char *policy_directory(apr_pool_t *pool, const char *path)
{
    char *current, *directory;
    apr_status_t status = apr_filepath_get(&current, 0, pool);
    if (status == APR_SUCCESS) {
        status = apr_filepath_merge(&directory, current, directory_of(pool, path),
                                    APR_FILEPATH_NATIVE, pool);
    }
    if (status != APR_SUCCESS) {
        return NULL;
    }
    size_t length = strlen(directory);
    if (length > 1 && directory[length - 1] == '/') {
        directory[length - 1] = '\0';
    }
    return directory;
}

const aty_source *aty_source_of_policy(aty_parser *parser, const char *path)
{
    const char *problem;
    const aty_file *file = aty_file_read(parser->pool, path, &problem);
    if (file) {
        parser->policy->directory = policy_directory(parser->pool, path);
        problem = parser->policy->directory ? NULL : "its directory cannot be found";
    }
    if (problem) {
        aty_diag_error(parser->diag, NULL, "cannot read '%s': %s", path, problem);
        return NULL;
    }
    return source_create(parser, file, strcmp(path, "-") == 0 ? STANDARD_INPUT : path);
}

/* Reads the file unless that was done before. NULL after an error. */
static const aty_file *read_once(aty_parser *parser, const aty_word *word,
                                 const char *path)
{
    const aty_file *file = apr_hash_get(parser->files, path, APR_HASH_KEY_STRING);
    if (file) {
        return file;
    }
    const char *problem;
    file = aty_file_read(parser->pool, path, &problem);
    if (file) {
        apr_hash_set(parser->files, file->path, APR_HASH_KEY_STRING, file);
        return file;
    }
    aty_diag_error(parser->diag, &word->place, "cannot read '%s': %s",
                   aty_shown(parser->pool, path), problem);
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        aty_diag_note(parser->diag, NULL,
                      "to include files of a directory write a pattern, "
                      "as in '%s/*.policy'",
                      aty_shown(parser->pool, word->text));
    }
    return NULL;
}

static bool same_file(const aty_file *a, const aty_file *b)
{
    return a->device == b->device && a->inode == b->inode;
}

/* "a -> b -> a", from the source that reads the file already. */
static const char *cycle_text(aty_parser *parser, const aty_source *from)
{
    const char *text = from->name;
    for (const aty_source *source = parser->source; source != from;
         source = source->included_from.source) {
        text = apr_pstrcat(parser->pool, source->name, " -> ", text, NULL);
    }
    return apr_pstrcat(parser->pool, from->name, " -> ", text, NULL);
}

/* Whether the file may be read once more, here. */
static bool may_include(aty_parser *parser, const aty_word *word, const aty_file *file)
{
    for (const aty_source *source = parser->source; source;
         source = source->included_from.source) {
        if (same_file(source->file, file)) {
            aty_diag_error(parser->diag, &word->place, "this file includes itself: %s",
                           cycle_text(parser, source));
            return false;
        }
    }
    /* The file with the Include is a source. NOLINTNEXTLINE(clang-analyzer-core.*) */
    if (parser->source->depth == DEPTH_MAX) {
        aty_diag_error(parser->diag, &word->place, "files include each other %d deep",
                       DEPTH_MAX);
        return false;
    }
    if (file->size + FILE_COST > parser->budget) {
        aty_diag_error(parser->diag, &word->place,
                       "the files of this policy come to more than 1 GiB");
        return false;
    }
    return true;
}

static void include_file(aty_parser *parser, const aty_word *word, const char *path)
{
    const aty_file *file = read_once(parser, word, path);
    if (!file || !may_include(parser, word, file)) {
        return;
    }
    parser->budget -= file->size + FILE_COST;
    aty_source *source = apr_pcalloc(parser->pool, sizeof(*source));
    *source = (aty_source){.name = file->path, .file = file};
    source->included_from = word->place;
    source->depth = parser->source->depth + 1;
    source->order = parser->sources++;
    aty_parse_source(parser, source);
}

/* A directory as a pattern that matches nothing else. */
static const char *escaped(apr_pool_t *pool, const char *directory)
{
    char *pattern = apr_palloc(pool, 2 * strlen(directory) + 1), *at = pattern;
    for (; *directory; directory++) {
        if (strchr("*?[\\", *directory)) {
            *at++ = '\\';
        }
        *at++ = *directory;
    }
    *at = '\0';
    return pattern;
}

static bool is_directory(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Includes all files of a pattern, in the order of their bytes, as httpd does; the
 * program never leaves the C locale. */
static void include_pattern(aty_parser *parser, const aty_word *word, const char *pattern)
{
    glob_t matches;
    int status = glob(pattern, 0, NULL, &matches);
    bool any = false;
    for (size_t i = 0; status == 0 && i < matches.gl_pathc; i++) {
        if (!is_directory(matches.gl_pathv[i])) {
            any = true;
            include_file(parser, word, matches.gl_pathv[i]);
        }
    }
    if (!any) {
        aty_diag_error(parser->diag, &word->place,
                       status == GLOB_NOSPACE ? "out of memory for '%s'"
                                              : "no file matches '%s'",
                       aty_shown(parser->pool, word->text));
    }
    globfree(&matches);
}

void aty_include(aty_parser *parser, const aty_word *word)
{
    const aty_source *source = parser->source;
    bool from_input = strcmp(source->file->path, "-") == 0;
    const char *directory =
        *word->text == '/' ? ""
                           : directory_of(parser->pool, from_input ? "" : source->name);
    if (strcmp(word->text, "-") == 0 && *directory == '\0') {
        directory = "./"; /* a file of that name, not the standard input */
    }
    if (strpbrk(word->text, "*?[")) {
        include_pattern(parser, word,
                        apr_pstrcat(parser->pool, escaped(parser->pool, directory),
                                    word->text, NULL));
    }
    else {
        include_file(parser, word,
                     apr_pstrcat(parser->pool, directory, word->text, NULL));
    }
}
