import ReconcileCore

/// Who decided, and when: written beside every decision.
public struct Decider: Sendable, Equatable {
  public var name: String
  public var instant: Instant

  public init(name: String, instant: Instant) {
    self.name = name
    self.instant = instant
  }
}

/// Something that a person wants to decide, before the warehouse has looked at it.
public struct DecisionDraft: Sendable {
  /// What it is about.
  public enum Subject: Sendable {
    /// The payment belongs to this order.
    case link(PaymentName, order: String)
    /// The payment belongs to no order.
    case unlink(PaymentName)
    /// A verdict on a discrepancy; `seen` is the key of the row where the person saw it, nil where there was none.
    case verdict(id: String, Resolution, seen: FindingRowKey?)
  }

  public var subject: Subject
  /// Why, on one line.
  public var note: String
  /// Where it was written, such as `line 4`; nil on the command line.
  public var place: String?

  public init(_ subject: Subject, note: String, place: String? = nil) {
    self.subject = subject
    self.note = note
    self.place = place
  }
}

/// A payment as people name it.
public struct PaymentName: Sendable {
  /// nil where `id` is unique, or has the form `provider:id`.
  public var provider: String?
  public var id: String

  public init(provider: String? = nil, id: String) {
    self.provider = provider
    self.id = id
  }
}

/// A person's verdict.
public enum Resolution: String, Sendable, CaseIterable { case accepted, open }

/// What becomes of a decision.
public enum DecisionOutcome: Sendable {
  /// It holds from now on; in words that follow `done:`.
  case done(String)
  /// It holds already, so nothing is written.
  case unchanged(String)
  /// It cannot be taken. Its status is 64.
  case refused(Failure)

  /// The error of a refused decision.
  public var refusal: Failure? { if case .refused(let failure) = self { failure } else { nil } }
}
