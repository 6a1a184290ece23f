#ifndef TIDEGATE_ALLOCATION_COUNTER_H
#define TIDEGATE_ALLOCATION_COUNTER_H

/// How often the calling thread has allocated memory since it started: every malloc of the process comes by here.
long tidegate_allocations_of_this_thread(void);

#endif
