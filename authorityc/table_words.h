/* table_words.h: the words for what a table says in numbers. */
#ifndef ATY_AUTHORITYC_TABLE_WORDS_H
#define ATY_AUTHORITYC_TABLE_WORDS_H

#include <stdint.h>
#include <stdio.h>

#include "core/table.h"

/* "complete", "protects", …: why there is a frame, or "none: …" why there is none. */
const char *aty_words_origin_state(aty_origin_state state);

/* "client-auth", …, "http protocols", "zone". */
const char *aty_words_field(aty_field field);

/* "*:443", "[2001:db8::1]:443", "192.0.2.1:*". */
void aty_words_address_print(const aty_table *table, uint32_t address_set, FILE *stream);

/* "site.policy:12", with ", from FILE:LINE" where it was imported; "default" for what no
 * line says. */
void aty_words_place_print(const aty_table *table, aty_le32 file, aty_le32 line,
                           FILE *stream);

/* When a certificate expires, in seconds since 1970. */
int64_t aty_words_not_after(const aty_certificate_record *certificate);

#endif
