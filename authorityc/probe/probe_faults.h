/* probe_faults.h: what `authorityc probe` can find, as a closed list.
 *
 * The order is the order in which they are told: what opens something comes first. Names
 * are stable: they stand in answers, in JSON and in administrators' scripts.
 */
#ifndef ATY_AUTHORITYC_PROBE_FAULTS_H
#define ATY_AUTHORITYC_PROBE_FAULTS_H

typedef enum {
    ATY_FAULT_OPENED,
    ATY_FAULT_CLIENT_CERTIFICATE_NOT_ASKED,
    ATY_FAULT_WRONG_VHOST,
    ATY_FAULT_UNREACHABLE,
    ATY_FAULT_NO_TLS,
    ATY_FAULT_WRONG_CERTIFICATE,
    ATY_FAULT_EXPIRED_CERTIFICATE,
    ATY_FAULT_UNTRUSTED_CERTIFICATE,
    ATY_FAULT_CLIENT_CERTIFICATE_ASKED,
    ATY_FAULT_ALPN,
    ATY_FAULT_PROTOCOL,
    ATY_FAULT_ORIGIN_MALFORMED,
    ATY_FAULT_ORIGIN_TOO_LARGE,
    ATY_FAULT_ORIGIN_UNEXPECTED,
    ATY_FAULT_ORIGIN_DIFFERS,
    ATY_FAULT_ORIGIN_MISSING,
    ATY_FAULT_REFUSED,
    ATY_FAULT_RESET,
    ATY_FAULT_NO_ANSWER,
    ATY_FAULT_FLEET_DIFFERS,
    ATY_FAULT_RESOLVES_ELSEWHERE,
    ATY_FAULT_RESOLVES_NOWHERE,
    ATY_FAULT_ENDING_CERTIFICATE,
    ATY_FAULT_COUNT
} aty_probe_fault;

typedef enum {
    ATY_GRAVITY_WARNING, /* nothing is broken yet */
    ATY_GRAVITY_ERROR,
    ATY_GRAVITY_DANGER /* somebody gets what is not meant for them */
} aty_probe_gravity;

/* What the answers to pairs are held against. */
typedef enum {
    ATY_SERVER_AUTHORITY, /* the policy's verdicts */
    ATY_SERVER_HTTPD,     /* what mod_ssl alone answers */
    ATY_SERVER_OTHER      /* nothing */
} aty_probe_server;

/* The stable name, as "wrong-certificate". */
const char *aty_fault_name(aty_probe_fault fault);

aty_probe_gravity aty_fault_gravity(aty_probe_fault fault);

/* "danger", "error", "warning". */
const char *aty_gravity_name(aty_probe_gravity gravity);

/* What it is, in one sentence: lower case, no full stop. */
const char *aty_fault_sentence(aty_probe_fault fault);

/* What to do about it, likewise, in terms of what such a server has. */
const char *aty_fault_way_out(aty_probe_fault fault, aty_probe_server server);

#endif
