#ifndef ISSPLUS_JSONC_SHIM_H
#define ISSPLUS_JSONC_SHIM_H

#include <json.h>

#endif
