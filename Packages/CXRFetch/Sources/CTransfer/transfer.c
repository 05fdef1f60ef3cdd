#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
  MOST_REDIRECTS = 10,
  MOST_HEAD_BYTES = 256 << 10,
  /// Of a page that comes with a redirect; what is longer is not waited for.
  MOST_PAGE_BYTES = 64 << 10,
  RECEIVE_BUFFER = 512 << 10,
  /// libcurl gives what it receives in pieces of 16 KiB; they are written together, as large writes cost half.
  WRITE_BUFFER = 256 << 10,
  POLL_MILLISECONDS = 150,
  /// What is written is handed to the disk in pieces of this size, so that the flush at the end is short.
  WRITEBACK_BYTES = 8 << 20,
};

struct transfer {
  CURL *easy;
  CURLM *multi;
  struct curl_slist *headers;
  _Atomic int64_t reached, received;
  /// What has come since the last write, which is never kept while nothing comes.
  char *pending;
  size_t pending_count;

  // Of the request under way.
  const transfer_request *request;
  const transfer_calls *calls;
  transfer_result *result;
  transfer_answer answer;
  char *location;
  double last_activity;
  int64_t head_bytes, page_bytes, flushed;
  int is_head_whole, is_redirect, is_chunked, is_aborted;
  char error[CURL_ERROR_SIZE];
};

static double seconds_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/// Ends the request from within a call of libcurl's; the first reason stands.
static void fail(transfer *self, transfer_end end, int code, const char *message) {
  if (self->is_aborted) return;
  self->is_aborted = 1;
  self->result->end = end;
  self->result->code = code;
  snprintf(self->result->message, TRANSFER_MESSAGE_SIZE, "%s", message);
}

// ---- The head

/// What follows a header's name, without white space around it; NULL for another header.
static const char *value_of(const char *line, size_t count, const char *name, size_t *length) {
  size_t own = strlen(name);
  if (count <= own || strncasecmp(line, name, own) != 0 || line[own] != ':') return NULL;
  const char *start = line + own + 1, *end = line + count;
  while (start < end && (*start == ' ' || *start == '\t')) start++;
  while (end > start && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ' || end[-1] == '\t')) end--;
  *length = (size_t)(end - start);
  return start;
}

/// Reads digits; -1 where there are none, or too many.
static int64_t digits(const char **text, const char *end) {
  if (*text >= end || **text < '0' || **text > '9') return -1;
  int64_t value = 0;
  for (; *text < end && **text >= '0' && **text <= '9'; (*text)++) {
    if (value > (INT64_MAX - 9) / 10) return -1;
    value = value * 10 + (**text - '0');
  }
  return value;
}

/// A value that is a number and nothing else; -1 for others.
static int64_t number(const char *text, size_t count) {
  const char *end = text + count;
  int64_t value = digits(&text, end);
  return text == end ? value : -1;
}

/// `bytes 5-9/10`, `bytes 5-9/*` or `bytes */10`.
static void read_range(const char *text, size_t count, transfer_answer *answer) {
  const char *end = text + count;
  answer->first = answer->last = answer->total = -1;
  if (count < 6 || strncasecmp(text, "bytes", 5) != 0) return;
  for (text += 5; text < end && (*text == ' ' || *text == '='); text++) {
  }
  if (text < end && *text == '*') {
    text++;
  } else {
    int64_t first = digits(&text, end);
    if (first < 0 || text >= end || *text++ != '-') return;
    int64_t last = digits(&text, end);
    if (last < first) return;
    answer->first = first;
    answer->last = last;
  }
  if (text < end && *text++ == '/') answer->total = number(text, (size_t)(end - text));
}

static void begin_head(transfer *self) {
  transfer_answer none = {.length = -1, .first = -1, .last = -1, .total = -1, .retry_after = -1};
  self->answer = none;
  self->is_redirect = self->is_chunked = 0;
  free(self->location);
  self->location = NULL;
}

static void read_header(transfer *self, const char *line, size_t count) {
  size_t length = 0;
  const char *value;
  if ((value = value_of(line, count, "Content-Length", &length))) {
    self->answer.length = number(value, length);
  } else if ((value = value_of(line, count, "Content-Range", &length))) {
    read_range(value, length, &self->answer);
  } else if ((value = value_of(line, count, "Transfer-Encoding", &length))) {
    self->is_chunked = length > 0;
  } else if ((value = value_of(line, count, "Retry-After", &length))) {
    self->answer.retry_after = number(value, length);
  } else if ((value = value_of(line, count, "Location", &length))) {
    free(self->location);
    self->location = strndup(value, length);
  } else if ((value = value_of(line, count, "Content-Type", &length))) {
    size_t most = length < TRANSFER_TYPE_SIZE - 1 ? length : TRANSFER_TYPE_SIZE - 1;
    for (size_t i = 0; i < most; i++)
      self->answer.type[i] = value[i] >= ' ' && value[i] <= '~' ? value[i] : '?';
    self->answer.type[most] = 0;
  }
}

/// The empty line has come.
static int end_head(transfer *self) {
  long status = 0;
  curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &status);
  self->answer.status = status;
  if (status < 200) return 1;
  self->is_head_whole = 1;
  // The chunks say the length.
  if (self->is_chunked) self->answer.length = -1;
  self->is_redirect = self->location && (status == 301 || status == 302 || status == 303 ||
                                         status == 307 || status == 308);
  if (self->is_redirect) return 1;
  int64_t place = self->calls->on_answer(self->calls->context, &self->answer);
  if (place < 0) {
    fail(self, TRANSFER_REFUSED, 0, "");
    return 0;
  }
  self->flushed = place;
  atomic_store_explicit(&self->reached, place, memory_order_release);
  return 1;
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  transfer *self = context;
  count *= size;
  self->last_activity = seconds_now();
  self->head_bytes += (int64_t)count;
  if (self->head_bytes > MOST_HEAD_BYTES) {
    fail(self, TRANSFER_BAD_HEAD, 0, "the header has no end");
    return 0;
  }
  // What follows the chunks of a body is no head.
  if (self->is_head_whole) return count;
  if (count >= 5 && memcmp(line, "HTTP/", 5) == 0) {
    begin_head(self);
  } else if (line[0] == '\r' || line[0] == '\n') {
    return end_head(self) ? count : 0;
  } else {
    read_header(self, line, count);
  }
  return count;
}

// ---- The body

/// Writes what has come. 0, or nonzero where it failed.
static int flush_pending(transfer *self) {
  const char *bytes = self->pending;
  int64_t place = atomic_load_explicit(&self->reached, memory_order_relaxed), before = place;
  int code = 0;
  for (size_t left = self->pending_count; left > 0 && code == 0;) {
    ssize_t done = pwrite(self->request->file, bytes, left, (off_t)place);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      code = done < 0 ? errno : ENOSPC;
    } else {
      bytes += done;
      left -= (size_t)done;
      place += done;
    }
  }
  self->pending_count = 0;
  if (place == before && code == 0) return 0;
  atomic_store_explicit(&self->reached, place, memory_order_release);
  atomic_fetch_add_explicit(&self->received, place - before, memory_order_relaxed);
  if (code != 0) fail(self, TRANSFER_UNWRITABLE, code, strerror(code));
#ifdef __linux__
  if (code == 0 && place - self->flushed >= WRITEBACK_BYTES) {
    // Where it cannot be done, the flush at the end does it.
    (void)sync_file_range(self->request->file, self->flushed, place - self->flushed,
                          SYNC_FILE_RANGE_WRITE);
    self->flushed = place;
  }
#endif
  return code;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  transfer *self = context;
  count *= size;
  self->last_activity = seconds_now();
  if (self->is_redirect) {
    self->page_bytes += (int64_t)count;
    return self->page_bytes <= MOST_PAGE_BYTES ? count : 0;
  }
  if (!self->is_head_whole) {
    fail(self, TRANSFER_BAD_HEAD, 0, "the answer is not HTTP");
    return 0;
  }
  int64_t room = self->request->limit - (int64_t)self->pending_count -
                 atomic_load_explicit(&self->reached, memory_order_relaxed);
  size_t taken = (int64_t)count <= room ? count : (size_t)(room > 0 ? room : 0);
  for (size_t done = 0; done < taken;) {
    size_t piece = WRITE_BUFFER - self->pending_count;
    if (piece > taken - done) piece = taken - done;
    memcpy(self->pending + self->pending_count, bytes + done, piece);
    self->pending_count += piece;
    done += piece;
    if (self->pending_count == WRITE_BUFFER && flush_pending(self) != 0) return 0;
  }
  if (taken < count) {
    fail(self, TRANSFER_TOO_LONG, 0, "");
    return 0;
  }
  return count;
}

// ---- The request

int transfer_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1; }

transfer *transfer_create(void) {
  transfer *self = calloc(1, sizeof *self);
  if (!self) return NULL;
  self->easy = curl_easy_init();
  self->multi = curl_multi_init();
  self->headers = curl_slist_append(NULL, "Accept-Encoding: identity");
  self->pending = malloc(WRITE_BUFFER);
  if (self->easy && self->multi && self->headers && self->pending) return self;
  transfer_free(self);
  return NULL;
}

void transfer_free(transfer *self) {
  if (!self) return;
  curl_easy_cleanup(self->easy);
  curl_multi_cleanup(self->multi);
  curl_slist_free_all(self->headers);
  free(self->pending);
  free(self->location);
  free(self);
}

int64_t transfer_reached(const transfer *self) {
  return atomic_load_explicit(&self->reached, memory_order_acquire);
}

void transfer_set_reached(transfer *self, int64_t place) {
  atomic_store_explicit(&self->reached, place, memory_order_release);
}

int64_t transfer_received(const transfer *self) {
  return atomic_load_explicit(&self->received, memory_order_relaxed);
}

/// The file of certificates that the user trusts, by the variables that curl and OpenSSL go by; NULL: the system's.
static const char *certificates(void) {
  const char *names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *path = getenv(names[i]);
    if (path && *path) return path;
  }
  return NULL;
}

/// Sets all options of a request.
static CURLcode set_up(transfer *self, const char *url) {
  CURL *easy = self->easy;
  CURLcode code = CURLE_OK;
  // What was set before is kept until here; the connections are kept beyond.
  curl_easy_reset(easy);
#define SET(option, value) \
  if (code == CURLE_OK) code = curl_easy_setopt(easy, option, value)
  SET(CURLOPT_URL, url);
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  // The head of a proxy that opens a tunnel is no answer.
  SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_NOPROGRESS, 1L);
  SET(CURLOPT_ERRORBUFFER, self->error);
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, self);
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_WRITEDATA, self);
  SET(CURLOPT_HTTPHEADER, self->headers);
  SET(CURLOPT_USERAGENT, "cxr-fetch");
  SET(CURLOPT_MAXCONNECTS, 2L);
  SET(CURLOPT_TCP_KEEPALIVE, 1L);
  const char *trusted = certificates();
  if (trusted) {
    SET(CURLOPT_CAINFO, trusted);
  }
  if (self->request->start > 0) {
    char range[32];
    snprintf(range, sizeof range, "%lld-", (long long)self->request->start);
    SET(CURLOPT_RANGE, range);
  }
#undef SET
  // libcurl 7.88 refuses to change it after a name was not resolved, and keeps the larger one then.
  (void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
  return code;
}

/// Asks one address; libcurl's code.
static CURLcode ask(transfer *self, const char *url) {
  begin_head(self);
  self->is_head_whole = 0;
  self->head_bytes = self->page_bytes = 0;
  self->error[0] = 0;
  self->pending_count = 0;
  self->last_activity = seconds_now();
  CURLcode code = set_up(self, url);
  if (code != CURLE_OK) return code;
  if (curl_multi_add_handle(self->multi, self->easy) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
  for (int running = 1; running;) {
    CURLMcode failed = curl_multi_perform(self->multi, &running);
    if (flush_pending(self) != 0) break;
    if (failed != CURLM_OK) {
      code = failed == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_RECV_ERROR;
      break;
    }
    if (!running) break;
    if (self->calls->should_stop(self->calls->context)) {
      fail(self, TRANSFER_STOPPED, 0, "");
      break;
    }
    if (seconds_now() - self->last_activity > self->request->stall_seconds) {
      fail(self, TRANSFER_STALLED, 0, "");
      break;
    }
    if (curl_multi_poll(self->multi, NULL, 0, POLL_MILLISECONDS, NULL) != CURLM_OK) {
      code = CURLE_RECV_ERROR;
      break;
    }
  }
  int left = 0;
  for (CURLMsg *message; (message = curl_multi_info_read(self->multi, &left));)
    if (message->msg == CURLMSG_DONE && code == CURLE_OK) code = message->data.result;
  curl_multi_remove_handle(self->multi, self->easy);
  return code;
}

/// What libcurl's code means.
static void judge(transfer *self, CURLcode code) {
  if (self->is_aborted) return;
  const char *text = self->error[0] ? self->error : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OK:
      // A connection that ends within the head is none to libcurl.
      if (self->is_head_whole)
        self->result->end = TRANSFER_DONE;
      else
        fail(self, TRANSFER_BAD_HEAD, 0, "the connection ended before the answer's head did");
      return;
    case CURLE_URL_MALFORMAT: return fail(self, TRANSFER_BAD_ADDRESS, (int)code, text);
    case CURLE_OUT_OF_MEMORY: return fail(self, TRANSFER_NO_MEMORY, (int)code, text);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY: return fail(self, TRANSFER_BAD_HEAD, (int)code, text);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE: return fail(self, TRANSFER_UNTRUSTED, (int)code, text);
    default: fail(self, TRANSFER_BROKEN, (int)code, text);
  }
}

/// Whether an address is one of https; -1 where it is neither that nor http.
static int is_secure(CURLU *address) {
  char *scheme = NULL;
  if (curl_url_get(address, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK) return -1;
  int answer = strcasecmp(scheme, "https") == 0 ? 1 : strcasecmp(scheme, "http") == 0 ? 0 : -1;
  curl_free(scheme);
  return answer;
}

static void follow(transfer *self) {
  CURLU *address = curl_url();
  if (!address) return fail(self, TRANSFER_NO_MEMORY, 0, "");
  char text[TRANSFER_MESSAGE_SIZE];
  int was_secure = 0;
  if (curl_url_set(address, CURLUPART_URL, self->request->url, 0) != CURLUE_OK ||
      (was_secure = is_secure(address)) < 0)
    fail(self, TRANSFER_BAD_ADDRESS, 0, "");
  for (int redirects = 0; !self->is_aborted; redirects++) {
    if (redirects > MOST_REDIRECTS) {
      snprintf(text, sizeof text, "more than %d redirects, the last to %s", MOST_REDIRECTS,
               self->location ? self->location : "nowhere");
      fail(self, TRANSFER_BAD_REDIRECT, 0, text);
      break;
    }
    char *url = NULL;
    if (curl_url_get(address, CURLUPART_URL, &url, 0) != CURLUE_OK) {
      fail(self, TRANSFER_BAD_ADDRESS, 0, "");
      break;
    }
    CURLcode code = ask(self, url);
    curl_free(url);
    // Where a redirect's page breaks off, its head has told enough.
    if (self->is_aborted || !self->is_head_whole || !self->is_redirect) {
      judge(self, code);
      break;
    }
    int secure = -1;
    if (curl_url_set(address, CURLUPART_URL, self->location,
                     CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
      secure = is_secure(address);
    if (secure < 0 || (was_secure && !secure)) {
      snprintf(text, sizeof text, "a redirect to %s, %s", self->location,
               secure < 0 ? "which is no address of http or https" : "which is not https any more");
      fail(self, TRANSFER_BAD_REDIRECT, 0, text);
      break;
    }
    was_secure = secure;
  }
  curl_url_cleanup(address);
}

void transfer_perform(transfer *self, const transfer_request *request, const transfer_calls *calls,
                      transfer_result *result) {
  self->request = request;
  self->calls = calls;
  self->result = result;
  self->is_aborted = 0;
  memset(result, 0, sizeof *result);
  // A connection that the server has closed may signal so, which would end the program: OpenSSL writes without
  // a way to ask for an error instead.
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  follow(self);
  sigpending(&pending);
  int signal_number;
  if (!sigismember(&before, SIGPIPE) && sigismember(&pending, SIGPIPE)) sigwait(&pipe, &signal_number);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  self->request = NULL;
  self->calls = NULL;
  self->result = NULL;
}
