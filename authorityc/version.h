/* version.h: the version of authorityc, in its one place. */
#ifndef ATY_AUTHORITYC_VERSION_H
#define ATY_AUTHORITYC_VERSION_H

#define ATY_VERSION "0.1.0"

#endif
