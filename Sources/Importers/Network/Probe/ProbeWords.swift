import ReconcileCore

/// What a probe's answers mean, in words.
enum ProbeWords {
  /// How a list names the way to its next page.
  static func paging(_ hint: PageHint, of call: ReadCall) -> String {
    let list = name(of: call)
    switch hint {
    case .none: return "\(list) does not say how it goes on"
    case .link(nil): return "\(list) ends with its member `next`; further pages would be links in it"
    case .link: return "\(list) is paged by links in its member `next`"
    case .cursor(_, let cursor?, _) where !cursor.isEmpty:
      return "\(list) is paged by its `next_cursor`, sent as cursor"
    case .cursor(more: true, _, _):
      return "\(list) is paged by `has_more` without a cursor: the last id is sent as starting_after"
    case .cursor:
      return
        "\(list) ends with `has_more` or `next_cursor`; whether further pages have a cursor does not show"
    case .pages(_, let count): return "\(list) is paged by number: `page` of `total_pages`, \(count) in all"
    case .offset(nil, _, let limit):
      return "\(list) is paged by `offset`, at most \(limit) a page; its `total` is no number of records"
    case .offset(let total?, _, let limit):
      return "\(list) is paged by `offset`: a `total` of \(total), at most \(limit) a page"
    }
  }

  /// The list as its document calls it.
  static func name(of call: ReadCall) -> String { call.action ?? call.path }

  /// What a body holds, without what is inside its inner objects: enough to recognise it, too little for a person's
  /// data. `body` is masked.
  static func outline(of body: [UInt8]) -> String {
    guard let root = try? JSONReader.parse(body) else {
      return body.isEmpty ? "no body" : "a body that is no JSON"
    }
    guard case .object(let object) = root else {
      return root.isArray ? "a list" : "a body that is no object"
    }
    let members = object.members.prefix(8).map { member in
      let value = String(BodyReading.text(of: member.value).prefix(40))
      return "\(String(member.key.prefix(40))): \(value.isEmpty ? "\"\"" : value)"
    }
    let rest = object.members.count > 8 ? ", …" : ""
    return "{" + ListBody.cleaned(members.joined(separator: ", ")) + rest + "}"
  }

  /// What an import makes of a 200 for a reference that nobody gave out.
  static func verdict(
    on body: ResponseReading.Body, askedFor id: Identifier, kind: ProviderKind
  ) -> (level: ProbeFinding.Level, words: String, remedy: String?) {
    let ask = "ask the provider to answer 400 or 404"
    switch body.contents {
    case .failure(let unreadable):
      return (
        .problem, "which is no record: \(unreadable.reason)",
        "\(ask); until then an order that was never paid there leaves this provider incomplete"
      )
    case .success(let contents):
      if let reject = contents.rejects.first {
        return (
          .notice, "which becomes a reject: \(reject.reason)",
          "\(ask); until then an order that was never paid there ends a run with 65"
        )
      }
      guard let payment = contents.payments.first, NetworkImport.isAnswer(contents, to: id, kind) else {
        return (
          .problem, "which is another record than the one asked for",
          "\(ask); until then an order that was never paid there leaves this provider incomplete"
        )
      }
      return verdict(on: payment, else: ask)
    }
  }

  private static func verdict(
    on payment: PaymentRecord, else ask: String
  ) -> (level: ProbeFinding.Level, words: String, remedy: String?) {
    let words =
      "which counts as a payment with the status \(payment.status.rawValue) (\"\(payment.providerStatus)\")"
    switch payment.status {
    case .failed, .cancelled, .expired: return (.good, words, nil)
    case .pending, .authorized, .unknown:
      return (
        .notice, words,
        "\(ask); until then an order that was never paid there is \(payment.status == .unknown ? "unknown" : "pending")"
          + " for ever. If the word always means that nothing was paid, map it to failed in status_map"
      )
    case .succeeded, .partial, .overpaid, .refunded, .partiallyRefunded:
      return (
        .problem, words, "\(ask); until then no order at this provider can be told to be paid: leave it out"
      )
    }
  }
}

extension JSONValue {
  fileprivate var isArray: Bool { if case .array = self { true } else { false } }
}
