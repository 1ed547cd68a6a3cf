#ifndef ISSPLUS_ALLOCATION_COUNTER_H
#define ISSPLUS_ALLOCATION_COUNTER_H

#include <stdint.h>

/// Whether allocations are counted on this system; not under a sanitizer, which has an allocator of its own.
int allocation_counter_works(void);

/// How many blocks this thread has allocated so far, reallocations included.
uint64_t allocation_count(void);

#endif
