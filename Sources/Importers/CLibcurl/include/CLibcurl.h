#ifndef RECONCILE_CLIBCURL_H
#define RECONCILE_CLIBCURL_H
#include <curl/curl.h>
#endif
