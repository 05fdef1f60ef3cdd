// Buffers: aligned for the widest vectors, the large ones in huge pages, so that scattered frequencies do
// not miss the address cache, and kept for the next of their size.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
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

size_t cxr_buffer_footprint(size_t bytes) {
#if defined(__linux__)
  if (bytes >= large) return mapped(bytes);
#endif
  return bytes;
}

static void *allocate(size_t bytes) {
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
  return posix_memalign(&memory, LINE, bytes ? bytes : LINE) ? 0 : memory;
}

static void deallocate(void *memory, size_t bytes) {
#if defined(__linux__)
  if (bytes >= large) {
    munmap(memory, mapped(bytes));
    return;
  }
#endif
  free(memory);
}

// ---- Between two uses
//
// What is let go is kept for the next of its size, as long as all together are no more than what was in use at once before:
// a pass meets the pages of the one before it, and takes no more memory for that.

enum { SMALLEST = 1 << 16, PLACES = 1024 };

// Oldest first.
static struct {
  void *memory;
  size_t bytes;
  const char *giver;
} idle[PLACES];
static _Thread_local char self;  // Its address tells threads apart.
static int idle_count = 0;
static size_t idle_bytes = 0, used_bytes = 0, most_bytes = CXR_LEAST_KEPT;
static long made = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// Takes place i out, with the lock held.
static void *taken(int i, size_t *bytes) {
  void *memory = idle[i].memory;
  *bytes = idle[i].bytes;
  idle_bytes -= idle[i].bytes;
  idle_count--;
  for (; i < idle_count; i++) idle[i] = idle[i + 1];
  return memory;
}

// Gives the oldest back to the system until so many bytes more, and so many places, are no more than there may be; whether
// any was there.
static int make_room(size_t bytes, int places) {
  for (int found = 0;; found = 1) {
    size_t freed = 0;
    pthread_mutex_lock(&lock);
    const int full =
        used_bytes + idle_bytes + bytes > most_bytes || idle_count + places > PLACES;
    void *memory = full && idle_count > 0 ? taken(0, &freed) : 0;
    pthread_mutex_unlock(&lock);
    if (!memory) return found;
    deallocate(memory, freed);
  }
}

static void count_use(size_t bytes) {
  pthread_mutex_lock(&lock);
  used_bytes += bytes;
  if (used_bytes > most_bytes) most_bytes = used_bytes;
  pthread_mutex_unlock(&lock);
}

void *cxr_take_buffer(size_t bytes, size_t *capacity) {
  *capacity = bytes;
  if (bytes < SMALLEST) {
    void *memory = allocate(bytes);
    return memory || !make_room(SIZE_MAX / 2, 0) ? memory : allocate(bytes);
  }
  pthread_mutex_lock(&lock);
  // The tightest fit, so that a large one is there when it is needed. Where much is asked for, none that is much larger: what
  // is kept for gradients would hold the rest. Among equals the one that this thread gave, whose cache may still hold it.
  const size_t most = bytes < CXR_SCRATCH ? 4 * bytes : bytes + bytes / 4;
  int best = -1;
  for (int i = 0; i < idle_count; i++)
    if (idle[i].bytes >= bytes && idle[i].bytes <= most &&
        (best < 0 || idle[i].bytes < idle[best].bytes ||
         (idle[i].bytes == idle[best].bytes && idle[i].giver == &self)))
      best = i;
  void *memory = best < 0 ? 0 : taken(best, capacity);
  if (best < 0) made++;
  pthread_mutex_unlock(&lock);
  if (!memory) {
    make_room(bytes, 0);
    memory = allocate(bytes);
    if (!memory && make_room(SIZE_MAX / 2, 0)) memory = allocate(bytes);
  }
  if (memory) count_use(*capacity);
  return memory;
}

int cxr_can_allocate(size_t bytes) {
  if (bytes == 0) return 1;
  void *memory = allocate(bytes);
  if (!memory) return 0;
  deallocate(memory, bytes);
  return 1;
}

void cxr_give_buffer(void *memory, size_t capacity) {
  if (!memory) return;
  if (capacity < SMALLEST) {
    deallocate(memory, capacity);
    return;
  }
  pthread_mutex_lock(&lock);
  used_bytes -= capacity;
  pthread_mutex_unlock(&lock);
  make_room(capacity, 1);
  pthread_mutex_lock(&lock);
  // Another thread may have taken the last place.
  const int fits = idle_count < PLACES;
  if (fits) {
    idle[idle_count].memory = memory;
    idle[idle_count].giver = &self;
    idle[idle_count++].bytes = capacity;
    idle_bytes += capacity;
  }
  pthread_mutex_unlock(&lock);
  if (!fits) deallocate(memory, capacity);
}

long cxr_made_buffers(void) {
  pthread_mutex_lock(&lock);
  const long count = made;
  pthread_mutex_unlock(&lock);
  return count;
}
