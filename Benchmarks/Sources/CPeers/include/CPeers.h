#ifndef ISSPLUS_BENCH_CPEERS_H
#define ISSPLUS_BENCH_CPEERS_H

#include "CSender.h"
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Each decoder reads one packet and returns its cells, or -1 when it cannot. `body` has 64 readable bytes behind it.
long peer_simdjson(const uint8_t *body, size_t length);
long peer_simdjson_stage1(const uint8_t *body, size_t length);
long peer_jsonc(const uint8_t *body, size_t length);

/// Whether the library was there when this was built.
int peer_has_simdjson(void);
int peer_has_jsonc(void);

/// Bytes a second that one thread reads, and copies, of a buffer beyond the caches.
double memory_read_bandwidth(void);
double memory_copy_bandwidth(void);

/// Independent additions a nanosecond, over about a millisecond; 0 where nobody has written them down. A core that runs
/// two programs at once does them slower, and so all code that is not waiting for memory.
double additions_a_nanosecond(void);

/// Bytes that the allocator has given out.
size_t allocated_bytes(void);

#ifdef __cplusplus
}
#endif
#endif
