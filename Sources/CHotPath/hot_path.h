#ifndef TIDEGATE_HOT_PATH_H
#define TIDEGATE_HOT_PATH_H

#include <linux/sockios.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/// send(2), and no point at which a thread can be cancelled: entering and leaving one costs the C library a locked
/// instruction each, and none of our threads is ever cancelled. Gives what send gives, with errno.
static inline long tidegate_send(int descriptor, const void *bytes, size_t count, int flags) {
    return syscall(SYS_sendto, descriptor, bytes, count, flags, NULL, 0);
}

/// One number of TCP_INFO, by its place there: -1 where the system does not give it. The places are those of
/// <linux/tcp.h>, which does not go together with <netinet/tcp.h>.
static inline int64_t tidegate_tcp_info(int descriptor, size_t place) {
    enum { tcp_info = 11 };
    char info[256];
    socklen_t length = sizeof info;
    int64_t number;
    if (getsockopt(descriptor, IPPROTO_TCP, tcp_info, info, &length) != 0) return -1;
    if (length < place + sizeof number) return -1;
    memcpy(&number, info + place, sizeof number);
    return number;
}

/// Bytes that the peer of a TCP socket has acknowledged since the beginning (tcpi_bytes_acked).
static inline int64_t tidegate_acknowledged(int descriptor) { return tidegate_tcp_info(descriptor, 120); }

/// For how many microseconds in all the peer's window had no room for what was to be sent (tcpi_rwnd_limited).
static inline int64_t tidegate_window_limited(int descriptor) { return tidegate_tcp_info(descriptor, 176); }

/// Bytes that a TCP socket has been given and has not sent yet; 0 where the system does not say.
static inline int tidegate_unsent(int descriptor) {
    int count = 0;
    return ioctl(descriptor, SIOCOUTQNSD, &count) == 0 ? count : 0;
}

/// Bounds them: beyond, the socket counts as full. Gives what setsockopt gives.
static inline int tidegate_limit_unsent(int descriptor, int bytes) {
    enum { tcp_notsent_lowat = 25 };
    return setsockopt(descriptor, IPPROTO_TCP, tcp_notsent_lowat, &bytes, sizeof bytes);
}

/// Has the processor fetch what stands at an address and behind it, while it does something else.
static inline void tidegate_prefetch(const void *address) {
    __builtin_prefetch(address, 1);
    __builtin_prefetch((const char *)address + 64, 1);
}

#endif
