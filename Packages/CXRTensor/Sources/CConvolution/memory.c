// Large buffers: aligned for the widest vectors, in huge pages, so that scattered frequencies do not
// miss the address cache.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "convolution_engine.h"

enum { LINE = 64 };
static const size_t huge = (size_t)2 << 20;

void *cxr_allocate(size_t bytes) {
#if defined(__linux__)
  if (bytes >= huge) {
    // Cut from a larger reservation, so that it begins at a huge page.
    char *all = mmap(0, bytes + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) return 0;
    const size_t before = (huge - (size_t)all % huge) % huge;
    char *memory = all + before;
    if (before) munmap(all, before);
    const size_t end = (bytes + 4095) / 4096 * 4096;
    if (before + end < bytes + huge) munmap(memory + end, (bytes + huge - before - end) / 4096 * 4096);
    madvise(memory, end / huge * huge, MADV_HUGEPAGE);
    return memory;
  }
#endif
  void *memory = 0;
  if (posix_memalign(&memory, LINE, bytes ? bytes : LINE)) return 0;
  memset(memory, 0, bytes);
  return memory;
}

void cxr_deallocate(void *memory, size_t bytes) {
  if (!memory) return;
#if defined(__linux__)
  if (bytes >= huge) {
    munmap(memory, (bytes + 4095) / 4096 * 4096);
    return;
  }
#endif
  free(memory);
}
