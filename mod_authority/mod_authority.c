/* mod_authority: tells HTTP/2 clients which names belong on a connection, and refuses
 * requests that came on the wrong one.
 *
 *     LoadModule     authority_module modules/mod_authority.so
 *     AuthorityTable conf/site.table          # written by authorityc(1)
 *
 * AuthorityTable path    (server) the compiled policy. Without it the module does
 *                        nothing at all.
 * AuthorityEngine on|off|observe (server, vhost; default on) `off` for a vhost: its
 *                        requests are not judged, and its connections get no ORIGIN
 *                        frame; `observe`: they are judged, and nothing comes of it.
 * AuthorityOrigin on|off (server, vhost; default on) whether connections of the vhost get
 *                        an ORIGIN frame.
 * AuthorityDrift quarantine|refuse|ignore (server; default quarantine) what becomes of a
 *                        vhost whose names, addresses or TLS are not the table's.
 *
 * Only TLS connections of mod_ssl are looked at. Each request that was decided has
 * AUTHORITY_VERDICT (same, shared, misdirected) and AUTHORITY_CONN in its environment,
 * for LogFormat's %{…}e; unless it is plainly for the connection's own vhost
 * AUTHORITY_GROUP too, and where misdirected AUTHORITY_REASON. A misdirected request gets
 * 421 and a line ATY301 at LogLevel info that names the lines of the policy. All is
 * counted, and `SetHandler authority-status` shows it.
 *
 * At each start every vhost with TLS is compared with the table. One that differs shares
 * with nobody until policy and configuration agree again, and a line ATY104 says why.
 *
 * A table that cannot be used stops the first start and `httpd -t`. At a restart it only
 * costs the connections their sharing, and a line ATY101 says so.
 */
#include "mod_authority/httpd_needed.h" /* before what an older one has not */

#include <httpd.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_protocol.h>

#include <mod_ssl_openssl.h>
#include <mod_status.h>

#include "mod_authority/config.h"
#include "mod_authority/connection.h"
#include "mod_authority/dump.h"
#include "mod_authority/live.h"
#include "mod_authority/memory.h"
#include "mod_authority/misdirected.h"
#include "mod_authority/origin_filter.h"
#include "mod_authority/startup.h"
#include "mod_authority/status.h"

static void register_hooks(apr_pool_t *pool)
{
    static const char *const tls[] = {"mod_ssl.c", NULL};
    static const char *const tls_ready[] = {"mod_ssl.c", "mod_md.c", NULL};
    static const char *const before_misdirected[] = {"mod_http2.c", "mod_proxy.c",
                                                     "mod_remoteip.c", NULL};

    (void)pool;
    /* check_config is the last hook that `httpd -t` runs and that can refuse. */
    ap_hook_check_config(aty_startup_check, NULL, NULL, APR_HOOK_MIDDLE);
    /* What `httpd -t` runs last. */
    ap_hook_test_config(aty_dump_print, NULL, NULL, APR_HOOK_MIDDLE);
    /* Optional hooks: without mod_ssl nobody calls them, and all rests. They do not
     * depend on the order of LoadModule either. */
    APR_OPTIONAL_HOOK(ssl, init_server, aty_live_see, NULL, NULL, APR_HOOK_MIDDLE);
    /* Before mod_ssl's own pre_connection is through, so that the state exists as soon
     * as TLS does. */
    APR_OPTIONAL_HOOK(ssl, pre_handshake, aty_connection_begin, NULL, NULL,
                      APR_HOOK_MIDDLE);
    /* Before there are children, which inherit it. */
    ap_hook_post_config(aty_memory_prepare, NULL, NULL, APR_HOOK_MIDDLE);
    /* When each SSL_CTX exists, with the certificates that mod_md brings. */
    ap_hook_post_config(aty_startup_map, tls_ready, NULL, APR_HOOK_LAST);
    /* After the handshake, which mod_ssl completes in this hook, and before mod_http2,
     * which sends SETTINGS in it (APR_HOOK_LAST). Naming mod_http2 as a successor would
     * put us before its hook for streams as well. */
    ap_hook_process_connection(aty_connection_resolve, tls, NULL, APR_HOOK_MIDDLE + 5);
    /* After mod_http2 prepared the stream for its answer, mod_proxy marked forward-proxy
     * requests and mod_remoteip found the client to log; before mod_ssl would refuse. */
    ap_hook_post_read_request(aty_misdirected_refuse, before_misdirected, tls,
                              APR_HOOK_FIRST);
    /* Where nobody who looks at every request has answered already. */
    ap_hook_handler(aty_status_answer, NULL, NULL, APR_HOOK_MIDDLE);
    /* After the sections of httpd's own modules. */
    APR_OPTIONAL_HOOK(ap, status_hook, aty_status_extend, NULL, NULL, APR_HOOK_LAST);
    aty_origin_filter_register();
}

/* The only symbol of the .so that httpd, or anybody, may see. */
__attribute__((visibility("default"))) AP_DECLARE_MODULE(authority) = {
    STANDARD20_MODULE_STUFF,
    NULL, /* per directory: nothing */
    NULL,
    aty_config_create,
    aty_config_merge,
    aty_config_directives,
    register_hooks,
    AP_MODULE_FLAG_ALWAYS_MERGE, /* so that every vhost has a record of its own */
};
