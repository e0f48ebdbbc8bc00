/* dump.h: the configuration of this httpd, as `authorityc import` reads it.
 *
 *     httpd -t -D DUMP_AUTHORITY
 *
 * prints it to the standard output. httpd has read its files by then: Define, Include,
 * IfModule and their like are gone, macros are expanded, addresses are resolved and each
 * server has its names.
 *
 * Format 1. A line is a keyword and its fields, with one tab before each field. In a
 * field, `\\` stands for `\` and `\xHH` for a control character. Lines come in this
 * order:
 *
 *     authority-dump 1
 *     httpd       VERSION
 *     root        PATH                 of ServerRoot
 *     sni-policy  yes|no               whether mod_ssl has SSLVHostSNIPolicy
 *     http2       yes|no               whether mod_http2 is there and works
 *     md-store    PATH                 the default of MDStoreDir; only with mod_md
 *     server      main|vhost FILE LINE NAME PROTOCOL tree|bare
 *     end
 *
 * The servers come in the order of the configuration, the main one first. FILE and LINE
 * are where a vhost begins, NAME is the name that httpd goes by, PROTOCOL `https`, `http`
 * or what Listen or Protocol says. A `bare` server comes from no line of a file. Of a
 * server follow, in any number:
 *
 *     name        NAME                 a ServerAlias
 *     pattern     NAME                 one with wildcards
 *     address     WRITTEN IP PORT      IP `*` is any, PORT 0 is any; WRITTEN as in the
 * tag speaks      [PROTOCOL ...]       of Protocols; none: httpd's default directive FILE
 * LINE NAME [WORD ...] open        FILE LINE NAME [WORD ...]    a section; its directives
 * follow close
 *
 * Only directives that have to do with TLS and names are there, in their documented
 * spelling, and sections that hold any. Words are as httpd takes them, paths absolute.
 */
#ifndef ATY_MOD_AUTHORITY_DUMP_H
#define ATY_MOD_AUTHORITY_DUMP_H

#include <httpd.h>

/* Whether the dump is asked for. It is `httpd -t` then: nothing is going to be served. */
int aty_dump_is_wanted(void);

/* test_config hook. */
void aty_dump_print(apr_pool_t *pool, server_rec *main_server);

#endif
