#ifndef ISSPLUS_OPENSSL_SHIM_H
#define ISSPLUS_OPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// What OpenSSL has as macros that Swift cannot import.

static inline int ISSPlus_SSL_init(void) {
  // Without NO_ATEXIT, exit() frees what other threads still use.
  return OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, NULL);
}

// TLS 1.2 or what openssl.cnf asks for beyond it; nothing that is optional and was attacked before.
static inline int ISSPlus_SSL_CTX_harden(SSL_CTX *context) {
  if (SSL_CTX_get_min_proto_version(context) < TLS1_2_VERSION &&
      SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return 0;
  }
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_clear_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // A memory BIO is cheap to read twice; reading ahead would move what is left of each piece.
  SSL_CTX_set_read_ahead(context, 0);
  return 1;
}

static inline int ISSPlus_SSL_set_tlsext_host_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline size_t ISSPlus_BIO_pending(BIO *bio) {
  return BIO_ctrl_pending(bio);
}

// An empty memory BIO means "later", never "the end".
static inline void ISSPlus_BIO_set_retry_when_empty(BIO *bio) {
  BIO_set_mem_eof_return(bio, -1);
}

static inline int ISSPlus_ERR_reason(unsigned long error) {
  return ERR_GET_REASON(error);
}

#endif
