#define _GNU_SOURCE
#include "cluster.h"

#ifdef CXR_MPI
#include <mpi.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() (void)0
#endif

// A longer message of ours goes in pieces, which OpenMPI sends by TCP at once. Of longer ones it asks first whether there is room,
// and where two ranks send to one another, the answer to one waits behind the other's bytes: both then take turns on a link that
// carries both directions.
enum { PIECE = (1 << 20) - 4096 };
static const char at_once[] = "1048576";
// How often it is asked whether all is done before other processes are let run, and before this one sleeps between questions:
// a wait is mostly for another rank's arithmetic, which may need this very processor.
enum { SPINS = 2000, YIELDS = 2000 };
static const struct timespec nap = {0, 50000};

static MPI_Comm all;

int cxr_cluster_exists(void) { return 1; }

int cxr_cluster_join(int *rank, int *count) {
  int provided, failed;
  // Unless the user has said otherwise; MPICH does not look at it.
  setenv("OMPI_MCA_btl_tcp_eager_limit", at_once, 0);
  if ((failed = MPI_Init_thread(0, 0, MPI_THREAD_FUNNELED, &provided)) != MPI_SUCCESS)
    return failed;
  // Of our own, so that nobody else's messages are taken for ours.
  if ((failed = MPI_Comm_dup(MPI_COMM_WORLD, &all)) != MPI_SUCCESS) return failed;
  MPI_Comm_set_errhandler(all, MPI_ERRORS_RETURN);
  MPI_Comm_rank(all, rank);
  MPI_Comm_size(all, count);
  return 0;
}

void cxr_cluster_host(char *name, size_t size) {
  char own[MPI_MAX_PROCESSOR_NAME];
  int length = 0;
  MPI_Get_processor_name(own, &length);
  if (size == 0) return;
  const size_t kept = (size_t)length < size - 1 ? (size_t)length : size - 1;
  memcpy(name, own, kept);
  name[kept] = 0;
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t pieces(const struct cxr_message *messages, size_t count) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++) total += (messages[i].size + PIECE - 1) / PIECE;
  return total;
}

static int explain(int failure, char *reason, size_t size) {
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  if (MPI_Error_string(failure, text, &length) != MPI_SUCCESS) length = 0;
  if (size > 0) {
    const size_t kept = (size_t)length < size - 1 ? (size_t)length : size - 1;
    memcpy(reason, text, kept);
    reason[kept] = 0;
  }
  return 2;
}

struct cxr_transfer {
  size_t count;
  int *ranks;
  MPI_Request requests[];
};

static void let_go(struct cxr_transfer *transfer) {
  free(transfer->ranks);
  free(transfer);
}

int cxr_cluster_begin(
    const struct cxr_message *sent, size_t sent_count, const struct cxr_message *received,
    size_t received_count, struct cxr_transfer **begun, char *reason, size_t reason_size) {
  const size_t total = pieces(sent, sent_count) + pieces(received, received_count);
  struct cxr_transfer *transfer = malloc(sizeof *transfer + total * sizeof(MPI_Request));
  int *ranks = malloc((total + 1) * sizeof *ranks);
  if (!transfer || !ranks) {
    free(transfer);
    free(ranks);
    return explain(MPI_ERR_NO_MEM, reason, reason_size);
  }
  transfer->count = 0;
  transfer->ranks = ranks;
  int failure = MPI_SUCCESS;
  // Room first: what arrives where there is room is not copied twice.
  for (size_t i = 0; i < received_count + sent_count && failure == MPI_SUCCESS; i++) {
    const int is_sent = i >= received_count;
    const struct cxr_message *message = is_sent ? &sent[i - received_count] : &received[i];
    for (size_t done = 0; done < message->size && failure == MPI_SUCCESS; done += PIECE) {
      const size_t left = message->size - done;
      const int size = (int)(left < PIECE ? left : PIECE);
      char *bytes = (char *)message->bytes + done;
      MPI_Request *request = &transfer->requests[transfer->count];
      failure = is_sent ? MPI_Isend(bytes, size, MPI_BYTE, message->rank, 0, all, request)
                        : MPI_Irecv(bytes, size, MPI_BYTE, message->rank, 0, all, request);
      if (failure == MPI_SUCCESS) ranks[transfer->count++] = message->rank;
    }
  }
  if (failure != MPI_SUCCESS) {
    let_go(transfer);
    return explain(failure, reason, reason_size);
  }
  *begun = transfer;
  return 0;
}

int cxr_cluster_finish(
    struct cxr_transfer *transfer, double seconds, int *late, char *reason, size_t reason_size) {
  MPI_Request *requests = transfer->requests;
  const size_t count = transfer->count;
  int failure = MPI_SUCCESS, result = 0, done = count == 0;
  double start = 0;
  for (long tries = 0; failure == MPI_SUCCESS && !done; tries++) {
    failure = MPI_Testall((int)count, requests, &done, MPI_STATUSES_IGNORE);
    if (done || failure != MPI_SUCCESS) break;
    if (tries < SPINS) {
      PAUSE();
      continue;
    }
    if (tries < SPINS + YIELDS)
      sched_yield();
    else
      nanosleep(&nap, 0);
    if (start == 0) start = seconds_now();
    if (tries % 100 == 0 && seconds_now() - start > seconds) {
      result = 1;
      break;
    }
  }
  if (result == 1) {
    *late = transfer->ranks[count - 1];
    for (size_t i = 0; i < count; i++) {
      int is_done = 0;
      if (requests[i] == MPI_REQUEST_NULL) continue;
      MPI_Test(&requests[i], &is_done, MPI_STATUS_IGNORE);
      if (is_done) continue;
      *late = transfer->ranks[i];
      break;
    }
  }
  let_go(transfer);
  return failure == MPI_SUCCESS ? result : explain(failure, reason, reason_size);
}

int cxr_cluster_allreduce(const float *floats, float *sums, int count) {
  return MPI_Allreduce(floats, sums, count, MPI_FLOAT, MPI_SUM, all);
}

void cxr_cluster_leave(void) { MPI_Finalize(); }

void cxr_cluster_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

#else

int cxr_cluster_exists(void) { return 0; }

int cxr_cluster_join(int *rank, int *count) {
  *rank = 0;
  *count = 1;
  return -1;
}

void cxr_cluster_host(char *name, size_t size) {
  if (size > 0) name[0] = 0;
}

int cxr_cluster_begin(
    const struct cxr_message *sent, size_t sent_count, const struct cxr_message *received,
    size_t received_count, struct cxr_transfer **transfer, char *reason, size_t reason_size) {
  (void)sent, (void)sent_count, (void)received, (void)received_count;
  *transfer = 0;
  if (reason_size > 0) reason[0] = 0;
  return 2;
}

int cxr_cluster_finish(
    struct cxr_transfer *transfer, double seconds, int *late, char *reason, size_t reason_size) {
  (void)transfer, (void)seconds, (void)late;
  if (reason_size > 0) reason[0] = 0;
  return 2;
}

int cxr_cluster_allreduce(const float *floats, float *sums, int count) {
  (void)floats, (void)sums, (void)count;
  return -1;
}

void cxr_cluster_leave(void) {}

void cxr_cluster_abort(int code) { (void)code; }

#endif
