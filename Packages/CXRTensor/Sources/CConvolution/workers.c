// A pool of threads that wait awake for a short while, because waking one costs as much as a small
// stage, and then sleep.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "convolution_engine.h"

#if defined(__x86_64__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() (void)0
#endif

enum { SPINS = 4000 };  // Some 50 to 100 µs.

static pthread_mutex_t in_use = PTHREAD_MUTEX_INITIALIZER;  // Held through a call.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static _Thread_local int inside = 0;

static long threads = 0;        // Started, beside the callers; changes only while in_use is held.
static atomic_long sleeping;    // Threads that wait for `wake`.
static atomic_long ticket;      // Counts calls.
static atomic_long unfinished;  // Workers that the present call still waits for.
static atomic_long wanted;      // Workers of the present call.
static void (*_Atomic work)(void *, long);
static void *_Atomic subject;

struct birth {
  long worker, seen;
};

static void *thread_main(void *argument) {
  const long worker = ((struct birth *)argument)->worker;
  long seen = ((struct birth *)argument)->seen;
  free(argument);
  inside = 1;
  for (;;) {
    long now;
    for (int i = 0; (now = atomic_load_explicit(&ticket, memory_order_acquire)) == seen; i++) {
      if (i < SPINS) {
        PAUSE();
        continue;
      }
      pthread_mutex_lock(&lock);
      atomic_fetch_add(&sleeping, 1);
      while (atomic_load(&ticket) == seen) pthread_cond_wait(&wake, &lock);
      atomic_fetch_sub(&sleeping, 1);
      pthread_mutex_unlock(&lock);
    }
    seen = now;
    if (worker < atomic_load(&wanted)) atomic_load(&work)(atomic_load(&subject), worker);
    atomic_fetch_sub_explicit(&unfinished, 1, memory_order_release);
  }
  return 0;
}

// Starts threads until there are `count`; fewer where the system refuses.
static void start_threads(long count) {
  while (threads < count) {
    struct birth *birth = malloc(sizeof *birth);
    if (!birth) return;
    // The call that starts a thread is new to it; those before are not.
    *birth = (struct birth){threads + 1, atomic_load(&ticket)};
    pthread_t thread;
    if (pthread_create(&thread, 0, thread_main, birth)) {
      free(birth);
      return;
    }
    pthread_detach(thread);
    threads++;
  }
}

void cxr_run_workers(long workers, void (*body)(void *, long), void *context) {
  if (workers <= 1 || inside || pthread_mutex_trylock(&in_use) != 0) {
    for (long i = 0; i < workers; i++) body(context, i);
    return;
  }
  start_threads(workers - 1);
  const long available = threads + 1 < workers ? threads + 1 : workers;
  inside = 1;
  atomic_store(&work, body);
  atomic_store(&subject, context);
  atomic_store(&wanted, available);
  atomic_store(&unfinished, threads);
  atomic_fetch_add_explicit(&ticket, 1, memory_order_acq_rel);
  if (atomic_load(&sleeping) > 0) {
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
  }
  body(context, 0);
  for (long i = available; i < workers; i++) body(context, i);
  for (int i = 0; atomic_load_explicit(&unfinished, memory_order_acquire) > 0; i++) {
    // The others may be waiting for this very processor.
    if (i < SPINS)
      PAUSE();
    else
      sched_yield();
  }
  inside = 0;
  pthread_mutex_unlock(&in_use);
}
