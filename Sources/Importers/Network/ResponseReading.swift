import ReconcileCore

/// Turns a response into what is kept and what is read from it: key removed, personal data masked, then read.
struct ResponseReading: Sendable {
  /// A body as it came, as it is kept, and what it holds.
  struct Body: Sendable {
    var raw: [UInt8]
    var masked: [UInt8]
    var fetchedAt: Instant
    var contents: Result<BodyContents, UnreadableBody>
  }

  let reader: any ProviderReader
  let mask: @Sendable ([UInt8]) -> [UInt8]
  let scrubber: SecretScrubber
  let clock: any ImportClock

  /// A body that nobody reads, as far as it may be shown.
  func unread(_ response: HTTPResponse) -> Body {
    Body(
      raw: response.body, masked: mask(scrubber.scrubbed(response.body)), fetchedAt: clock.wallNow(),
      contents: .success(BodyContents()))
  }

  /// Judges a 200. A body that another try may better is a last resort: kept as evidence, without records.
  func judge(
    _ response: HTTPResponse, stream: ProviderStream, request: String, isRefundLookup: Bool
  ) -> ProviderLine.Judgement<Body> {
    var body = unread(response)
    do {
      body.contents = .success(
        try reader.read(stream, body: body.masked, request: request, isRefundLookup: isRefundLookup))
    } catch {
      body.contents = .failure(error)
      if error.isTransient { return .retry(error.reason, lastResort: body) }
    }
    return .good(body)
  }
}

extension BodyContents {
  /// Records seen, rejects included.
  var recordCount: Int { max(rows.count, payments.count + refunds.count + settlements.count + rejects.count) }
}
