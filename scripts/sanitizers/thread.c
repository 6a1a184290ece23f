// Linked into every program of a build with the thread sanitizer: it makes the locks of Swift's standard library visible, and
// gives the processes that tests start the same options as the tests. `REPORTS` is the beginning of the reports' paths,
// `SUPPRESSIONS` the path of a file.
//
// `Mutex` takes and frees a lock that nobody waits for with an atomic operation in the code that uses it, which the sanitizer
// sees. Where somebody waits it calls the three functions below, in a library without a sanitizer: what was written under the lock
// would seem to be read without one. Here each is told to the sanitizer, and then done as before.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define HANDLE "$s15Synchronization12_MutexHandleV"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

typedef SWIFT void lock_function(uint32_t, SELF void *);
typedef SWIFT bool try_lock_function(SELF void *);
typedef SWIFT void unlock_function(SELF void *);

// The library's own: found each time, since this is the slow way anyhow.
static void *original(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (function) return function;
    fprintf(stderr, "the standard library has no %s: scripts/sanitizers/thread.c is for another release of Swift\n", name);
    abort();
}

SWIFT void tidegate_lock_slow(uint32_t thread, SELF void *handle) __asm__(HANDLE "9_lockSlowyys6UInt32VF");
SWIFT bool tidegate_try_lock_slow(SELF void *handle) __asm__(HANDLE "12_tryLockSlowSbyF");
SWIFT void tidegate_unlock_slow(SELF void *handle) __asm__(HANDLE "11_unlockSlowyyF");

SWIFT void tidegate_lock_slow(uint32_t thread, SELF void *handle) {
    ((lock_function *)original(HANDLE "9_lockSlowyys6UInt32VF"))(thread, handle);
    __tsan_acquire(handle);
}

SWIFT bool tidegate_try_lock_slow(SELF void *handle) {
    bool is_locked = ((try_lock_function *)original(HANDLE "12_tryLockSlowSbyF"))(handle);
    if (is_locked) __tsan_acquire(handle);
    return is_locked;
}

SWIFT void tidegate_unlock_slow(SELF void *handle) {
    __tsan_release(handle);
    ((unlock_function *)original(HANDLE "11_unlockSlowyyF"))(handle);
}

const char *__tsan_default_options(void) {
    return "log_path='" REPORTS "':log_exe_name=1:suppressions='" SUPPRESSIONS "':history_size=4";
}
