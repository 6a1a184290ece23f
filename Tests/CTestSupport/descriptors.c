// What Swift's Glibc does not show, since glibc declares it only on request.
#define _GNU_SOURCE
#include "descriptors.h"

#include <unistd.h>
#include <linux/close_range.h>

int tidegate_close_descriptors_on_exec(void) { return close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); }
