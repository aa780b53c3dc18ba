import ReconcileCore

/// What one record gave.
enum RecordReading {
  case payment(PaymentRecord)
  case refund(RefundRecord)
  /// A row that counts for the walk and is neither payment nor reject, with what names it.
  case session(String?)
}

/// Reads the records of one body into contents, one row each, rejects included.
struct BodyReading {
  let provider: String
  let request: String
  let body: [UInt8]
  var contents = BodyContents()
  private let known: KnownFields
  /// The members of the last record: most records have the same.
  private var membersBefore: [String] = []
  /// The currencies so far.
  private var currencies: [Currency] = []

  init(_ settings: ProviderSettings, _ stream: ProviderStream, request: String, body: [UInt8]) {
    provider = settings.name
    known = KnownFields.of(settings.kind, stream)
    self.request = request
    self.body = body
  }

  /// Notes members that no document names, with what they hold.
  mutating func noteUnknown(_ kind: Drift.Kind, in object: JSONObject) {
    if kind == .field {
      let isLikeBefore =
        object.members.count == membersBefore.count
        && membersBefore.indices.allSatisfy { object.members[$0].key == membersBefore[$0] }
      if isLikeBefore { return }
      membersBefore = object.members.map(\.key)
    }
    let names = kind == .envelope ? known.envelope : known.record
    for (name, value) in object.members where !names.contains(name) {
      contents.drift.insert(Drift(kind, name: name, sample: Self.text(of: value)))
    }
  }

  /// Notes words whose meaning no map holds, and the currencies that occur.
  private mutating func noteWords(_ reading: RecordReading) {
    switch reading {
    case .payment(let payment):
      if payment.status == .unknown { note(.status, payment.providerStatus, payment.id) }
      note(payment.amount.currency, payment.id)
    case .refund(let refund):
      if refund.status == .unknown { note(.status, refund.providerStatus, refund.id) }
      note(refund.currency, refund.id)
    case .session: break
    }
  }

  private mutating func note(_ currency: Currency, _ id: Identifier) {
    if currencies.contains(currency) { return }
    currencies.append(currency)
    note(.currency, currency.code, id)
  }

  private mutating func note(_ kind: Drift.Kind, _ name: String, _ id: Identifier) {
    contents.drift.insert(Drift(kind, name: name, sample: id.text))
  }

  /// What stands for the id of a record that has none: the record itself, which may come again on another page, and
  /// how many like it came before in the body.
  private mutating func identity(ofNameless record: JSONObject?) -> String {
    let digest = Digest.hex(Digest.sha256(record.map { body[$0.range] } ?? []))
    nameless[digest, default: 0] += 1
    return "\(Self.namelessPrefix)\(digest):\(nameless[digest] ?? 1)"
  }

  /// Whether a row's identity is not the provider's id.
  static func isNameless(_ identity: String) -> Bool { identity.hasPrefix(namelessPrefix) }

  /// No id holds a control character.
  private static let namelessPrefix = "\u{1}"
  private var nameless: [String: Int] = [:]

  /// Reads every row. `createdAt` is the time that the list is sorted by.
  mutating func read(
    _ rows: [JSONValue], createdAt: (JSONObject) -> Instant?,
    record: (JSONObject) throws(RecordProblem) -> RecordReading
  ) {
    contents.rows.reserveCapacity(rows.count)
    for row in rows {
      guard case .object(let object) = row else {
        reject(
          "the row is not an object", record: Self.text(of: row), identity: identity(ofNameless: nil),
          createdAt: nil)
        continue
      }
      do throws(RecordProblem) {
        if object.hasDuplicateKey { throw RecordProblem("a field stands twice in the record") }
        let identity: String
        noteUnknown(.field, in: object)
        let reading = try record(object)
        noteWords(reading)
        switch reading {
        case .payment(let payment):
          contents.payments.append(payment)
          identity = payment.id.text
        case .refund(let refund):
          contents.refunds.append(refund)
          identity = refund.id.text
        case .session(let name):
          identity = name.map { "session:" + $0 } ?? self.identity(ofNameless: object)
        }
        contents.rows.append(WalkRow(identity: identity, createdAt: createdAt(object)))
      } catch {
        if let id = error.id { contents.rejectedIDs.append(id) }
        reject(
          error.reason, record: text(of: object),
          identity: error.id?.text ?? identity(ofNameless: object), createdAt: createdAt(object))
      }
    }
  }

  /// A reject that is no row of a walk.
  mutating func reject(_ reason: String, record: String) {
    contents.rejects.append(Reject(source: provider, location: request, reason: reason, record: record))
  }

  private mutating func reject(_ reason: String, record: String, identity: String, createdAt: Instant?) {
    reject(reason, record: record)
    contents.rows.append(WalkRow(identity: identity, createdAt: createdAt))
  }

  /// The record as it stands in the body, which is masked already.
  func text(of object: JSONObject) -> String { PersonalData.cut(body[object.range], to: 2_000) }

  /// A row that is not an object, as far as it matters.
  static func text(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .array: "[…]"
    case .object: "{…}"
    default: PersonalData.mask(text: value.plainText ?? "")
    }
  }
}

extension RecordFields {
  /// Reads the rest of a record whose id is known, so that its reject names it.
  func named<T>(_ id: Identifier, _ rest: () throws(RecordProblem) -> T) throws(RecordProblem) -> T {
    do throws(RecordProblem) {
      return try rest()
    } catch {
      throw RecordProblem(error.reason, id: id)
    }
  }

  /// The creation time for the walk; one that cannot be read is none.
  var walkTime: Instant? { try? instant("created_at") }
}
