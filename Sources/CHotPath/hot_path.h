#ifndef TIDEGATE_HOT_PATH_H
#define TIDEGATE_HOT_PATH_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/// send(2), and no point at which a thread can be cancelled: entering and leaving one costs the C library a locked
/// instruction each, and none of our threads is ever cancelled. Gives what send gives, with errno.
static inline long tidegate_send(int descriptor, const void *bytes, size_t count, int flags) {
    return syscall(SYS_sendto, descriptor, bytes, count, flags, NULL, 0);
}

/// Has the processor fetch what stands at an address and behind it, while it does something else.
static inline void tidegate_prefetch(const void *address) {
    __builtin_prefetch(address, 1);
    __builtin_prefetch((const char *)address + 64, 1);
}

#endif
