#define _GNU_SOURCE
#include "CLibcurl.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

CURLcode rc_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

CURLcode rc_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

CURLcode rc_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

CURLcode rc_set_headers(CURL *easy, struct curl_slist *list) {
  return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
}

CURLcode rc_set_data_callback(CURL *easy, CURLoption option, rc_data_callback callback) {
  return curl_easy_setopt(easy, option, callback);
}

CURLcode rc_set_ready_callback(CURL *easy, rc_ready_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

CURLMcode rc_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

long rc_status(CURL *easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

static int port_of(const struct sockaddr_storage *address) {
  if (address->ss_family == AF_INET) return ntohs(((const struct sockaddr_in *)address)->sin_port);
  if (address->ss_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
  return -1;
}

int64_t rc_silence(int local_port, int remote_port) {
  long limit = sysconf(_SC_OPEN_MAX);
  if (limit < 0 || limit > 4096) limit = 4096;
  for (int fd = 0; fd < limit; fd++) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0 || port_of(&address) != local_port) continue;
    length = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &length) != 0 || port_of(&address) != remote_port) continue;
    struct tcp_info info;
    memset(&info, 0, sizeof info);
    length = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) continue;
    return (int64_t)info.tcpi_last_data_recv;
  }
  return -1;
}

int rc_multi_take_done(CURLM *multi, CURL **easy, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) continue;
    *easy = message->easy_handle;
    *result = message->data.result;
    return 1;
  }
  return 0;
}

long rc_find(const void *bytes, size_t count, size_t from, const void *pattern, size_t length) {
  if (from >= count) return -1;
  const char *hit = memmem((const char *)bytes + from, count - from, pattern, length);
  return hit == NULL ? -1 : (long)(hit - (const char *)bytes);
}
