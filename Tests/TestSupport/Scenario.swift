import Foundation
import ReconcileCore

/// A case that an accountant can read: what was sold, paid and given back, and what must be said about it.
///
/// A file holds any number of them. Each begins with `scenario:` and a sentence; the lines below say
///
/// ```
/// order ID AMOUNT CUR TIME [cancelled] [at PROVIDER] [ref REFERENCE]
/// payment PROVIDER/ID AMOUNT CUR STATUS TIME|- [for ORDER,…] [alias ID,…] [received N] [overpaid N]
///   [fee N] [refunded N] [net] [test]
/// refund PROVIDER/ID AMOUNT|- CUR STATUS TIME|- [of PAYMENT] [maybe PAYMENT,…] [fee N]
/// asked ID AMOUNT CUR TIME for ORDER [ref REFERENCE]
/// event PROVIDER/ID [of REFERENCE,…] [for ORDER,…] [received N CUR | refund ID N CUR] [at TIME]
/// tolerance N CUR · grace HOURS · refund_grace HOURS · as_of TIME
/// provider NAME KIND [fee N CUR] [zone ZONE] · unread PROVIDER · link PAYMENT ORDER · unlink PAYMENT
/// ```
///
/// where one line of the file holds one of them, and what is expected: `-> ORDER match refund collected due
/// refunded` for every order, `!! CODE STATUS ID expected actual` for every finding, and where links matter
/// `== PAYMENT ORDER RULE` for every payment and `?? PAYMENT ORDER` for every suggestion. `-` stands for what
/// is absent or unknown.
public struct Scenario: Sendable, CustomStringConvertible {
  /// The sentence, and where it stands.
  public let name: String
  public let place: String
  public internal(set) var settings = Settings()
  public internal(set) var asOf = Instant(seconds: 1_774_958_400)
  public internal(set) var orders: [MerchantOrder] = []
  public internal(set) var payments: [(provider: String, record: PaymentRecord)] = []
  public internal(set) var refunds: [(provider: String, record: RefundRecord)] = []
  public internal(set) var asked: [MerchantRefund] = []
  public internal(set) var events: [WebhookEvent] = []
  /// Providers whose latest import was not complete.
  public internal(set) var unread: Set<String> = []
  /// A person's links; nil takes a payment from its order.
  public internal(set) var links: [(payment: String, order: String?)] = []
  /// The expectations, one line each without its mark, sorted.
  public internal(set) var expectedOrders: [String] = []
  public internal(set) var expectedFindings: [String] = []
  public internal(set) var expectedLinks: [String] = []
  public internal(set) var expectedSuggestions: [String] = []

  public var description: String { "\(name) (\(place))" }

  init(name: String, place: String) throws {
    self.name = name
    self.place = place
    guard let euro = Currency("EUR") else { throw ScenarioError(place: place, problem: "no EUR") }
    settings.providers = ProviderKind.allCases.map { kind in
      ProviderSettings(name: kind.rawValue, kind: kind, source: .directory("saved"), currency: euro)
    }.sorted { $0.name < $1.name }
    for index in settings.providers.indices where settings.providers[index].kind == .dapit {
      settings.providers[index].refundFee = Money(minorUnits: 100, currency: euro)
    }
  }
}

/// What is wrong with a scenario file.
public struct ScenarioError: Error, CustomStringConvertible {
  let place: String
  let problem: String
  public var description: String { "\(place): \(problem)" }
}

extension Scenario {
  /// All scenarios of the `.txt` files in a folder, in the order of their names.
  public static func all(in folder: String) throws -> [Scenario] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".txt") }
    return try names.sorted().flatMap { name in
      try read(try String(contentsOfFile: folder + "/" + name, encoding: .utf8), file: name)
    }
  }

  /// The scenarios of one text.
  public static func read(_ text: String, file: String) throws -> [Scenario] {
    var scenarios: [Scenario] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let place = "\(file):\(index + 1)"
      let content = line.trimmingCharacters(in: .whitespaces)
      if content.isEmpty || content.hasPrefix("#") { continue }
      if content.hasPrefix("scenario:") {
        let name = content.dropFirst(9).trimmingCharacters(in: .whitespaces)
        scenarios.append(try Scenario(name: name, place: place))
        continue
      }
      guard !scenarios.isEmpty else { throw ScenarioError(place: place, problem: "no scenario begins here") }
      var words = ScenarioWords(content, place: place)
      try scenarios[scenarios.count - 1].take(&words)
      try words.end()
    }
    for index in scenarios.indices { scenarios[index].sortExpectations() }
    return scenarios
  }

  private mutating func sortExpectations() {
    expectedOrders.sort()
    expectedFindings.sort()
    expectedLinks.sort()
    expectedSuggestions.sort()
  }

  private mutating func take(_ words: inout ScenarioWords) throws {
    switch try words.next() {
    case "order": orders.append(try words.order())
    case "payment": payments.append(try words.payment())
    case "refund": refunds.append(try words.refund())
    case "asked": asked.append(try words.asked())
    case "event": events.append(try words.event())
    case "tolerance":
      let tolerance = try words.money()
      settings.tolerance[tolerance.currency] = tolerance
    case "grace": settings.graceSeconds = try words.hours()
    case "refund_grace": settings.refundGraceSeconds = try words.hours()
    case "as_of": asOf = try words.instant()
    case "provider": try add(try words.provider())
    case "unread": unread.insert(try words.next())
    case "link": links.append((try words.next(), try words.next()))
    case "unlink": links.append((try words.next(), nil))
    case "->": expectedOrders.append(words.rest())
    case "!!": expectedFindings.append(words.rest())
    case "==": expectedLinks.append(words.rest())
    case "??": expectedSuggestions.append(words.rest())
    case let word: throw words.problem("`\(word)` begins no line")
    }
  }

  private mutating func add(_ provider: ProviderSettings) throws {
    settings.providers.removeAll { $0.name == provider.name }
    settings.providers.append(provider)
    settings.providers.sort { $0.name < $1.name }
  }
}
