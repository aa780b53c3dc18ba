#ifndef RECONCILE_CLIBCURL_H
#define RECONCILE_CLIBCURL_H
#include <curl/curl.h>
#include <stdint.h>

/* curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, which Swift cannot call:
   each wrapper here fixes one type of the last argument. */

typedef size_t (*rc_data_callback)(char *data, size_t size, size_t count, void *context);
typedef int (*rc_ready_callback)(
    void *context, char *remote, char *local, int remote_port, int local_port);

CURLcode rc_set_long(CURL *easy, CURLoption option, long value);
CURLcode rc_set_text(CURL *easy, CURLoption option, const char *value);
CURLcode rc_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode rc_set_headers(CURL *easy, struct curl_slist *list);
CURLcode rc_set_data_callback(CURL *easy, CURLoption option, rc_data_callback callback);
CURLcode rc_set_ready_callback(CURL *easy, rc_ready_callback callback);
CURLMcode rc_multi_set_long(CURLM *multi, CURLMoption option, long value);

/* The status of the response, 0 before there is one. */
long rc_status(CURL *easy);
/* Milliseconds since the connection between these ports received anything, parts of a header line or of a TLS
   record included, which curl does not tell; -1 where no such connection is open. */
int64_t rc_silence(int local_port, int remote_port);
/* Takes one finished transfer off the multi handle's list; 0 when there is none. */
int rc_multi_take_done(CURLM *multi, CURL **easy, CURLcode *result);

/* Where the pattern first stands in the bytes from `from` on; -1 when it does not (memmem, which Swift does not see). */
long rc_find(const void *bytes, size_t count, size_t from, const void *pattern, size_t length);

#endif
