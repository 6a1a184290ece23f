#ifndef TIDEGATE_ALLOCATION_COUNTER_H
#define TIDEGATE_ALLOCATION_COUNTER_H

#include <stdbool.h>

/// How often the calling thread has allocated memory since it started: every malloc of the process comes by here.
long tidegate_allocations_of_this_thread(void);

/// False where a sanitizer has taken the allocator's place: the count stays as it is then.
bool tidegate_counts_allocations(void);

#endif
