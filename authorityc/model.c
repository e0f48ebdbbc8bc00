#include "authorityc/model.h"

#include <stdlib.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "authorityc/source.h"

const aty_vhost *aty_model_vhost(const aty_model *model, uint32_t vhost)
{
    return &APR_ARRAY_IDX(model->policy->vhosts, (int)vhost, aty_vhost);
}

uint32_t aty_model_vhost_count(const aty_model *model)
{
    return (uint32_t)model->policy->vhosts->nelts;
}

const char *aty_model_address(const aty_model *model, uint32_t vhost, uint32_t seat)
{
    const aty_vhost_address *address = &APR_ARRAY_IDX(
        aty_model_vhost(model, vhost)->addresses, (int)seat, aty_vhost_address);
    const char *port =
        address->port ? apr_psprintf(model->pool, "%u", address->port) : "*";

    return apr_psprintf(model->pool, strchr(address->host, ':') ? "[%s]:%s" : "%s:%s",
                        address->host, port);
}

const aty_word *aty_model_name_word(const aty_model *model, uint32_t name)
{
    const aty_name_record *names = aty_writer_records(model->writer, ATY_SECTION_NAMES);
    const aty_vhost_record *vhosts =
        aty_writer_records(model->writer, ATY_SECTION_VHOSTS);
    uint32_t index = aty_get(names[name].vhost);
    const aty_vhost *vhost = aty_model_vhost(model, index);
    uint32_t position = name - aty_get(vhosts[index].first_name);

    return position == 0 ? vhost->server_name
                         : &APR_ARRAY_IDX(vhost->aliases, (int)position - 1, aty_word);
}

const char *aty_model_path(const aty_model *model, const char *path)
{
    const char *directory = model->policy->directory;
    size_t length = strlen(directory);

    while (length > 0 && directory[length - 1] == '/') {
        length--;
    }
    return strncmp(path, directory, length) == 0 && path[length] == '/'
               ? path + length + 1
               : path;
}

static const char *absolute(apr_pool_t *pool, const char *path)
{
    char *current;
    char *merged;

    return apr_filepath_get(&current, 0, pool) == APR_SUCCESS &&
                   apr_filepath_merge(&merged, current, path, 0, pool) == APR_SUCCESS
               ? merged
               : path;
}

const char *aty_model_source(const aty_model *model, const aty_place *place)
{
    const aty_source *source = place->source;
    const char *path = apr_hash_get(model->files, &source, sizeof source);

    if (!path) {
        path = aty_model_path(model, absolute(model->pool, source->file->path));
        apr_hash_set(model->files, apr_pmemdup(model->pool, &source, sizeof source),
                     sizeof source, path);
    }
    return path;
}

aty_le32 aty_model_file(const aty_model *model, const aty_place *place)
{
    aty_le32 file = aty_writer_string(model->writer, aty_model_source(model, place));

    if (place->from) {
        aty_source_record *source = apr_palloc(model->pool, sizeof *source);
        *source = (aty_source_record){file, aty_put(place->line),
                                      aty_writer_string(model->writer, place->from)};
        /* The key is file and line, with which the record begins. */
        apr_hash_set(model->sources, source, offsetof(aty_source_record, source), source);
    }
    return file;
}

static int source_compare(const void *a, const void *b)
{
    const aty_source_record *x = a;
    const aty_source_record *y = b;

    if (aty_get(x->file) != aty_get(y->file)) {
        return aty_get(x->file) < aty_get(y->file) ? -1 : 1;
    }
    return aty_get(x->line) < aty_get(y->line) ? -1 : aty_get(x->line) > aty_get(y->line);
}

void aty_sources_append(aty_model *model)
{
    unsigned count = apr_hash_count(model->sources);
    aty_source_record *sources = apr_palloc(model->pool, (count + 1) * sizeof *sources);
    aty_source_record *next = sources;

    for (apr_hash_index_t *i = apr_hash_first(model->pool, model->sources); i;
         i = apr_hash_next(i)) {
        *next++ = *(const aty_source_record *)apr_hash_this_val(i);
    }
    qsort(sources, count, sizeof *sources, source_compare);
    aty_writer_append(model->writer, ATY_SECTION_SOURCES, sources, count);
}
