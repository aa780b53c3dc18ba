/// A part of an explanation: a heading and its facts, in the order they are told.
public struct StoryPart: Sendable {
  /// What a part tells of; programs that read the JSON go by it.
  public enum Kind: String, Sendable, CaseIterable {
    case order, arithmetic, payment, rules, refund
    case merchantRefund = "merchant_refund"
    case discrepancy, candidates, suggestion
    case settlementDay = "settlement_day"
    case settlementReport = "settlement_report"
    case conventions, versions, response
  }

  public var kind: Kind
  /// The id of the record that the part tells of.
  public var id: String
  public var heading: String
  public var facts: [StoryFact]

  public init(_ kind: Kind, _ id: String, heading: String, facts: [StoryFact]) {
    self.kind = kind
    self.id = id
    self.heading = heading
    self.facts = facts
  }
}

/// One line of an explanation.
public struct StoryFact: Sendable {
  public var label: String
  /// For people: words, amounts with their currency, times with their business date.
  public var value: String
  /// The same for programs: amounts as plain decimals, days as ISO 8601; nil is unknown. Empty where the value says
  /// it all.
  public var data: [(name: String, value: String?)]

  public init(_ label: String, _ value: String, data: [(name: String, value: String?)] = []) {
    self.label = label
    self.value = value
    self.data = data
  }
}
