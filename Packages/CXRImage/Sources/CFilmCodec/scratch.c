#include "scratch.h"

#include <pthread.h>
#include <stdlib.h>

enum { MOST_KEPT = 16 << 20 };

typedef struct {
  size_t size;
  void *bytes;
} buffer;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int has_key;

static void discard(void *kept) {
  buffer *own = kept;
  free(own->bytes);
  free(own);
}

static void make_key(void) { has_key = pthread_key_create(&key, discard) == 0; }

void *film_scratch(size_t size) {
  pthread_once(&once, make_key);
  if (!has_key) return NULL;
  buffer *own = pthread_getspecific(key);
  if (!own) {
    own = calloc(1, sizeof *own);
    if (!own || pthread_setspecific(key, own) != 0) {
      free(own);
      return NULL;
    }
  }
  if (own->size < size) {
    free(own->bytes);
    own->bytes = malloc(size);
    own->size = own->bytes ? size : 0;
  }
  return own->bytes;
}

void film_trim_scratch(void) {
  buffer *own = has_key ? pthread_getspecific(key) : NULL;
  if (!own || own->size <= MOST_KEPT) return;
  free(own->bytes);
  own->bytes = NULL;
  own->size = 0;
}
