/* report_html.h: pieces of HTML that is XML as well.
 */
#ifndef ATY_AUTHORITYC_REPORT_HTML_H
#define ATY_AUTHORITYC_REPORT_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <apr_pools.h>

#include "core/reason.h"
#include "core/table.h"

/* Text of anybody's, for an element or an attribute in quotes: nothing of it is markup.
 * What is no UTF-8, and control characters but for line ends and tabs, become U+FFFD. */
void aty_html_text(FILE *out, const char *text);
void aty_html_text_counted(FILE *out, const char *text, size_t length);

/* A word that keeps the direction of its letters to itself; it may be broken at dots. */
void aty_html_word(FILE *out, const char *text);

/* "1,234,567". */
const char *aty_number_text(apr_pool_t *pool, uint64_t number);
void aty_html_number(FILE *out, uint64_t number);

/* "1 name", "1,234 names". */
void aty_html_count(FILE *out, uint64_t number, const char *what);

/* "client-auth, http1-only". */
void aty_html_reasons(FILE *out, aty_reasons reasons);

/* "site.policy:12, from FILE:LINE", in small letters. */
void aty_html_place(FILE *out, const aty_table *table, aty_le32 file, aty_le32 line);

/* The ServerName of a vhost, which the script makes a link to the search. */
void aty_html_vhost(FILE *out, const aty_table *table, uint32_t vhost);

/* "*:443", as a string of the pool. */
const char *aty_html_address(apr_pool_t *pool, const aty_table *table,
                             uint32_t address_set);

#endif
