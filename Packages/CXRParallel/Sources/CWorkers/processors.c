// Asks what Swift's view of the C library lacks.
#define _GNU_SOURCE
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

#include "workers.h"

long cxr_allowed_processors(void) {
#ifdef __linux__
  // As many as a machine may have, since a set that is too small is refused.
  for (int most = CPU_SETSIZE; most <= 1 << 20; most *= 4) {
    cpu_set_t *set = CPU_ALLOC(most);
    if (!set) break;
    const size_t bytes = CPU_ALLOC_SIZE(most);
    const int count = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
  }
#endif
  return sysconf(_SC_NPROCESSORS_ONLN);
}
