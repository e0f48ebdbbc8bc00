/* format.h: the bytes of a table. authority.table(5) describes the same for people.
 *
 * Little-endian, fixed-width records, no padding, no alignment: every number is an
 * aty_le32, so a table can be read where it lies on any machine. All references are
 * indexes into sections or byte offsets into the strings; ATY_NONE says "none".
 * A SHA-256 over all that comes before it ends the file.
 */
#ifndef ATY_CORE_FORMAT_H
#define ATY_CORE_FORMAT_H

#include <stdint.h>

#define ATY_TABLE_MAGIC   "ATYTABLE" /* 8 bytes, without its NUL */
#define ATY_TABLE_VERSION 1
#define ATY_DIGEST_SIZE   32
#define ATY_NONE          UINT32_MAX

typedef struct {
    uint8_t bytes[4];
} aty_le32;

static inline uint32_t aty_get(aty_le32 number)
{
    return (uint32_t)number.bytes[0] | (uint32_t)number.bytes[1] << 8 |
           (uint32_t)number.bytes[2] << 16 | (uint32_t)number.bytes[3] << 24;
}

static inline aty_le32 aty_put(uint32_t number)
{
    return (aty_le32){{(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                       (uint8_t)(number >> 24)}};
}

typedef enum {
    ATY_SECTION_STRINGS,      /* bytes: NUL-terminated strings; offset 0 is "" */
    ATY_SECTION_ADDRESS_SETS, /* aty_address_set_record */
    ATY_SECTION_VHOSTS,       /* aty_vhost_record, in file order */
    ATY_SECTION_SEATS,        /* aty_seat_record, by vhost */
    ATY_SECTION_NAMES,        /* aty_name_record, by vhost, ServerName first */
    ATY_SECTION_NAME_INDEX,   /* aty_le32 slots: name index by (address set, name) */
    ATY_SECTION_WILD_INDEX,   /* aty_le32 slots: name index by (address set, suffix) */
    ATY_SECTION_ODD_PATTERNS, /* aty_le32 name indexes, by address set, then in order */
    ATY_SECTION_SETTINGS,     /* aty_setting_record */
    ATY_SECTION_CERTIFICATES, /* aty_certificate_record */
    ATY_SECTION_CERTIFICATE_LISTS, /* aty_le32 certificate indexes */
    ATY_SECTION_CERTIFICATE_NAMES, /* aty_le32 string offsets, ascending by strcmp */
    ATY_SECTION_LOCATIONS,         /* aty_location_record, by vhost */
    ATY_SECTION_PAIRS,   /* aty_pair_record, ascending by (vhost, strcmp of name) */
    ATY_SECTION_FRAMES,  /* bytes: encoded ORIGIN frames */
    ATY_SECTION_PLACES,  /* aty_place_record, by setting */
    ATY_SECTION_SOURCES, /* aty_source_record, ascending by (file, line) */
    ATY_SECTION_COUNT
} aty_section;

/* What is compared between two vhosts. The first seven are mod_ssl's, and their order is
 * that of the reasons; the last two are ours. */
typedef enum {
    ATY_FIELD_CLIENT_AUTH,
    ATY_FIELD_CLIENT_CA,
    ATY_FIELD_REVOCATION,
    ATY_FIELD_CERTIFICATE,
    ATY_FIELD_PROTOCOL,
    ATY_FIELD_CIPHERS,
    ATY_FIELD_OPENSSL_CONF,
    ATY_FIELD_TLS_COUNT,
    ATY_FIELD_HTTP = ATY_FIELD_TLS_COUNT, /* Protocols */
    ATY_FIELD_ZONE,                       /* Zone, Isolate */
    ATY_FIELD_COUNT
} aty_field;

/* SNIPolicy: what the httpd in question does by itself. */
typedef enum {
    ATY_SNI_STRICT,
    ATY_SNI_SECURE,
    ATY_SNI_AUTHONLY,
    ATY_SNI_INSECURE,
    ATY_SNI_LEGACY,
    ATY_SNI_COUNT
} aty_sni_policy;

typedef struct {
    aty_le32 offset; /* from the first byte of the file */
    aty_le32 count;  /* of records */
    aty_le32
        record_size; /* bytes; as this version's struct, else the table is malformed */
} aty_section_record;

typedef struct {
    uint8_t magic[8];
    aty_le32 version;
    aty_le32 header_size;
    aty_le32 file_size;  /* with the digest at its end */
    aty_le32 sni_policy; /* aty_sni_policy */
    aty_section_record sections[ATY_SECTION_COUNT];
} aty_header_record;

/* One (address, port) that vhosts are declared on: what httpd searches for a name. */
typedef struct {
    aty_le32 host; /* string: "*", or the address as inet_ntop writes it */
    aty_le32 port; /* 0: any */
    aty_le32 default_vhost;
    aty_le32 first_odd; /* in the odd patterns */
    aty_le32 odd_count;
} aty_address_set_record;

#define ATY_VHOST_H2             (1u << 0) /* Protocols allows h2 */
#define ATY_VHOST_ADVERTISED     (1u << 1) /* Advertise on */
#define ATY_VHOST_REJECT_UNKNOWN (1u << 2) /* UnknownAuthority reject */
#define ATY_VHOST_PROTOCOL_SET   (1u << 3) /* SSLProtocol stands somewhere for it */
#define ATY_VHOST_CIPHERS_SET    (1u << 4) /* SSLCipherSuite (TLS 1.2) likewise */
#define ATY_VHOST_OLD_TLS        (1u << 5) /* allows TLS 1.2 or older */
#define ATY_VHOST_ASKS           (1u << 6) /* SSLVerifyClient is not none */
#define ATY_VHOST_REQUIRES       (1u << 7) /* SSLVerifyClient require */
#define ATY_VHOST_NEW_TLS        (1u << 8) /* allows TLS 1.3 */

typedef struct {
    aty_le32 file; /* string; where <VirtualHost> stands */
    aty_le32 line;
    aty_le32 first_name, name_count;
    aty_le32 first_seat, seat_count;
    aty_le32 settings[ATY_FIELD_COUNT];
    aty_le32 first_certificate, certificate_count; /* in the certificate lists */
    aty_le32 first_location, location_count;
    aty_le32 flags;
    aty_le32 public_port; /* what clients see; 0: the address set's */
} aty_vhost_record;

/* Why a seat has, or has not, an ORIGIN frame. */
typedef enum {
    ATY_ORIGIN_COMPLETE,   /* sent: the list is complete */
    ATY_ORIGIN_PROTECTS,   /* sent, although incomplete: something must not come here */
    ATY_ORIGIN_ALWAYS,     /* sent, although incomplete: Origin always */
    ATY_ORIGIN_HTTP1_ONLY, /* none: no h2 here */
    ATY_ORIGIN_NEVER,      /* none: Origin never */
    ATY_ORIGIN_WILDCARD,   /* none: a wildcard name would be left out */
    ATY_ORIGIN_BUDGET,     /* none: over OriginBudget */
    ATY_ORIGIN_COUNT
} aty_origin_state;

/* A vhost on one of its address sets. */
typedef struct {
    aty_le32 address_set;
    aty_le32 group;        /* vhosts of one group agree in all that is compared */
    aty_le32 origin_state; /* aty_origin_state */
    aty_le32 frame;        /* byte offset in the frames, or ATY_NONE */
    aty_le32 frame_size;   /* bytes, with the frame header */
} aty_seat_record;

typedef struct {
    aty_le32 name; /* string, lower case */
    aty_le32 vhost;
} aty_name_record;

/* Where a directive stands; file "" for a default. */
typedef struct {
    aty_le32 file; /* string */
    aty_le32 line;
} aty_place_record;

/* Where a line of an imported policy comes from. */
typedef struct {
    aty_le32 file; /* string, of a place */
    aty_le32 line;
    aty_le32 source; /* string: "FILE:LINE" of httpd's configuration */
} aty_source_record;

/* A field's value. Both strings are interned: equal values have equal offsets. */
typedef struct {
    aty_le32 text; /* string: the directives as mod_ssl compares them, a line each, with a
                      line end between them; setting.h reads them */
    aty_le32 real; /* string: what they come to; what counts */
    aty_le32 first_place, place_count; /* of the lines, in their order */
} aty_setting_record;

typedef struct {
    aty_le32 path;                          /* string: the file it was first read from */
    aty_le32 first_name, name_count;        /* in the certificate names */
    aty_le32 not_after_low, not_after_high; /* seconds since 1970, UTC */
    uint8_t fingerprint[32];                /* SHA-256 of its DER */
} aty_certificate_record;

#define ATY_LOCATION_CLIENT_AUTH (1u << 0)
#define ATY_LOCATION_CIPHERS     (1u << 1)
#define ATY_LOCATION_ANY         (ATY_LOCATION_CLIENT_AUTH | ATY_LOCATION_CIPHERS)

/* In `verify`, beside ATY_VHOST_ASKS and ATY_VHOST_REQUIRES, its SSLVerifyClient: a
 * smaller depth or other CAs than the vhost's own. */
#define ATY_LOCATION_STRICTER (1u << 0)

typedef struct {
    aty_le32 path;   /* string */
    aty_le32 needs;  /* ATY_LOCATION_… that an h2 connection of its vhost cannot give */
    aty_le32 verify; /* what it says of client certificates */
    aty_le32 ciphers; /* string: its SSLCipherSuite as the setting's text has it, or "" */
    aty_le32 file;    /* string */
    aty_le32 line;
} aty_location_record;

/* AcceptPair: the connection's vhost, and the authority that may come there. */
typedef struct {
    aty_le32 vhost;
    aty_le32 authority; /* string, lower case */
} aty_pair_record;

#endif
