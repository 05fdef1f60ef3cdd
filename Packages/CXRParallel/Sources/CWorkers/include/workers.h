/// A pool of threads, and what it costs that they are apart.
#pragma once

/// How many processors this process may run on: those of the machine, or those that `taskset` and its like leave.
long cxr_allowed_processors(void);

/// Runs `body(context, worker)` once on each of `workers` threads, this one among them, and returns
/// when all are done. Calls from within a body, or while another thread is in a call, run on the
/// calling thread alone, one worker after the other.
void cxr_run_workers(long workers, void (*body)(void *context, long worker), void *context);

/// Whether threads wait awake for a short while before they sleep, as they do unless told otherwise.
void cxr_wait_awake(int awake);

/// Seconds that calls which ran on several threads have taken since the process began.
double cxr_seconds_together(void);

/// The shortest time that a cache line took to go from one of `workers` threads to the next: some 30 ns
/// under one last-level cache, more than 100 ns from one such cache to another. 100 µs where a thread did
/// not get to run.
double cxr_handover_seconds(long workers);
