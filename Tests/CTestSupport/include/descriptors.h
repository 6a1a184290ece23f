#ifndef TIDEGATE_DESCRIPTORS_H
#define TIDEGATE_DESCRIPTORS_H

/// Marks all descriptors of the process but its standard ones to be closed where it becomes another program. Gives 0, or -1 with
/// errno.
int tidegate_close_descriptors_on_exec(void);

#endif
