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
// From this size on memory is mapped, in whole pages.
static const size_t large = (size_t)160 << 10;

static size_t up(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

static int is_mapped(size_t bytes) {
#if defined(__linux__)
  return bytes >= large;
#else
  return 0;
#endif
}

size_t cxr_buffer_footprint(size_t bytes) { return is_mapped(bytes) ? up(bytes, PAGE) : bytes; }

#if defined(__linux__)
// Addresses from a huge page on, cut from a longer run of them; null where there are none.
static char *reserved(size_t size, int protection) {
  char *all = mmap(0, size + huge, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return 0;
  const size_t before = (huge - (size_t)all % huge) % huge;
  if (before) munmap(all, before);
  if (before < huge) munmap(all + before + size, huge - before);
  return all + before;
}
#endif

static void *allocate(size_t bytes) {
#if defined(__linux__)
  if (is_mapped(bytes)) {
    const size_t size = up(bytes, huge);
    char *memory = reserved(size, PROT_READ | PROT_WRITE);
    if (memory) madvise(memory, size, MADV_HUGEPAGE);
    return memory;
  }
#endif
  void *memory = 0;
  return posix_memalign(&memory, LINE, bytes ? bytes : LINE) ? 0 : memory;
}

static void deallocate(void *memory, size_t bytes, int mapped) {
#if defined(__linux__)
  if (mapped) {
    munmap(memory, bytes);
    return;
  }
#endif
  (void)bytes, (void)mapped;
  free(memory);
}

// ---- Between two uses
//
// What is let go is kept for the next, as long as all together are no more than what was in use at once before and a sixteenth,
// for what lies idle between two in use: a pass meets the pages of the one before it. Mapped pieces are cut to what is asked
// for, in whole pages, and grow together with their neighbours when they come back; several lie in one huge page. Where no piece
// is long enough, the huge pages of several that are idle are brought together at new addresses, which costs some microseconds
// each, where a new one is to be cleared. The system is given whole huge pages back.

enum { SMALLEST = 1 << 16, PLACES = 1024, MOST_PARTS = 64, BETWEEN = 16 };

typedef struct {
  char *memory;
  size_t bytes;
  const char *giver;
  int mapped;
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

static cxr_pool of_process = {.most_bytes = CXR_LEAST_KEPT, .lock = PTHREAD_MUTEX_INITIALIZER};
static _Thread_local char self;  // Its address tells threads apart.

static void *make(cxr_pool *pool, size_t bytes) {
  if (!pool->imagined) return allocate(bytes);
  char *memory = pool->imagined;
  // Never beside another.
  pool->imagined += up(bytes, huge) + 2 * huge;
  return memory;
}

static void let_go(const cxr_pool *pool, piece gone) {
  if (!pool->imagined) deallocate(gone.memory, gone.bytes, gone.mapped);
}

// ---- With the lock held

static piece taken(cxr_pool *pool, int i) {
  const piece found = pool->idle[i];
  pool->idle_bytes -= found.bytes;
  pool->idle_count--;
  for (; i < pool->idle_count; i++) pool->idle[i] = pool->idle[i + 1];
  return found;
}

// There is a place.
static void put(cxr_pool *pool, int at, piece kept) {
  for (int i = pool->idle_count++; i > at; i--) pool->idle[i] = pool->idle[i - 1];
  pool->idle[at] = kept;
  pool->idle_bytes += kept.bytes;
}

// With its neighbours, as the newest; there is a place.
static void keep(cxr_pool *pool, piece kept) {
  if (kept.mapped)
    for (int i = pool->idle_count - 1; i >= 0; i--) {
      const piece other = pool->idle[i];
      const int follows = other.memory + other.bytes == kept.memory;
      if (!other.mapped || (!follows && kept.memory + kept.bytes != other.memory)) continue;
      taken(pool, i);
      if (follows) kept.memory = other.memory;
      kept.bytes += other.bytes;
    }
  put(pool, pool->idle_count, kept);
}

// The whole huge pages of a mapped piece, no more than `bytes`; none where it has none.
static piece whole_pages(piece from, size_t bytes) {
  const uintptr_t first = up((uintptr_t)from.memory, huge), last = (uintptr_t)(from.memory + from.bytes) / huge * huge;
  if (!from.mapped || last <= first) return (piece){0};
  const size_t all = last - first, some = bytes / huge * huge;
  return (piece){from.memory + (first - (uintptr_t)from.memory), all < some ? all : some, from.giver, 1};
}

// Takes a part out of the piece at i, whose rest stays where it is in age; there is a place.
static void cut_out(cxr_pool *pool, int i, piece part) {
  const piece from = taken(pool, i);
  char *end = part.memory + part.bytes, *from_end = from.memory + from.bytes;
  if (end < from_end) put(pool, i, (piece){end, (size_t)(from_end - end), from.giver, from.mapped});
  if (from.memory < part.memory)
    put(pool, i, (piece){from.memory, (size_t)(part.memory - from.memory), from.giver, from.mapped});
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
  const size_t most = pool->most_bytes + pool->most_bytes / BETWEEN;
  const size_t over = bytes > most ? SIZE_MAX / 2 : held > most - bytes ? held - (most - bytes) : 0;
  if (pool->idle_count > 0 && pool->idle_count + places > PLACES - 1) return taken(pool, 0);
  for (int i = 0; over > 0 && i < pool->idle_count; i++) {
    if (!pool->idle[i].mapped) return taken(pool, i);
    const piece part = whole_pages(pool->idle[i], up(over, huge));
    if (!part.memory) continue;
    cut_out(pool, i, part);
    return part;
  }
  return (piece){0};
}

// The tightest fit, so that a large one is there when it is needed. Among equals the one that this thread gave, whose cache may
// still hold it.
static piece fitting(cxr_pool *pool, size_t bytes) {
  const int mapped = is_mapped(bytes);
  const size_t size = cxr_buffer_footprint(bytes);
  // What cannot be cut holds the rest: of much, not much.
  const size_t most = mapped                ? SIZE_MAX
                      : bytes < CXR_SCRATCH ? 4 * bytes
                                            : bytes + bytes / 4;
  int best = -1;
  for (int i = 0; i < pool->idle_count; i++) {
    const piece other = pool->idle[i];
    if (other.bytes < size || other.bytes > most || other.mapped != mapped) continue;
    if (best < 0 || other.bytes < pool->idle[best].bytes ||
        (other.bytes == pool->idle[best].bytes && other.giver == &self))
      best = i;
  }
  if (best < 0) return (piece){0};
  piece found = taken(pool, best);
  if (mapped && found.bytes > size) {
    keep(pool, (piece){found.memory + size, found.bytes - size, found.giver, 1});
    found.bytes = size;
  }
  return found;
}

// Whole huge pages of the smallest pieces that have any, no more than `bytes` in all, to be brought together. Returns how many
// parts there are.
static int parts_of(cxr_pool *pool, size_t bytes, piece *parts) {
  int count = 0;
  while (bytes >= huge && count < MOST_PARTS && pool->idle_count + 1 < PLACES) {
    int best = -1;
    for (int i = 0; i < pool->idle_count; i++)
      if (whole_pages(pool->idle[i], bytes).memory &&
          (best < 0 || pool->idle[i].bytes < pool->idle[best].bytes))
        best = i;
    if (best < 0) break;
    parts[count] = whole_pages(pool->idle[best], bytes);
    cut_out(pool, best, parts[count]);
    bytes -= parts[count++].bytes;
  }
  return count;
}

// ---- Without it

// The huge pages of the parts one after another, and new ones behind them; null where that is not to be had. The parts are
// gone either way.
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
    if (fails) munmap(parts[i].memory + at, parts[i].bytes - at);
  }
  if (!fails && done < size) {
    fails = mprotect(memory + done, size - done, PROT_READ | PROT_WRITE) != 0;
    if (!fails) madvise(memory + done, size - done, MADV_HUGEPAGE);
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
    let_go(pool, freed);
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
  const int mapped = is_mapped(size);
  const size_t whole = mapped ? up(size, huge) : size;
  pthread_mutex_lock(&pool->lock);
  piece found = fitting(pool, bytes), parts[MOST_PARTS];
  int count = 0;
  if (found.memory) {
    *capacity = found.bytes;
    count_use(pool, found.bytes);
  } else {
    pool->made++;
    if (mapped) count = parts_of(pool, whole, parts);
  }
  pthread_mutex_unlock(&pool->lock);
  if (found.memory) return found.memory;
  make_room(pool, whole, 1);
  char *memory = count ? brought_together(pool, parts, count, whole) : 0;
  if (!memory) memory = make(pool, whole);
  if (!memory && make_room(pool, SIZE_MAX, 1)) memory = make(pool, whole);
  if (!memory) return 0;
  pthread_mutex_lock(&pool->lock);
  // What is left of the last huge page is the next one's.
  if (whole > size && pool->idle_count < PLACES) keep(pool, (piece){memory + size, whole - size, &self, 1});
  else *capacity = whole;
  count_use(pool, *capacity);
  pthread_mutex_unlock(&pool->lock);
  return memory;
}

void cxr_pool_give(cxr_pool *pool, void *memory, size_t capacity) {
  if (!memory) return;
  const piece given = {memory, capacity, &self, is_mapped(capacity)};
  if (capacity < SMALLEST) {
    if (pool->imagined) pool->used_bytes -= capacity;
    let_go(pool, given);
    return;
  }
  pthread_mutex_lock(&pool->lock);
  pool->used_bytes -= capacity;
  pthread_mutex_unlock(&pool->lock);
  make_room(pool, capacity, 1);
  pthread_mutex_lock(&pool->lock);
  // Another thread may have taken the last place.
  const int fits = pool->idle_count < PLACES;
  if (fits) keep(pool, given);
  pthread_mutex_unlock(&pool->lock);
  if (!fits) let_go(pool, given);
}

void *cxr_take_buffer(size_t bytes, size_t *capacity) {
  return cxr_pool_take(&of_process, bytes, capacity);
}

void cxr_give_buffer(void *memory, size_t capacity) { cxr_pool_give(&of_process, memory, capacity); }

int cxr_can_allocate(size_t bytes) {
  if (bytes == 0) return 1;
  void *memory = allocate(bytes);
  if (!memory) return 0;
  deallocate(memory, up(bytes, huge), is_mapped(bytes));
  return 1;
}

long cxr_made_buffers(void) {
  pthread_mutex_lock(&of_process.lock);
  const long count = of_process.made;
  pthread_mutex_unlock(&of_process.lock);
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
