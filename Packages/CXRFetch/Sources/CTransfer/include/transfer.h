// Files over HTTP and HTTPS by libcurl, and MD5 by OpenSSL, as plain functions: curl_easy_setopt takes arguments
// of any kind, which Swift cannot call. No error is taken for an answer, no answer that broke off for a whole one.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { TRANSFER_MESSAGE_SIZE = 512, TRANSFER_TYPE_SIZE = 96 };

/// The head of an answer, once all of it has come. Interim answers and redirects are none.
typedef struct {
  long status;
  /// Bytes of the body as the head says; -1 where it does not.
  int64_t length;
  /// From `Content-Range`: the first and the last byte that follow, and the size of the whole; -1 where not said.
  int64_t first, last, total;
  /// Seconds of `Retry-After`; -1 where not said.
  int64_t retry_after;
  /// `Content-Type`, in printable characters; empty where not said.
  char type[TRANSFER_TYPE_SIZE];
} transfer_answer;

typedef enum {
  /// The answer came to its end.
  TRANSFER_DONE,
  /// `should_stop` said so.
  TRANSFER_STOPPED,
  /// Nothing came for as long as is waited.
  TRANSFER_STALLED,
  /// `on_answer` refused the answer.
  TRANSFER_REFUSED,
  /// The address is none, or of another scheme than http and https.
  TRANSFER_BAD_ADDRESS,
  /// More redirects than are followed, or one to where none may lead.
  TRANSFER_BAD_REDIRECT,
  /// The connection ended within the head, or what came is no head.
  TRANSFER_BAD_HEAD,
  /// The body is longer than `limit`.
  TRANSFER_TOO_LONG,
  /// The file cannot be written; `code` is errno.
  TRANSFER_UNWRITABLE,
  /// The server's certificate is not one that this machine trusts.
  TRANSFER_UNTRUSTED,
  /// The connection failed or broke off; `code` is libcurl's.
  TRANSFER_BROKEN,
  /// libcurl or the system has no memory.
  TRANSFER_NO_MEMORY,
} transfer_end;

typedef struct {
  transfer_end end;
  int code;
  /// What libcurl says of it, or the address at fault; may be empty.
  char message[TRANSFER_MESSAGE_SIZE];
} transfer_result;

/// What asks and decides while a file is fetched; all are called on the thread that fetches.
typedef struct {
  void *context;
  /// Called once, with the answer's head. The place in the file where the body is to be written, or -1 to refuse.
  int64_t (*on_answer)(void *context, const transfer_answer *answer);
  /// Asked at least five times a second; nonzero stops.
  int (*should_stop)(void *context);
} transfer_calls;

typedef struct {
  const char *url;
  /// The first byte that is asked for.
  int64_t start;
  /// The size of the file on disk that is not exceeded.
  int64_t limit;
  /// Where the body is written, by pwrite.
  int file;
  /// How long a server may send nothing.
  double stall_seconds;
} transfer_request;

/// One connection, which is kept from one request to the next.
typedef struct transfer transfer;

/// What libcurl needs once in a process. 0, or nonzero where it failed.
int transfer_start(void);
/// NULL without memory.
transfer *transfer_create(void);
/// Ends the connection; NULL is taken.
void transfer_free(transfer *self);
/// Fetches a file, follows up to ten redirects (from https to https only), and writes the body as it comes. The
/// environment variables for proxies, and `CURL_CA_BUNDLE` and `SSL_CERT_FILE`, mean what they do to curl.
void transfer_perform(transfer *self, const transfer_request *request, const transfer_calls *calls,
                      transfer_result *result);
/// The place in the file up to which it is written; may be asked by any thread.
int64_t transfer_reached(const transfer *self);
/// Sets that place, before a request.
void transfer_set_reached(transfer *self, int64_t place);
/// Bytes of bodies that came since it was made; may be asked by any thread.
int64_t transfer_received(const transfer *self);

/// An MD5 sum that is being made.
typedef struct transfer_md5 transfer_md5;

/// NULL where the system has no MD5.
transfer_md5 *transfer_md5_create(void);
/// 0, or nonzero where it failed.
int transfer_md5_add(transfer_md5 *self, const void *bytes, size_t count);
/// The sum; nothing may be added afterwards. 0, or nonzero where it failed.
int transfer_md5_finish(transfer_md5 *self, uint8_t sum[16]);
void transfer_md5_free(transfer_md5 *self);
