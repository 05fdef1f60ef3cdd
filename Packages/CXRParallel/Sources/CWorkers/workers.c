// A pool of threads that wait awake for a short while, because waking one costs as much as a small
// stage, and then sleep.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "workers.h"

#if defined(__x86_64__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() (void)0
#endif

enum { SPINS = 4000 };  // Some 50 to 100 µs.
static atomic_int spins = SPINS;

void cxr_wait_awake(int awake) { atomic_store(&spins, awake ? SPINS : 0); }

// A thread of the pool, and where it is called. Each has a place of its own, so that a call of few workers neither wakes
// nor waits for those that an earlier call of many has left.
struct worker {
  _Alignas(64) atomic_long calls;  // Counts what this worker is called for.
  atomic_int is_asleep;
  long number;
  pthread_mutex_t lock;
  pthread_cond_t wake;
};

static pthread_mutex_t in_use = PTHREAD_MUTEX_INITIALIZER;  // Held through a call.
static _Thread_local int inside = 0;

// Started, beside the callers; they change only while in_use is held.
static struct worker **pool = 0;
static long threads = 0;

static atomic_long unfinished;  // Workers that the present call still waits for.
static void (*_Atomic work)(void *, long);
static void *_Atomic subject;

static void *thread_main(void *argument) {
  struct worker *self = argument;
  long seen = 0;
  inside = 1;
  for (;;) {
    long now;
    for (int i = 0; (now = atomic_load_explicit(&self->calls, memory_order_acquire)) == seen; i++) {
      if (i < atomic_load_explicit(&spins, memory_order_relaxed)) {
        PAUSE();
        continue;
      }
      pthread_mutex_lock(&self->lock);
      // Whoever calls either finds this worker asleep, or has called before it looks once more.
      atomic_store(&self->is_asleep, 1);
      while (atomic_load(&self->calls) == seen) pthread_cond_wait(&self->wake, &self->lock);
      atomic_store(&self->is_asleep, 0);
      pthread_mutex_unlock(&self->lock);
    }
    seen = now;
    atomic_load(&work)(atomic_load(&subject), self->number);
    atomic_fetch_sub_explicit(&unfinished, 1, memory_order_release);
  }
  return 0;
}

// Darwin gives a thread 512 KiB of stack; the kernels' callers count on what Linux gives, 8 MiB.
static int start(pthread_t *thread, struct worker *worker) {
#ifdef __APPLE__
  pthread_attr_t settings;
  if (pthread_attr_init(&settings)) return -1;
  pthread_attr_setstacksize(&settings, (size_t)8 << 20);
  const int failed = pthread_create(thread, &settings, thread_main, worker);
  pthread_attr_destroy(&settings);
  return failed;
#else
  return pthread_create(thread, 0, thread_main, worker);
#endif
}

static void call(struct worker *worker) {
  atomic_fetch_add(&worker->calls, 1);
  if (!atomic_load(&worker->is_asleep)) return;
  pthread_mutex_lock(&worker->lock);
  pthread_cond_signal(&worker->wake);
  pthread_mutex_unlock(&worker->lock);
}

// Starts threads until there are `count`; fewer where the system refuses.
static void start_threads(long count) {
  if (threads >= count) return;
  struct worker **longer = realloc(pool, (size_t)count * sizeof *pool);
  if (!longer) return;
  pool = longer;
  while (threads < count) {
    struct worker *worker = aligned_alloc(_Alignof(struct worker), sizeof *worker);
    if (!worker) return;
    *worker = (struct worker){
        .number = threads + 1, .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
    pthread_t thread;
    if (start(&thread, worker)) {
      free(worker);
      return;
    }
    pthread_detach(thread);
    pool[threads++] = worker;
  }
}

static _Atomic long long together;  // Nanoseconds.

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

double cxr_seconds_together(void) { return (double)atomic_load(&together) * 1e-9; }

void cxr_run_workers(long workers, void (*body)(void *, long), void *context) {
  if (workers <= 1 || inside || pthread_mutex_trylock(&in_use) != 0) {
    for (long i = 0; i < workers; i++) body(context, i);
    return;
  }
  start_threads(workers - 1);
  const long available = threads + 1 < workers ? threads + 1 : workers;
  inside = 1;
  const long long started = nanoseconds();
  atomic_store(&work, body);
  atomic_store(&subject, context);
  atomic_store(&unfinished, available - 1);
  for (long i = 1; i < available; i++) call(pool[i - 1]);
  body(context, 0);
  for (long i = available; i < workers; i++) body(context, i);
  for (int i = 0; atomic_load_explicit(&unfinished, memory_order_acquire) > 0; i++) {
    // The others may be waiting for this very processor.
    if (i < atomic_load_explicit(&spins, memory_order_relaxed))
      PAUSE();
    else
      sched_yield();
  }
  atomic_fetch_add(&together, nanoseconds() - started);
  inside = 0;
  pthread_mutex_unlock(&in_use);
}
