import Synchronization

/// What the name of a field says about the personal data in it.
enum FieldClass: Sendable {
  /// Read by this tool, and no person's: kept as it is, so that a numeric id is never taken for a card
  /// number.
  case needed
  /// A person's: every scalar in it is masked, whatever it holds.
  case personal
  /// Anything else: searched for patterns.
  case other

  /// The class of a field by its name; case and underscores do not matter.
  static func of(_ name: String) -> FieldClass {
    let plain = String(
      decoding: name.utf8.compactMap { byte -> UInt8? in
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "."): nil
        case 65...90: byte + 32
        default: byte
        }
      }, as: UTF8.self)
    if neededNames.contains(plain) { return .needed }
    if harmlessNames.contains(plain) { return .other }
    if personalNames.contains(plain) { return .personal }
    if personalPrefixes.contains(where: { plain.hasPrefix($0) }) { return .personal }
    return personalParts.contains(where: { plain.contains($0) }) ? .personal : .other
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }

  /// Ids, references, amounts, times, paging and the words that reading depends on.
  private static let neededNames = words(
    """
    id paymentid checkoutsessionid sessionid sessiontoken token orderid merchantorderid referencenumber \
    reference referenceid paymentreference originalreference transactionreference transactionid refundid \
    eventid invoicenumber amount amountincents amountusd totalpaid amountpaid overpaidamount \
    amountremaining invoiceamount refundfee refundnet refundamount processingfee actualamount \
    amountrefunded totalrefunded confirmedat paidat createdat updatedat completedat sentat expiresat \
    receivedat date day datefrom dateto grossvolume gross volume totalrefunds refunds totalfees fees fee \
    netsettlement net transactioncount transactions count next hasmore nextcursor cursor page totalpages \
    total offset limit currency currencycode status livemode testmode success event type
    """)

  /// Names that look personal and are not.
  private static let harmlessNames = words("cardlast4 cardbrand cardtype cardscheme emailsent")

  /// A person's data, or free text in which people write names.
  private static let personalNames = words(
    """
    name ip pan dob ssn taxid mobile tel telephone city postalcode postcode zip zipcode street browser \
    device useragent imei mac msisdn telegram username last4pan bic contact description reason comment \
    comments note notes memo customercontext paymentmethoddata
    """)
  private static let personalPrefixes = [
    "customer", "debtor", "creditor", "beneficiary", "billing", "shipping", "card", "payer", "recipient",
    "sender",
    "remitter", "remittance", "accountname", "accountholder", "accountnumber", "bankaccount",
  ]
  private static let personalParts = [
    "email", "phone", "iban", "firstname", "lastname", "middlename", "surname", "fullname", "address",
    "holder",
    "cvv", "cvc", "passport", "birth", "clientip", "remoteip",
  ]
}

/// What a name says: the class of its field, and whether it is itself a person's.
struct NameClass: Sendable {
  let field: FieldClass
  let isPersonal: Bool

  init(_ name: String) {
    field = FieldClass.of(name)
    isPersonal = Array(name.utf8).withUnsafeBufferPointer {
      PersonalPatterns.masked(Slice(base: $0, bounds: 0..<$0.count)) != nil
    }
  }
}

/// Names seen so far with what they say: a list repeats the same few names a million times.
struct FieldClasses {
  private static let shared = Mutex(FieldClasses(empty: ()))
  /// Names by a hash of their bytes; the few that share one stand one behind the other.
  private var buckets: [[(name: [UInt8], class: NameClass)]]
  private var count = 0
  private var hasNew = false

  init() { self = Self.shared.withLock { $0 } }

  private init(empty: ()) { buckets = Array(repeating: [], count: 256) }

  /// What a name says that was seen before.
  func known(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> NameClass? {
    for entry in buckets[Self.bucket(of: name)] where entry.name.elementsEqual(name) { return entry.class }
    return nil
  }

  /// What a name says; it is known from now on.
  mutating func of(_ name: String) -> NameClass {
    let bytes = Array(name.utf8)
    let value = NameClass(name)
    // Merchants choose the names in metadata; the table stays small whatever they are.
    if count < 2_000, bytes.count <= 64 {
      let bucket = Self.bucket(of: bytes)
      if !buckets[bucket].contains(where: { $0.name == bytes }) {
        buckets[bucket].append((bytes, value))
        count += 1
        hasNew = true
      }
    }
    return value
  }

  private static func bucket(of name: some Collection<UInt8>) -> Int {
    var hash: UInt32 = 2_166_136_261
    for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Int((hash ^ hash >> 16) & 255)
  }

  /// Leaves what was learned for the next body.
  mutating func remember() {
    guard hasNew else { return }
    hasNew = false
    let learned = self
    Self.shared.withLock { shared in
      if learned.count > shared.count { shared = learned }
    }
  }
}
