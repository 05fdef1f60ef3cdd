// Buffers: aligned for the widest vectors, the large ones in huge pages, so that scattered frequencies do
// not miss the address cache, and kept for the next.
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

#if defined(__linux__)
// Addresses from a huge page on, cut from a longer run of them; null where there are none.
static char *reserved(size_t size, int protection) {
  char *all = mmap(0, size + huge, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE * (protection == PROT_NONE), -1, 0);
  if (all == MAP_FAILED) return 0;
  const size_t before = (huge - (size_t)all % huge) % huge;
  if (before) munmap(all, before);
  if (before < huge) munmap(all + before + size, huge - before);
  return all + before;
}
#endif

static void *allocate(size_t bytes) {
#if defined(__linux__)
  if (bytes >= large) {
    const size_t size = mapped(bytes);
    char *memory = reserved(size, PROT_READ | PROT_WRITE);
    if (memory) madvise(memory, size / huge * huge, MADV_HUGEPAGE);
    return memory;
  }
#endif
  void *memory = 0;
  return posix_memalign(&memory, LINE, bytes ? bytes : LINE) ? 0 : memory;
}

static void deallocate(void *memory, size_t bytes) {
#if defined(__linux__)
  if (bytes >= large) {
    munmap(memory, bytes);
    return;
  }
#endif
  free(memory);
}

// ---- Between two uses
//
// What is let go is kept for the next, as long as all together are no more than what was in use at once before: a pass meets
// the pages of the one before it, and takes no more memory for that. Pieces of whole pages are cut to what is asked for, and
// grow together with their neighbours when they come back; each begins at a huge page. Where no piece is long enough, the pages
// of several are brought together at new addresses, which costs some microseconds a huge page, where a new one is to be cleared.

enum { SMALLEST = 1 << 16, PLACES = 1024, MOST_PARTS = 64 };

typedef struct {
  char *memory;
  size_t bytes;
  const char *giver;
} piece;

struct cxr_pool {
  piece idle[PLACES];  // Oldest first.
  int idle_count;
  size_t idle_bytes, used_bytes, most_bytes;
  size_t most_held;  // In use and idle, at once.
  long made;
  char *imagined;  // Where the next piece of a forecast would lie; null where memory is real.
  pthread_mutex_t lock;
};

static cxr_pool pool = {.most_bytes = CXR_LEAST_KEPT, .lock = PTHREAD_MUTEX_INITIALIZER};
static _Thread_local char self;  // Its address tells threads apart.

static int is_cut(size_t bytes) {
#if defined(__linux__)
  return bytes >= large;
#else
  return 0;
#endif
}

static void *make(cxr_pool *pool, size_t bytes) {
  if (!pool->imagined) return allocate(bytes);
  char *memory = pool->imagined;
  // Never beside another.
  pool->imagined += bytes + 2 * huge;
  return memory;
}

static void let_go(const cxr_pool *pool, void *memory, size_t bytes) {
  if (!pool->imagined) deallocate(memory, bytes);
}

// ---- With the lock held

static piece taken(cxr_pool *pool, int i) {
  const piece found = pool->idle[i];
  pool->idle_bytes -= found.bytes;
  pool->idle_count--;
  for (; i < pool->idle_count; i++) pool->idle[i] = pool->idle[i + 1];
  return found;
}

static void keep(cxr_pool *pool, piece kept) {
  if (is_cut(kept.bytes))
    for (int i = pool->idle_count - 1; i >= 0; i--) {
      const piece other = pool->idle[i];
      if (!is_cut(other.bytes)) continue;
      const int follows = other.memory + other.bytes == kept.memory;
      if (!follows && kept.memory + kept.bytes != other.memory) continue;
      taken(pool, i);
      if (follows) kept.memory = other.memory;
      kept.bytes += other.bytes;
    }
  pool->idle[pool->idle_count++] = kept;
  pool->idle_bytes += kept.bytes;
}

static void count_use(cxr_pool *pool, size_t bytes) {
  pool->used_bytes += bytes;
  if (pool->used_bytes > pool->most_bytes) pool->most_bytes = pool->used_bytes;
  const size_t held = pool->used_bytes + pool->idle_bytes;
  if (held > pool->most_held) pool->most_held = held;
}

// Of the oldest, what so many bytes more, and so many places, are too much; null where nothing is.
static piece surplus(cxr_pool *pool, size_t bytes, int places) {
  const size_t held = pool->used_bytes + pool->idle_bytes;
  const size_t over = bytes > pool->most_bytes            ? SIZE_MAX
                      : held > pool->most_bytes - bytes ? held - (pool->most_bytes - bytes)
                                                        : 0;
  if (pool->idle_count == 0 || (over == 0 && pool->idle_count + places <= PLACES))
    return (piece){0};
  piece oldest = taken(pool, 0);
  // The rest of a large one stays, and stays the oldest; what goes is of whole pages still.
  const size_t goes = over > large ? over : large;
  const size_t stays = over && oldest.bytes > goes ? (oldest.bytes - goes) / huge * huge : 0;
  if (stays && is_cut(oldest.bytes) && pool->idle_count + places < PLACES) {
    for (int i = pool->idle_count++; i > 0; i--) pool->idle[i] = pool->idle[i - 1];
    pool->idle[0] = (piece){oldest.memory, stays, oldest.giver};
    pool->idle_bytes += stays;
    oldest.memory += stays;
    oldest.bytes -= stays;
  }
  return oldest;
}

// The tightest fit, so that a large one is there when it is needed. Among equals the one that this thread gave, whose cache may
// still hold it.
static piece fitting(cxr_pool *pool, size_t bytes) {
  // What cannot be cut holds the rest: of much, not much.
  const size_t most = is_cut(bytes)         ? SIZE_MAX
                      : bytes < CXR_SCRATCH ? 4 * bytes
                                            : bytes + bytes / 4;
  int best = -1;
  for (int i = 0; i < pool->idle_count; i++) {
    const piece other = pool->idle[i];
    if (other.bytes < bytes || other.bytes > most || is_cut(other.bytes) != is_cut(bytes)) continue;
    if (best < 0 || other.bytes < pool->idle[best].bytes ||
        (other.bytes == pool->idle[best].bytes && other.giver == &self))
      best = i;
  }
  if (best < 0) return (piece){0};
  piece found = taken(pool, best);
  const size_t cut = (bytes + huge - 1) / huge * huge;
  if (is_cut(bytes) && found.bytes >= cut + huge) {
    keep(pool, (piece){found.memory + cut, found.bytes - cut, found.giver});
    found.bytes = cut;
  }
  return found;
}

// Whole huge pages of the smallest pieces, no more than `bytes` in all, to be brought together; what a piece has besides whole
// ones comes with its part. Returns how many parts there are.
static int parts_of(cxr_pool *pool, size_t bytes, piece *parts) {
  int count = 0;
  size_t left = bytes / huge;
  while (left > 0 && count < MOST_PARTS) {
    int best = -1;
    for (int i = 0; i < pool->idle_count; i++)
      if (pool->idle[i].bytes >= huge && is_cut(pool->idle[i].bytes) &&
          (best < 0 || pool->idle[i].bytes < pool->idle[best].bytes))
        best = i;
    if (best < 0) break;
    piece part = taken(pool, best);
    const size_t pages = part.bytes / huge;
    if (pages > left) {
      keep(pool, (piece){part.memory + left * huge, part.bytes - left * huge, part.giver});
      part.bytes = left * huge;
    }
    left -= part.bytes / huge;
    parts[count++] = part;
  }
  return count;
}

// ---- Without it

// The pages of the parts one after another, and new ones behind them; null where that is not to be had. The parts are gone
// either way.
static void *brought_together(const cxr_pool *pool, const piece *parts, int count, size_t size) {
  if (pool->imagined) return 0;
#if defined(__linux__)
  char *memory = reserved(size, PROT_NONE);
  size_t done = 0;
  int fails = !memory;
  for (int i = 0; i < count; i++) {
    size_t at = 0;
    // One at a time: what is moved at once must be of one mapping, and two parts can have been brought together before.
    for (; !fails && at + huge <= parts[i].bytes; at += huge) {
      fails = mremap(parts[i].memory + at, huge, huge, MREMAP_MAYMOVE | MREMAP_FIXED, memory + done) == MAP_FAILED;
      if (fails) break;
      done += huge;
    }
    if (at < parts[i].bytes) munmap(parts[i].memory + at, parts[i].bytes - at);
  }
  if (!fails && done < size) {
    fails = mprotect(memory + done, size - done, PROT_READ | PROT_WRITE) != 0;
    if (!fails) madvise(memory + done, (size - done) / huge * huge, MADV_HUGEPAGE);
  }
  if (!fails) return memory;
  // Where a move failed nothing may be mapped any more, or by others: that huge page of addresses is let be.
  if (memory && done > 0) munmap(memory, done);
  if (memory && done + huge < size) munmap(memory + done + huge, size - done - huge);
#else
  (void)parts, (void)count, (void)size;
#endif
  return 0;
}

// Gives the oldest back to the system until so many bytes more, and so many places, are no more than there may be; whether
// any was there.
static int make_room(cxr_pool *pool, size_t bytes, int places) {
  for (int found = 0;; found = 1) {
    pthread_mutex_lock(&pool->lock);
    const piece freed = surplus(pool, bytes, places);
    pthread_mutex_unlock(&pool->lock);
    if (!freed.memory) return found;
    let_go(pool, freed.memory, freed.bytes);
  }
}

void *cxr_pool_take(cxr_pool *pool, size_t bytes, size_t *capacity) {
  const size_t size = cxr_buffer_footprint(bytes);
  *capacity = size;
  if (bytes < SMALLEST) {
    void *memory = make(pool, size);
    // Not kept, and not counted but in a forecast, which no other thread sees.
    if (pool->imagined) count_use(pool, size);
    return memory || !make_room(pool, SIZE_MAX, 0) ? memory : make(pool, size);
  }
  pthread_mutex_lock(&pool->lock);
  piece found = fitting(pool, bytes), parts[MOST_PARTS];
  int count = 0;
  if (found.memory) {
    *capacity = found.bytes;
    count_use(pool, found.bytes);
  } else {
    pool->made++;
    if (is_cut(size)) count = parts_of(pool, size, parts);
  }
  pthread_mutex_unlock(&pool->lock);
  if (found.memory) return found.memory;
  make_room(pool, size, 0);
  void *memory = count ? brought_together(pool, parts, count, size) : 0;
  if (!memory) memory = make(pool, size);
  if (!memory && make_room(pool, SIZE_MAX, 0)) memory = make(pool, size);
  if (!memory) return 0;
  pthread_mutex_lock(&pool->lock);
  count_use(pool, size);
  pthread_mutex_unlock(&pool->lock);
  return memory;
}

void cxr_pool_give(cxr_pool *pool, void *memory, size_t capacity) {
  if (!memory) return;
  if (capacity < SMALLEST) {
    if (pool->imagined) pool->used_bytes -= capacity;
    let_go(pool, memory, capacity);
    return;
  }
  pthread_mutex_lock(&pool->lock);
  pool->used_bytes -= capacity;
  pthread_mutex_unlock(&pool->lock);
  make_room(pool, capacity, 1);
  pthread_mutex_lock(&pool->lock);
  // Another thread may have taken the last place.
  const int fits = pool->idle_count < PLACES;
  if (fits) keep(pool, (piece){memory, capacity, &self});
  pthread_mutex_unlock(&pool->lock);
  if (!fits) let_go(pool, memory, capacity);
}

void *cxr_take_buffer(size_t bytes, size_t *capacity) {
  return cxr_pool_take(&pool, bytes, capacity);
}

void cxr_give_buffer(void *memory, size_t capacity) { cxr_pool_give(&pool, memory, capacity); }

int cxr_can_allocate(size_t bytes) {
  if (bytes == 0) return 1;
  void *memory = allocate(bytes);
  if (!memory) return 0;
  deallocate(memory, cxr_buffer_footprint(bytes));
  return 1;
}

long cxr_made_buffers(void) {
  pthread_mutex_lock(&pool.lock);
  const long count = pool.made;
  pthread_mutex_unlock(&pool.lock);
  return count;
}

// ---- Forecasts

cxr_pool *cxr_make_forecast(void) {
  cxr_pool *made = calloc(1, sizeof(cxr_pool));
  if (!made) return 0;
  made->most_bytes = CXR_LEAST_KEPT;
  // Addresses that are compared and never read.
  made->imagined = (char *)huge;
  pthread_mutex_init(&made->lock, 0);
  return made;
}

size_t cxr_most_held(const cxr_pool *forecast) { return forecast->most_held; }

void cxr_end_forecast(cxr_pool *forecast) {
  pthread_mutex_destroy(&forecast->lock);
  free(forecast);
}
