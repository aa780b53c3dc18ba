import ReconcileCore

/// A delivery about test money: left out, and counted once for each id.
public struct TestEvent: Sendable, Hashable {
  /// The kind of provider that sent it.
  public let kind: ProviderKind
  /// The event's id; several deliveries of one event have the same.
  public let id: String
}

/// Reads archived webhook deliveries, one JSON object a line.
public enum EventFiles {
  /// Reads deliveries in the order of `files` and of their lines.
  ///
  /// A delivery that names its provider is that provider's event. One that does not is attributed by its
  /// shape, and handed out once for each configured provider of that kind, since either may hold the
  /// payment. With a webhook secret set, only a MAXFI delivery whose signature verifies counts. Throws
  /// `Failure` (66) for a file that cannot be opened or is UTF-16.
  public static func readEvents(
    files: [String], providers: [ProviderSettings], onEvent: (WebhookEvent, SourceLine) throws -> Void,
    onReject: (Reject) throws -> Void, onTest: (TestEvent) throws -> Void
  ) throws -> [InputFile] {
    var inputs: [InputFile] = []
    for path in files {
      let file = try ByteFile(path: path)
      let reader = LineReader(file: file)
      var rows: Int64 = 0
      while try reader.next() {
        if reader.line.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { continue }
        rows += 1
        let place = SourceLine(file: path, line: reader.number)
        let outcome: Outcome
        do throws(EventProblem) {
          outcome = try read(reader, providers)
        } catch {
          try onReject(
            Reject(
              source: path, location: place.location, reason: error.reason,
              record: PersonalData.mask(text: String(decoding: reader.line.prefix(65_536), as: UTF8.self))))
          continue
        }
        switch outcome {
        case .events(let events): for event in events { try onEvent(event, place) }
        case .test(let event): try onTest(event)
        }
      }
      inputs.append(InputFile(path: path, rows: rows, sha256: file.finishDigest()))
    }
    return inputs
  }

  private enum Outcome {
    case events([WebhookEvent])
    case test(TestEvent)
  }

  private static func read(_ reader: LineReader, _ providers: [ProviderSettings]) throws(EventProblem)
    -> Outcome
  {
    guard !reader.isTooLong else {
      throw EventProblem("the line is longer than 16 MiB; write one delivery a line")
    }
    let delivery = try EventDelivery(line: reader.line)
    let receivers = try trusted(try candidates(delivery, providers), delivery)
    if delivery.isTest, let first = receivers.first {
      // Test data may be odd; only its identity is needed, so that eight deliveries count as one event.
      let id = (try? delivery.event(for: first).id) ?? Digest.hex(Digest.sha256(delivery.bytes))
      return .test(TestEvent(kind: first.kind, id: id))
    }
    var events: [WebhookEvent] = []
    for provider in receivers { events.append(try delivery.event(for: provider)) }
    return .events(events)
  }

  /// The providers that the delivery may come from.
  private static func candidates(
    _ delivery: EventDelivery, _ providers: [ProviderSettings]
  ) throws(EventProblem) -> [ProviderSettings] {
    let shape = delivery.shape
    if let name = delivery.provider {
      guard let provider = providers.first(where: { $0.name == name }) else {
        throw EventProblem(
          "the provider \(quoted(name)) is not configured; add [providers.NAME] or correct the name")
      }
      // What Inflow sends is not documented, so anything that could be its is taken as its when it is named.
      guard shape == provider.kind || (provider.kind == .inflow && (shape == .maxfi || hasInflowID(delivery)))
      else {
        throw EventProblem(
          "the body does not have the shape of a \(provider.kind.rawValue) delivery; correct \"provider\"")
      }
      return [provider]
    }
    guard let shape else {
      throw EventProblem("the body has no known shape; put it in an envelope with \"provider\" and \"body\"")
    }
    let ofKind = providers.filter { $0.kind == shape }
    guard !ofKind.isEmpty else {
      throw EventProblem(
        "no provider of kind \(shape.rawValue) is configured; add one or leave its events out")
    }
    return ofKind
  }

  private static func hasInflowID(_ delivery: EventDelivery) -> Bool {
    let data: JSONObject
    if case .object(let inner)? = delivery.body["data"] { data = inner } else { data = delivery.body }
    return data["transaction_id"] != nil || data["id"] != nil
  }

  /// Those of the providers whose signature, where one is asked for, verifies.
  private static func trusted(
    _ candidates: [ProviderSettings], _ delivery: EventDelivery
  ) throws(EventProblem) -> [ProviderSettings] {
    let trusted = candidates.filter { provider in
      guard provider.kind == .maxfi, let secret = provider.webhookSecret else { return true }
      return delivery.isSigned(with: secret)
    }
    guard trusted.isEmpty else { return trusted }
    throw EventProblem(
      delivery.isBare
        ? "a bare body has no signature, and a webhook secret is set; archive it with its headers"
        : delivery.values(ofHeader: "x-maxfi-signature").isEmpty
          ? "the delivery has no X-MAXFI-Signature, and a webhook secret is set; archive its headers too"
          : "X-MAXFI-Signature does not verify: the body was changed or the webhook secret is another")
  }
}
