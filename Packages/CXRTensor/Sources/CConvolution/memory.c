// Large buffers: aligned for the widest vectors, in huge pages, so that scattered frequencies do not
// miss the address cache.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "convolution_engine.h"

enum { LINE = 64, PAGE = 4096 };
static const size_t huge = (size_t)2 << 20;
// From this size a whole huge page is worth it, even where it stays partly empty.
static const size_t large = (size_t)160 << 10;

static size_t mapped(size_t bytes) {
  const size_t rest = bytes % huge;
  return rest == 0 || rest >= large ? (bytes + huge - 1) / huge * huge
                                    : (bytes + PAGE - 1) / PAGE * PAGE;
}

void *cxr_allocate(size_t bytes) {
#if defined(__linux__)
  if (bytes >= large) {
    // Cut from a larger reservation, so that it begins at a huge page.
    const size_t size = mapped(bytes);
    char *all = mmap(0, size + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) return 0;
    const size_t before = (huge - (size_t)all % huge) % huge;
    if (before) munmap(all, before);
    if (before < huge) munmap(all + before + size, huge - before);
    madvise(all + before, size / huge * huge, MADV_HUGEPAGE);
    return all + before;
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
  if (bytes >= large) {
    munmap(memory, mapped(bytes));
    return;
  }
#endif
  free(memory);
}
