#include <openssl/evp.h>

#include "transfer.h"

struct transfer_md5 {
  EVP_MD_CTX *context;
  EVP_MD *algorithm;
};

transfer_md5 *transfer_md5_create(void) {
  transfer_md5 *self = OPENSSL_zalloc(sizeof *self);
  if (!self) return NULL;
  self->context = EVP_MD_CTX_new();
  // Not for secrecy: a system that allows only approved algorithms may give it for this.
  self->algorithm = EVP_MD_fetch(NULL, "MD5", "-fips");
  if (self->context && self->algorithm &&
      EVP_DigestInit_ex(self->context, self->algorithm, NULL) == 1)
    return self;
  transfer_md5_free(self);
  return NULL;
}

int transfer_md5_add(transfer_md5 *self, const void *bytes, size_t count) {
  return EVP_DigestUpdate(self->context, bytes, count) == 1 ? 0 : -1;
}

int transfer_md5_finish(transfer_md5 *self, uint8_t sum[16]) {
  unsigned int count = 0;
  return EVP_DigestFinal_ex(self->context, sum, &count) == 1 && count == 16 ? 0 : -1;
}

void transfer_md5_free(transfer_md5 *self) {
  if (!self) return;
  EVP_MD_CTX_free(self->context);
  EVP_MD_free(self->algorithm);
  OPENSSL_free(self);
}
