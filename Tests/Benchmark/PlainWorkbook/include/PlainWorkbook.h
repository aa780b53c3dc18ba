#ifndef PLAIN_WORKBOOK_H
#define PLAIN_WORKBOOK_H

/// Writes a workbook with one sheet of orders, the way a plain C program does: libxlsxwriter in constant-memory
/// mode, no checks. Scratch files go to `scratch`. Returns 0, or an error of the library.
int plain_workbook_write(const char *path, const char *scratch, long rows);

#endif
