// Messages between the processes that a launcher of MPI started. Without the trait MPI nothing of it is compiled, and
// cxr_cluster_exists says so.
#pragma once
#include <stddef.h>

// Whether MPI is built in.
int cxr_cluster_exists(void);

// Joins the others; 0, or MPI's code.
int cxr_cluster_join(int *rank, int *count);

// Of this process: its computer's name, NUL at the end.
void cxr_cluster_host(char *name, size_t size);

struct cxr_message {
  int rank;     // To whom, or from whom.
  void *bytes;  // Not changed of one that is sent.
  size_t size;
};

// Messages on their way.
struct cxr_transfer;

// Begins to send and to receive; 0, or 2 where MPI failed, whose words are in `reason`. Memory belongs to the transfer until
// cxr_cluster_finish, which must be called once.
int cxr_cluster_begin(
    const struct cxr_message *sent, size_t sent_count, const struct cxr_message *received,
    size_t received_count, struct cxr_transfer **transfer, char *reason, size_t reason_size);

// Returns 0 once all is done; 1 where a rank did not answer within so many seconds, which is in `late`; 2 as above.
int cxr_cluster_finish(
    struct cxr_transfer *transfer, double seconds, int *late, char *reason, size_t reason_size);

// Sums floats over all ranks in MPI's own way, to compare with ours; 0, or MPI's code.
int cxr_cluster_allreduce(const float *floats, float *sums, int count);

// Leaves the others, at the end of the work.
void cxr_cluster_leave(void);

// Ends all processes.
void cxr_cluster_abort(int code);
