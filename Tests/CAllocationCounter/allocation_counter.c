// Stands before glibc's allocator, for tests that count. The names behind it are glibc's own.
#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

// Of the executable itself, so that reaching it allocates nothing.
static __thread long allocations __attribute__((tls_model("initial-exec")));

long tidegate_allocations_of_this_thread(void) { return allocations; }

// A sanitizer stands there itself.
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
bool tidegate_counts_allocations(void) { return false; }
#else
bool tidegate_counts_allocations(void) { return true; }

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    allocations++;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    allocations++;
    void *memory = __libc_memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}
#endif
