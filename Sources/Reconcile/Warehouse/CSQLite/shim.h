#include <sqlite3.h>

/// Leaves out SQLite's statistics of its memory, which nobody reads and for which every allocation takes a lock of the
/// whole process. Swift cannot call a C function with variable arguments. Refused, to no harm, once SQLite is in use.
static inline void reconcile_sqlite_keep_no_statistics(void) {
  (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
