// Preloaded under valgrind. libdispatch ends the main thread of a process and lets another serve its queue, which valgrind
// 3.19 does not survive (it writes into the mask of sigsuspend). Here the main thread serves its queue itself.
#include <poll.h>
#include <stddef.h>
#include <sys/eventfd.h>

int _dispatch_get_main_queue_handle_4CF(void);
void _dispatch_main_queue_callback_4CF(void *);

void dispatch_main(void) {
    struct pollfd queue = {_dispatch_get_main_queue_handle_4CF(), POLLIN, 0};
    for (;;) {
        _dispatch_main_queue_callback_4CF(NULL);
        poll(&queue, 1, -1);
        eventfd_t wakeups;
        eventfd_read(queue.fd, &wakeups);
    }
}
