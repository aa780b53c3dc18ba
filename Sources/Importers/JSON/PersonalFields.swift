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

/// Names seen so far with their class: a list repeats the same few names a million times.
struct FieldClasses {
  private static let shared = Mutex<[String: FieldClass]>([:])
  private var known: [String: FieldClass]
  private var hasNew = false

  init() { known = Self.shared.withLock { $0 } }

  mutating func of(_ name: String) -> FieldClass {
    if let known = known[name] { return known }
    let value = FieldClass.of(name)
    // Merchants choose the names in metadata; the table stays small whatever they are.
    if known.count < 2_000, name.utf8.count <= 64 {
      known[name] = value
      hasNew = true
    }
    return value
  }

  /// Leaves what was learned for the next body.
  func remember() {
    guard hasNew else { return }
    Self.shared.withLock { shared in
      if known.count > shared.count { shared = known }
    }
  }
}
