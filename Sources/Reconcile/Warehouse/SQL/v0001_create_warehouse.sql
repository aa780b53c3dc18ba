-- The warehouse of reconcile, version 1.
-- Money is counted in minor units (_minor), instants in microseconds since 1970 UTC (_at), days in days since
-- 1970-01-01 (_on). NULL is unknown. The views at the end show the same in readable form.
-- Where a table takes many rows a check says `a = x OR a = y`: for a list of three SQLite opens a table at each insert.
-- Rows that cannot be built again from evidence carry the CRC-32 of their values, which a deep check verifies.

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  command TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  from_on INTEGER NOT NULL,
  to_on INTEGER NOT NULL,
  as_of_at INTEGER NOT NULL,
  tool TEXT NOT NULL,
  configuration_digest TEXT NOT NULL,
  is_test_data INTEGER NOT NULL CHECK (is_test_data IN (0, 1)),
  has_matched INTEGER NOT NULL DEFAULT 0 CHECK (has_matched IN (0, 1)),
  exit_status INTEGER,
  CHECK (from_on <= to_on)
) STRICT;

-- Evidence: every response body that records were read from, masked, by content; never changed. A purge takes the
-- bytes and leaves the digest.
CREATE TABLE evidence_body (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
  deflated BLOB
) STRICT;

-- A run that was killed may leave a body whose records were not stored any more: it is not read, then or later.
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  provider TEXT NOT NULL,
  stream TEXT NOT NULL,
  request TEXT NOT NULL,
  lookup_id TEXT,
  is_refund_lookup INTEGER NOT NULL CHECK (is_refund_lookup IN (0, 1)),
  fetched_at INTEGER NOT NULL,
  body INTEGER NOT NULL REFERENCES evidence_body (id),
  is_read INTEGER NOT NULL DEFAULT 0 CHECK (is_read IN (0, 1)),
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_by_run ON evidence (run);

-- What a record or merchant row said before it changed.
CREATE TABLE history (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('order', 'merchant_refund', 'payment', 'refund')),
  provider TEXT NOT NULL,
  record_id TEXT NOT NULL,
  facts TEXT NOT NULL,
  replaced_by_run INTEGER NOT NULL REFERENCES run (id),
  UNIQUE (kind, provider, record_id, facts)
) STRICT;

-- Merchant rows, and the files that they were read from.
CREATE TABLE source_file (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE sales_order (
  id INTEGER PRIMARY KEY,
  order_id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  provider TEXT,
  provider_reference TEXT,
  is_cancelled INTEGER NOT NULL CHECK (is_cancelled IN (0, 1)),
  source_file INTEGER NOT NULL REFERENCES source_file (id),
  source_line INTEGER NOT NULL,
  first_run INTEGER NOT NULL REFERENCES run (id),
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX sales_order_by_reference ON sales_order (provider_reference) WHERE provider_reference IS NOT NULL;

CREATE TABLE merchant_refund (
  id INTEGER PRIMARY KEY,
  refund_id TEXT NOT NULL UNIQUE,
  order_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  provider_reference TEXT,
  source_file INTEGER NOT NULL REFERENCES source_file (id),
  source_line INTEGER NOT NULL,
  first_run INTEGER NOT NULL REFERENCES run (id),
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX merchant_refund_by_order ON merchant_refund (order_id);
CREATE INDEX merchant_refund_by_reference ON merchant_refund (provider_reference) WHERE provider_reference IS NOT NULL;

CREATE TABLE input_file (
  path TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES run (id),
  checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Webhook events.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  event_id TEXT NOT NULL,
  received_minor INTEGER CHECK (received_minor >= 0),
  received_currency TEXT,
  paid_at INTEGER,
  refund_id TEXT,
  refund_minor INTEGER CHECK (refund_minor >= 0),
  refund_currency TEXT,
  refund_status TEXT,
  refund_created_at INTEGER,
  checksum INTEGER NOT NULL,
  UNIQUE (provider, event_id)
) STRICT;
CREATE TABLE event_reference (
  provider TEXT NOT NULL,
  reference TEXT NOT NULL,
  event INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
  PRIMARY KEY (provider, reference, event)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_order (
  order_id TEXT NOT NULL,
  event INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
  PRIMARY KEY (order_id, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_reference_by_event ON event_reference (event);
CREATE INDEX event_order_by_event ON event_order (event);

-- Payments as their providers report them; the last six columns are derived by matching.
CREATE TABLE payment (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  received_minor INTEGER CHECK (received_minor >= 0),
  overpaid_minor INTEGER,
  announced_fee_minor INTEGER,
  refunded_total_minor INTEGER CHECK (refunded_total_minor > 0),
  status TEXT NOT NULL,
  provider_status TEXT NOT NULL,
  paid_at INTEGER,
  updated_at INTEGER,
  amount_is_net INTEGER NOT NULL CHECK (amount_is_net IN (0, 1)),
  is_test INTEGER NOT NULL CHECK (is_test IN (0, 1)),
  names TEXT NOT NULL,
  evidence INTEGER NOT NULL REFERENCES evidence (id),
  first_run INTEGER NOT NULL REFERENCES run (id),
  changed_in_run INTEGER NOT NULL REFERENCES run (id),
  withdrawn_in_run INTEGER REFERENCES run (id),
  collected_minor INTEGER CHECK (collected_minor >= 0),
  sales_order INTEGER REFERENCES sales_order (id),
  rule TEXT CHECK (rule = 'manual' OR rule = 'order_id' OR rule = 'reference' OR rule = 'event'),
  paid_on INTEGER,
  local_on INTEGER,
  CHECK ((sales_order IS NULL) = (rule IS NULL)),
  UNIQUE (payment_id, provider)
) STRICT;
CREATE INDEX payment_by_order ON payment (sales_order) WHERE sales_order IS NOT NULL;
CREATE INDEX payment_by_day ON payment (paid_on);

-- What an order or an event may call a payment by, beside its own id, and the order ids that payments carry. Both only
-- lead to payments: from a payment its own column `names` leads to the same.
CREATE TABLE payment_name (
  name TEXT NOT NULL,
  provider TEXT NOT NULL,
  payment INTEGER NOT NULL,
  PRIMARY KEY (name, provider, payment)
) STRICT, WITHOUT ROWID;
CREATE TABLE payment_claim (
  order_id TEXT NOT NULL,
  payment INTEGER NOT NULL,
  PRIMARY KEY (order_id, payment)
) STRICT, WITHOUT ROWID;

-- Refunds: listed ones, and those that are worked out of a payment ('derived'). payment_id is as written.
CREATE TABLE refund (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  refund_id TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('listed', 'derived')),
  payment_id TEXT,
  possible_payment_id_1 TEXT,
  possible_payment_id_2 TEXT,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount_minor INTEGER CHECK (amount_minor >= 0),
  fee_minor INTEGER CHECK (fee_minor >= 0),
  status TEXT NOT NULL
    CHECK (status = 'pending' OR status = 'completed' OR status = 'failed' OR status = 'unknown'),
  provider_status TEXT NOT NULL,
  refunded_at INTEGER,
  updated_at INTEGER,
  inferred INTEGER NOT NULL CHECK (inferred IN (0, 1)),
  is_test INTEGER NOT NULL CHECK (is_test IN (0, 1)),
  evidence INTEGER REFERENCES evidence (id),
  first_run INTEGER NOT NULL REFERENCES run (id),
  changed_in_run INTEGER NOT NULL REFERENCES run (id),
  withdrawn_in_run INTEGER REFERENCES run (id),
  payment INTEGER REFERENCES payment (id),
  refunded_on INTEGER,
  local_on INTEGER,
  UNIQUE (provider, refund_id)
) STRICT;
CREATE INDEX refund_by_payment ON refund (payment) WHERE payment IS NOT NULL;

-- How the latest look-up of an id ended.
CREATE TABLE lookup (
  provider TEXT NOT NULL,
  lookup_id TEXT NOT NULL,
  is_refund INTEGER NOT NULL CHECK (is_refund IN (0, 1)),
  outcome TEXT NOT NULL CHECK (outcome = 'found' OR outcome = 'not_found' OR outcome = 'failed'),
  run INTEGER NOT NULL REFERENCES run (id),
  PRIMARY KEY (provider, lookup_id, is_refund)
) STRICT, WITHOUT ROWID;

-- Reports as their provider gives them. A report of the same range replaces that of an earlier run.
CREATE TABLE settlement_report (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  from_on INTEGER NOT NULL,
  to_on INTEGER NOT NULL,
  gross_minor INTEGER,
  refunds_minor INTEGER,
  fees_minor INTEGER,
  net_minor INTEGER,
  payment_count INTEGER,
  has_unreadable_lines INTEGER NOT NULL CHECK (has_unreadable_lines IN (0, 1)),
  evidence INTEGER NOT NULL REFERENCES evidence (id),
  read_order INTEGER NOT NULL,
  CHECK (from_on <= to_on)
) STRICT;
CREATE INDEX settlement_report_by_range ON settlement_report (provider, currency, from_on, to_on);
CREATE TABLE settlement_line (
  report INTEGER NOT NULL REFERENCES settlement_report (id) ON DELETE CASCADE,
  line_on INTEGER NOT NULL,
  gross_minor INTEGER,
  refunds_minor INTEGER,
  fees_minor INTEGER,
  net_minor INTEGER,
  payment_count INTEGER,
  PRIMARY KEY (report, line_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE reject (
  id INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  source TEXT NOT NULL,
  location TEXT NOT NULL,
  reason TEXT NOT NULL,
  record TEXT NOT NULL,
  first_run INTEGER NOT NULL REFERENCES run (id),
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX reject_by_origin ON reject (origin);

-- Every import of a provider, with the settings that decided how its responses were read. The row is written when the import begins, as incomplete, so that an import that was
-- cut off by a crash counts as what it is.
CREATE TABLE provider_import (
  provider TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES run (id),
  kind TEXT NOT NULL,
  reading_rules TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('complete', 'incomplete', 'refused')),
  page_count INTEGER NOT NULL DEFAULT 0,
  record_count INTEGER NOT NULL DEFAULT 0,
  new_count INTEGER NOT NULL DEFAULT 0,
  changed_count INTEGER NOT NULL DEFAULT 0,
  reject_count INTEGER NOT NULL DEFAULT 0,
  test_count INTEGER NOT NULL DEFAULT 0,
  request_count INTEGER NOT NULL DEFAULT 0,
  message TEXT,
  read_at INTEGER NOT NULL,
  PRIMARY KEY (provider, run)
) STRICT, WITHOUT ROWID;
-- How an import read each list and made each kind of look-up.
CREATE TABLE stream_reading (
  provider TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES run (id),
  place INTEGER NOT NULL,
  stream TEXT NOT NULL,
  is_lookup INTEGER NOT NULL CHECK (is_lookup IN (0, 1)),
  page_count INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  distinct_count INTEGER,
  total_count INTEGER,
  walk_count INTEGER NOT NULL,
  window TEXT NOT NULL,
  is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
  PRIMARY KEY (provider, run, place)
) STRICT, WITHOUT ROWID;
-- The latest import of each provider.
CREATE VIEW provider_state AS
SELECT * FROM provider_import i WHERE run = (SELECT max(run) FROM provider_import l WHERE l.provider = i.provider);
-- Complete walks of lists, from the time of creation on that they began with (NULL: of the whole list), and the last
-- piece of evidence that each of them read.
CREATE TABLE complete_walk (
  provider TEXT NOT NULL,
  stream TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES run (id),
  after_evidence INTEGER NOT NULL,
  since_at INTEGER,
  PRIMARY KEY (provider, stream, run)
) STRICT, WITHOUT ROWID;

-- What a provider's API was first seen to have in which run: members that no document names, unknown status words,
-- currencies.
CREATE TABLE drift (
  provider TEXT NOT NULL,
  stream TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('field', 'envelope', 'status', 'currency')),
  name TEXT NOT NULL,
  sample TEXT NOT NULL,
  first_run INTEGER NOT NULL REFERENCES run (id),
  PRIMARY KEY (provider, stream, kind, name)
) STRICT, WITHOUT ROWID;

-- What people decided: rows are added, never changed. Each names the last run that had begun before it; a verdict also
-- keeps the amounts that it was about.
CREATE TABLE manual_link (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  order_id TEXT,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  after_run INTEGER NOT NULL REFERENCES run (id),
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX manual_link_by_payment ON manual_link (provider, payment_id);
CREATE TABLE resolution (
  id INTEGER PRIMARY KEY,
  discrepancy_id TEXT NOT NULL,
  resolution TEXT NOT NULL CHECK (resolution IN ('accepted', 'open')),
  currency TEXT,
  expected INTEGER,
  actual INTEGER,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  after_run INTEGER NOT NULL REFERENCES run (id),
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX resolution_by_discrepancy ON resolution (discrepancy_id);

-- Verdicts: one row an order, written by matching.
CREATE TABLE order_verdict (
  sales_order INTEGER PRIMARY KEY REFERENCES sales_order (id),
  order_on INTEGER NOT NULL,
  provider TEXT,
  match_status TEXT NOT NULL,
  refund_status TEXT NOT NULL,
  collected_minor INTEGER,
  due_minor INTEGER,
  refunded_minor INTEGER,
  refund_fees_minor INTEGER NOT NULL,
  payment_ids TEXT,
  refund_ids TEXT,
  matched_by TEXT,
  is_final INTEGER NOT NULL CHECK (is_final IN (0, 1)),
  first_run INTEGER NOT NULL REFERENCES run (id)
) STRICT;
CREATE INDEX order_verdict_by_day ON order_verdict (order_on);
CREATE INDEX order_verdict_not_final ON order_verdict (sales_order) WHERE is_final = 0;

CREATE TABLE suggestion (
  sales_order INTEGER PRIMARY KEY REFERENCES sales_order (id),
  payment INTEGER NOT NULL UNIQUE REFERENCES payment (id)
) STRICT;

CREATE TABLE discrepancy (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL CHECK (scope IN ('order', 'record')),
  code TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'settled')),
  provider TEXT,
  currency TEXT,
  order_id TEXT,
  payment_id TEXT,
  refund_id TEXT,
  business_on INTEGER,
  expected INTEGER,
  actual INTEGER,
  is_count INTEGER NOT NULL CHECK (is_count IN (0, 1)),
  explanation TEXT NOT NULL,
  sales_order INTEGER REFERENCES sales_order (id),
  first_run INTEGER NOT NULL REFERENCES run (id),
  changed_run INTEGER NOT NULL REFERENCES run (id),
  gone_run INTEGER REFERENCES run (id)
) STRICT;
CREATE INDEX discrepancy_by_order ON discrepancy (order_id) WHERE gone_run IS NULL;
CREATE INDEX discrepancy_by_sales_order ON discrepancy (sales_order) WHERE gone_run IS NULL;
-- What is open by code, currency and age, without reading the findings themselves.
CREATE INDEX discrepancy_by_age ON discrepancy
  (code, currency, business_on, first_run, changed_run, status, is_count, expected, actual, id, gone_run)
  WHERE gone_run IS NULL;
-- For what is unmatched `explain` names the nearest findings: of the same amount near in time, then of amounts nearby.
CREATE INDEX discrepancy_by_expected ON discrepancy (code, currency, expected, business_on) WHERE gone_run IS NULL;
CREATE INDEX discrepancy_by_actual ON discrepancy (code, currency, actual, business_on) WHERE gone_run IS NULL;

-- Findings that hold. A person's acceptance stands as long as the amounts do that it was about; then it is stale.
CREATE VIEW current_finding AS
SELECT d.*,
  CASE WHEN r.resolution = 'accepted' AND r.currency IS d.currency AND r.expected IS d.expected AND r.actual IS d.actual
    THEN 'accepted' ELSE d.status END AS standing,
  coalesce(r.resolution = 'accepted' AND NOT
    (r.currency IS d.currency AND r.expected IS d.expected AND r.actual IS d.actual), 0) AS is_stale,
  r.expected AS decided_expected, r.actual AS decided_actual, r.made_at AS decided_at
FROM discrepancy d
LEFT JOIN resolution r ON r.id = (SELECT max(x.id) FROM resolution x WHERE x.discrepancy_id = d.id)
WHERE d.gone_run IS NULL;

-- excess_minor is the part of gross beyond the payments' amounts, refund_fees_minor the fees of completed refunds: with
-- them a day can be counted by another convention.
CREATE TABLE settlement_day (
  provider TEXT NOT NULL,
  currency TEXT NOT NULL,
  day_on INTEGER NOT NULL,
  gross_minor INTEGER,
  refunds_minor INTEGER NOT NULL,
  fees_minor INTEGER NOT NULL,
  net_minor INTEGER,
  payment_count INTEGER,
  reported_gross_minor INTEGER,
  reported_refunds_minor INTEGER,
  reported_fees_minor INTEGER,
  reported_net_minor INTEGER,
  reported_count INTEGER,
  status TEXT NOT NULL,
  excess_minor INTEGER,
  refund_fees_minor INTEGER,
  PRIMARY KEY (provider, currency, day_on)
) STRICT, WITHOUT ROWID;

-- Providers and currencies whose amounts seem to mean something else than those of the orders. While a row stands, what
-- their payments collected is unknown.
CREATE TABLE amount_doubt (
  provider TEXT NOT NULL,
  currency TEXT NOT NULL,
  explanation TEXT NOT NULL,
  PRIMARY KEY (provider, currency)
) STRICT, WITHOUT ROWID;

-- What rows that reports are made of were before a run changed them: their columns as a JSON array, NULL where there was
-- no row. Written by the triggers of FormerRows.swift, once for each row and run. With first_run it shows the warehouse as it
-- was known after any run.
CREATE TABLE former_row (
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES run (id),
  facts TEXT,
  PRIMARY KEY (name, key, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_row_by_run ON former_row (run);

-- Periods that a person closed, and opened again: rows are added, never changed. `run` wrote the sealed files.
CREATE TABLE seal (
  id INTEGER PRIMARY KEY,
  from_on INTEGER NOT NULL,
  to_on INTEGER NOT NULL,
  is_sealed INTEGER NOT NULL CHECK (is_sealed IN (0, 1)),
  run INTEGER NOT NULL REFERENCES run (id),
  generated_at INTEGER NOT NULL,
  basis TEXT NOT NULL,
  files TEXT NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  after_run INTEGER NOT NULL REFERENCES run (id),
  checksum INTEGER NOT NULL,
  CHECK (from_on <= to_on)
) STRICT;

-- What changed since payments and refunds were last linked, the orders to be classified since the last matching, and
-- the rules that matching followed.
CREATE TABLE touched_payment (payment INTEGER PRIMARY KEY) STRICT;
CREATE TABLE touched_order (sales_order INTEGER PRIMARY KEY) STRICT;
CREATE TABLE order_to_classify (sales_order INTEGER PRIMARY KEY) STRICT;
CREATE TABLE touched_name (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- For people who open the file with other tools, and for `reconcile sql`.
CREATE VIEW v_order AS
SELECT o.order_id, date(v.order_on * 86400, 'unixepoch') AS order_date,
  strftime('%Y-%m-%dT%H:%M:%SZ', o.created_at / 1000000, 'unixepoch') AS created_at, o.currency, o.amount_minor,
  v.collected_minor, v.due_minor, v.refunded_minor, v.refund_fees_minor, v.match_status, v.refund_status, v.provider,
  v.payment_ids, v.refund_ids, v.matched_by
FROM sales_order o LEFT JOIN order_verdict v ON v.sales_order = o.id;

CREATE VIEW v_payment AS
SELECT p.provider, p.payment_id, date(p.paid_on * 86400, 'unixepoch') AS payment_date, p.currency, p.amount_minor,
  p.collected_minor, p.status, p.provider_status, o.order_id, p.rule AS matched_by,
  date(p.local_on * 86400, 'unixepoch') AS settlement_day
FROM payment p LEFT JOIN sales_order o ON o.id = p.sales_order WHERE p.is_test = 0;

CREATE VIEW v_refund AS
SELECT r.provider, r.refund_id, date(r.refunded_on * 86400, 'unixepoch') AS refund_date,
  coalesce(p.payment_id, r.payment_id) AS payment_id, o.order_id, r.currency, r.amount_minor, r.fee_minor, r.status,
  r.provider_status, r.inferred AS is_inferred, date(r.local_on * 86400, 'unixepoch') AS settlement_day
FROM refund r LEFT JOIN payment p ON p.id = r.payment LEFT JOIN sales_order o ON o.id = p.sales_order
WHERE r.is_test = 0;

CREATE VIEW v_discrepancy AS
SELECT d.id, d.code, d.standing AS status, d.provider, d.currency, d.order_id, d.payment_id, d.refund_id,
  date(d.business_on * 86400, 'unixepoch') AS business_date, d.expected, d.actual, d.is_count, d.explanation,
  f.run_id AS first_run_id, c.run_id AS changed_run_id
FROM current_finding d JOIN run f ON f.id = d.first_run JOIN run c ON c.id = d.changed_run;

CREATE VIEW v_open_discrepancy AS
SELECT * FROM v_discrepancy WHERE status = 'open';

CREATE VIEW v_settlement_day AS
SELECT provider, currency, date(day_on * 86400, 'unixepoch') AS day, gross_minor, refunds_minor, fees_minor, net_minor,
  payment_count, reported_gross_minor, reported_refunds_minor, reported_fees_minor, reported_net_minor, reported_count,
  status
FROM settlement_day;

CREATE VIEW v_run AS
SELECT run_id, command, strftime('%Y-%m-%dT%H:%M:%SZ', started_at / 1000000, 'unixepoch') AS started_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', finished_at / 1000000, 'unixepoch') AS finished_at,
  date(from_on * 86400, 'unixepoch') AS from_date, date(to_on * 86400, 'unixepoch') AS to_date,
  strftime('%Y-%m-%dT%H:%M:%SZ', as_of_at / 1000000, 'unixepoch') AS as_of, exit_status, tool
FROM run;

CREATE VIEW v_import AS
SELECT r.run_id, i.provider, i.status, i.page_count, i.record_count, i.new_count, i.changed_count, i.reject_count,
  i.request_count, i.message, strftime('%Y-%m-%dT%H:%M:%SZ', i.read_at / 1000000, 'unixepoch') AS read_at
FROM provider_import i JOIN run r ON r.id = i.run;
