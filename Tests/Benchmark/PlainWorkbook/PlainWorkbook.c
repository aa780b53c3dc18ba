#include "PlainWorkbook.h"

#include <stdio.h>
#include <xlsxwriter.h>

// The yardstick of the workbook: the same cells as the orders of BenchmarkOrders, written without any of the
// product's reading, summing and checking.

static const char *names[] = {
    "order_id",     "order_date", "created_at",   "provider",      "currency",    "amount",     "collected",
    "difference",   "refund_due", "refunded",     "refund_fees",   "net",         "match_status",
    "refund_status", "payment_ids", "refund_ids", "matched_by",    "discrepancies", "note"};
static const char *providers[] = {"dapit", "gate", "inflow", "maxfi"};

static lxw_worksheet *begin_sheet(lxw_workbook *workbook, const char *name) {
  lxw_worksheet *sheet = workbook_add_worksheet(workbook, name);
  for (lxw_col_t column = 0; column < 19; column++) worksheet_write_string(sheet, 0, column, names[column], NULL);
  return sheet;
}

int plain_workbook_write(const char *path, const char *scratch, long rows) {
  lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)scratch};
  lxw_workbook *workbook = workbook_new_opt(path, &options);
  if (!workbook) return -1;
  lxw_format *money = workbook_add_format(workbook);
  format_set_num_format(money, "#,##0.00;[Red]-#,##0.00;0.00");
  lxw_format *day = workbook_add_format(workbook);
  format_set_num_format(day, "yyyy-mm-dd");
  lxw_format *instant = workbook_add_format(workbook);
  format_set_num_format(instant, "yyyy-mm-dd hh:mm:ss");

  lxw_worksheet *sheet = begin_sheet(workbook, "Orders");
  lxw_row_t row = 1;
  char text[64];
  for (long index = 0; index < rows; index++, row++) {
    if (row == LXW_ROW_MAX) {
      sheet = begin_sheet(workbook, "Orders (2)");
      row = 1;
    }
    long days = index * 31 / rows;
    double amount = (double)(1000 + index % 90000) / 100;
    double serial = 46082 + days;
    snprintf(text, sizeof text, "AL-%07ld", index);
    worksheet_write_string(sheet, row, 0, text, NULL);
    worksheet_write_number(sheet, row, 1, serial, day);
    worksheet_write_number(sheet, row, 2, serial + (double)(index % 86400) / 86400, instant);
    worksheet_write_string(sheet, row, 3, providers[index % 4], NULL);
    worksheet_write_string(sheet, row, 4, "EUR", NULL);
    worksheet_write_number(sheet, row, 5, amount, money);
    worksheet_write_number(sheet, row, 6, amount, money);
    for (lxw_col_t column = 7; column < 11; column++) worksheet_write_number(sheet, row, column, 0, money);
    worksheet_write_number(sheet, row, 11, amount, money);
    worksheet_write_string(sheet, row, 12, "exact", NULL);
    worksheet_write_string(sheet, row, 13, "none", NULL);
    snprintf(text, sizeof text, "DP-2603%02ld-%06lX", days + 1, index);
    worksheet_write_string(sheet, row, 14, text, NULL);
    worksheet_write_string(sheet, row, 16, "reference", NULL);
  }
  return workbook_close(workbook);
}
