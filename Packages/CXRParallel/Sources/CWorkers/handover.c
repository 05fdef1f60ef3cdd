// How long the threads take to hand a cache line on. The topology that a system shows does not tell: on a
// virtual machine the processors move, now under one last-level cache, now under two.
#include <stdatomic.h>
#include <time.h>

#include "workers.h"

enum { ROUNDS = 12, WARM = 4, SPINS = 64 };
static const double LONGEST_WAIT = 100e-6;  // Where a thread does not run, nobody waits for it.

struct ring {
  _Alignas(128) atomic_long turn;
  _Alignas(128) atomic_int broken;
  long workers;
  double shortest;
};

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Waits for the worker's turn; 0 when the ring is broken.
static int wait_for(struct ring *ring, long turn) {
  double end = 0;
  for (long i = 1; atomic_load_explicit(&ring->turn, memory_order_acquire) != turn; i++) {
    if (i % SPINS) continue;
    const double now = seconds();
    if (end == 0) end = now + LONGEST_WAIT;
    if (now > end) atomic_store(&ring->broken, 1);
    if (atomic_load_explicit(&ring->broken, memory_order_relaxed)) return 0;
  }
  return 1;
}

static void pass_on(void *context, long worker) {
  struct ring *ring = context;
  double before = 0;
  for (long round = 0; round < ROUNDS; round++) {
    if (!wait_for(ring, round * ring->workers + worker)) return;
    if (worker == 0) {
      const double now = seconds();
      const double once = (now - before) / (double)ring->workers;
      if (round > WARM && once < ring->shortest) ring->shortest = once;
      before = now;
    }
    atomic_fetch_add_explicit(&ring->turn, 1, memory_order_release);
  }
}

double cxr_handover_seconds(long workers) {
  struct ring ring = {.workers = workers, .shortest = LONGEST_WAIT};
  cxr_run_workers(workers, pass_on, &ring);
  return ring.shortest;
}
