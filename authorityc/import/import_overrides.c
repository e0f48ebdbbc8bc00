/* import_overrides.c: .htaccess files that may ask for client certificates. httpd reads
 * them with each request, and so does not tell of them; here they are looked for where
 * AllowOverride lets them. */
#include <string.h>
#include <strings.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "authorityc/import/import.h"
#include "authorityc/source.h"

#define ENTRIES_MAX      200000     /* of directories, in one import */
#define SIZE_MAX_OF_FILE (1u << 20) /* bytes; httpd's own are much smaller */

static const char *const local_directives[] = {"SSLVerifyClient", "SSLVerifyDepth",
                                               "SSLCipherSuite"};

#define LOCAL_COUNT (sizeof(local_directives) / sizeof(local_directives[0]))

/* A search below one <Directory>. */
typedef struct {
    aty_import *import;
    const aty_import_node *names; /* AccessFileName; NULL: .htaccess */
    apr_array_header_t *folders;  /* const char *: still to be looked at */
    apr_array_header_t *found;    /* aty_import_node *: where it goes */
    bool complete;
} search;

/* Whether AllowOverride or AllowOverrideList lets .htaccess files set one of them. */
static bool lets_override(const aty_import_node *node)
{
    for (int i = 0; i < node->word_count; i++) {
        const char *word = node->words[i];
        bool lets = strcasecmp(word, "All") == 0 || strcasecmp(word, "AuthConfig") == 0;
        for (size_t k = 0; k < LOCAL_COUNT && !lets; k++) {
            lets = strcasecmp(word, local_directives[k]) == 0;
        }
        if (lets) {
            return true;
        }
    }
    return false;
}

/* The directive of a line of such a file; NULL: none of interest. */
static aty_import_node *read_line(apr_pool_t *pool, char *line, const char *path,
                                  uint32_t number)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));
    for (char *word; (word = apr_strtok(line, " \t\r\"'", &line)) != NULL;) {
        APR_ARRAY_PUSH(words, const char *) = word;
    }
    for (size_t k = 0; words->nelts > 1 && k < LOCAL_COUNT; k++) {
        if (strcasecmp(APR_ARRAY_IDX(words, 0, const char *), local_directives[k]) == 0) {
            aty_import_node *node = apr_pcalloc(pool, sizeof(*node));
            node->place = (aty_import_place){path, number};
            node->name = local_directives[k];
            node->words = (const char *const *)(void *)words->elts + 1;
            node->word_count = words->nelts - 1;
            return node;
        }
    }
    return NULL;
}

/* Adds a section that stands for a file, if there is anything of interest in it. */
static void read_file(search *s, const char *folder, const char *path)
{
    apr_pool_t *pool = s->import->pool;
    const char *problem;
    const aty_file *file = aty_file_read(s->import->scratch, path, &problem);
    if (!file || file->size > SIZE_MAX_OF_FILE) {
        s->complete = false;
        return;
    }
    const char **words = apr_pcalloc(pool, sizeof(*words));
    aty_import_node *section = apr_pcalloc(pool, sizeof(*section));
    aty_import_node **end = &section->children;
    char *rest = apr_pstrdup(pool, file->text);
    uint32_t number = 0;
    words[0] = folder;
    *section = (aty_import_node){.name = ".htaccess", .words = words, .word_count = 1};
    section->place = (aty_import_place){path, 1};
    section->is_section = true;
    while (rest) {
        char *line = rest;
        rest = strchr(line, '\n');
        if (rest) {
            *rest++ = '\0';
        }
        *end = read_line(pool, line, path, ++number);
        end = *end ? &(*end)->next : end;
    }
    if (section->children) {
        APR_ARRAY_PUSH(s->found, aty_import_node *) = section;
    }
}

/* Whether files of the name are read by httpd, as AccessFileName has it. */
static bool is_access_file(const search *s, const char *name)
{
    bool listed = !s->names && strcmp(name, ".htaccess") == 0;
    for (int i = 0; s->names && i < s->names->word_count && !listed; i++) {
        listed = strcmp(s->names->words[i], name) == 0;
    }
    return listed;
}

static void look_at_entry(search *s, const char *folder, const apr_finfo_t *entry)
{
    apr_pool_t *pool = s->import->pool;
    if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) {
        return;
    }
    if (entry->filetype == APR_DIR) {
        APR_ARRAY_PUSH(s->folders, const char *) =
            apr_pstrcat(pool, folder, "/", entry->name, NULL);
    }
    else if (is_access_file(s, entry->name)) {
        read_file(s, folder, apr_pstrcat(pool, folder, "/", entry->name, NULL));
    }
}

static void look_at_folder(search *s, const char *folder)
{
    apr_dir_t *dir;
    apr_finfo_t entry;
    apr_pool_t *pool;
    apr_pool_create(&pool, s->import->scratch);
    apr_status_t status = apr_dir_open(&dir, folder, pool);
    if (status == APR_SUCCESS) {
        while (s->complete && apr_dir_read(&entry, APR_FINFO_NAME | APR_FINFO_TYPE,
                                           dir) == APR_SUCCESS) {
            s->complete = s->import->entries_seen++ < ENTRIES_MAX;
            look_at_entry(s, folder, &entry);
        }
        apr_dir_close(dir);
    }
    else if (!APR_STATUS_IS_ENOENT(status)) {
        s->complete = false;
    }
    apr_pool_destroy(pool);
}

/* Looks through the directory; returns whether all of it could be. */
static bool look_below(search *s, const char *folder)
{
    s->complete = true;
    s->folders = apr_array_make(s->import->scratch, 16, sizeof(const char *));
    APR_ARRAY_PUSH(s->folders, const char *) = folder;
    while (s->complete && s->folders->nelts > 0) {
        look_at_folder(s, *(const char *const *)apr_array_pop(s->folders));
    }
    return s->complete;
}

/* What is to be looked through: the path of a <Directory>, as httpd takes it (core.c,
 * dirsection), without slashes at its end. NULL for a pattern and for the whole file
 * system. */
static const char *folder_of(apr_pool_t *pool, const aty_import_node *section)
{
    const char *path = section->word_count == 1 ? section->words[0] : "";
    char *folder;
    if (strcasecmp(section->name, "Directory") != 0 || path[0] != '/' ||
        strpbrk(path, "*?[") ||
        apr_filepath_merge(&folder, NULL, path, APR_FILEPATH_TRUENAME, pool) !=
            APR_SUCCESS) {
        return NULL;
    }
    for (size_t length = strlen(folder); length > 0 && folder[length - 1] == '/';) {
        folder[--length] = '\0';
    }
    return folder[0] != '\0' ? folder : NULL;
}

static void look(search *s, const aty_import_node *section, const aty_import_node *allow)
{
    aty_import_lines *lines = s->import->lines;
    const char *path = section->word_count > 0 ? section->words[0] : "?";
    const char *folder = folder_of(s->import->pool, section);
    int before = s->found->nelts;
    if (!folder || !look_below(s, folder)) {
        aty_import_warn(lines, &allow->place,
                        ".htaccess files below '%s' may set SSLVerifyClient or "
                        "SSLCipherSuite, and not all of them could be read; such a place "
                        "may be missing in this policy",
                        path);
    }
    else if (s->found->nelts == before) {
        aty_import_comment(lines,
                           "no .htaccess file below '%s' sets SSLVerifyClient or "
                           "SSLCipherSuite, as %s lets it",
                           path, aty_import_place_text(lines->pool, &allow->place));
    }
}

void aty_import_overrides(aty_import *import, const aty_import_server *server)
{
    search s = {.import = import, .names = aty_import_last(server, "AccessFileName")};
    if (!s.names) {
        s.names = aty_import_last(import->dump->main, "AccessFileName");
    }
    s.found = server->is_virtual ? import->own_overrides : import->main_overrides;
    for (const aty_import_node *node = server->nodes; node; node = node->next) {
        const aty_import_node *allow = NULL;
        for (const aty_import_node *inner = node->children; inner; inner = inner->next) {
            if (strncmp(inner->name, "AllowOverride", 13) == 0 && lets_override(inner)) {
                allow = inner;
            }
        }
        if (allow) {
            look(&s, node, allow);
        }
    }
}
