/* report_search.h: what the search of the page compares, as JSON.
 *
 * Numbers stand in columns, each as the difference from the one before it ("deltas"), and
 * what comes often has a number, by the order in which it came first: zlib makes little
 * of that. report.js says what it reads; the members are:
 *
 *   strict          whether SNIPolicy is strict
 *   reasons         {name, sentence, way_out}, by number; fields are reasons, too
 *   strings, others names, and those that only certificates have; lines of one text each;
 *                   numbered on
 *   names           deltas: the string of each name, by vhost, ServerName first
 *   name_counts     deltas: how many of them are the vhost's
 *   covered         a character each: 1 where all certificates of its vhost cover it
 *   flags           a character for each vhost: '0' plus SEARCH_… below
 *   files           of places
 *   vhost_places    columns [file, line, from_file, from_line]; from_file is 0 for none,
 *                   else a file plus 1
 *   certificates    lists of strings, deltas from one list on to the next; covers: lists
 * of certificates; vhost_covers    deltas: a cover for each vhost accepted        [vhost,
 * name], of AcceptPair locations       [vhost, reason, path, file, line, from_file,
 * from_line] rows            see report_search_rows.c sets            {address, default,
 * vhosts: deltas, rows: deltas, lost: deltas}: lost are names that the address set gives
 * to another vhost directives      NULL, or {texts, line_counts, line_texts, line_places,
 * settings}: the lines of each setting, and for each field a column of settings by vhost
 */
#ifndef ATY_AUTHORITYC_REPORT_SEARCH_H
#define ATY_AUTHORITYC_REPORT_SEARCH_H

#include <stdbool.h>
#include <stdio.h>

#include "authorityc/ids.h"
#include "authorityc/report/report.h"

#define ATY_SEARCH_H2               1
#define ATY_SEARCH_LOCATION_AUTH    2
#define ATY_SEARCH_LOCATION_CIPHERS 4

typedef struct {
    const aty_report *report;
    const aty_table *table;
    apr_pool_t *pool;
    FILE *out;
    aty_ids *strings;
    apr_array_header_t *others; /* const char *: strings past the names */
    aty_ids *files;
    apr_array_header_t *file_names; /* const char * */
} aty_search;

/* A JSON string; what is no UTF-8 is U+FFFD. */
void aty_search_string(const aty_search *search, const char *text, size_t length);

/* `,"NAME":`, and deltas, and deltas of columns with the same number of values. */
void aty_search_member(const aty_search *search, const char *name);
void aty_search_deltas(const aty_search *search, const uint32_t *values, uint32_t count);
void aty_search_columns(const aty_search *search, const uint32_t *const *columns,
                        uint32_t column_count, uint32_t count);

/* The four numbers of a place. */
#define ATY_SEARCH_PLACE 4
void aty_search_place(aty_search *search, aty_le32 file, aty_le32 line,
                      uint32_t place[ATY_SEARCH_PLACE]);

/* The members "rows" and "sets". */
void aty_search_rows(aty_search *search);

/* The member "directives". */
void aty_search_directives(aty_search *search);

#endif
