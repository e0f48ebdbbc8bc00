#include "mod_authority/http2.h"

#include <strings.h>

#include <httpd.h>

#include <ap_mpm.h>
#include <http_config.h>

bool aty_http2_is_served(void)
{
    return ap_find_linked_module("mod_http2.c") &&
           strcasecmp(ap_show_mpm(), "prefork") != 0;
}
