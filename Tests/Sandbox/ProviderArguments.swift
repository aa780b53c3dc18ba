/// The options that name providers, taken apart.
struct ProviderArguments {
  var keys: [String: String]
  var headers: [String: String]
  var paging: [String: String]
  var rates: [String: String]
  var pageSize: Int?
  var pastEnd: String
  var gateUnknown: Int

  /// What they say about one provider.
  func options(_ name: String, _ kind: ProviderKind) throws -> ProviderOptions {
    var options = ProviderOptions(kind: kind)
    options.key = keys[name]
    options.authHeader = headers[name] ?? options.authHeader
    guard options.authHeader.contains("{key}"), options.authHeader.contains(":") else {
      throw WrongOption("--auth-header \(name): 'Header: {key}' is wanted")
    }
    options.rateLimit = try rates[name].map { try RateLimit($0) }
    guard pageSize.map({ $0 > 0 }) ?? true else { throw WrongOption("--page-size starts at 1") }
    options.pageSize = pageSize
    guard ["empty", "404"].contains(pastEnd) else { throw WrongOption("--past-end is empty or 404") }
    options.refusesPastTheEnd = pastEnd == "404"
    guard [200, 400, 404].contains(gateUnknown) else {
      throw WrongOption("--gate-unknown is 200, 400 or 404")
    }
    options.unknownStatus = gateUnknown
    for stream in kind.streams where stream != .settlementReport && !stream.isLookup(kind) {
      // Without a stream the first list of the provider is meant: Dapit's refunds come whole unless named.
      let isFirst = stream == kind.streams.first
      guard let word = paging["\(name).\(stream.rawValue)"] ?? (isFirst ? paging[name] : nil) else {
        continue
      }
      guard let style = PagingStyle(rawValue: word) else {
        throw WrongOption(
          "--paging \(name)=\(word): there are \(PagingStyle.allCases.map(\.rawValue).joined(separator: ", "))"
        )
      }
      options.paging[stream] = style
    }
    return options
  }

  /// A name that belongs to no provider would be obeyed by nobody, silently.
  func checkNames(_ known: [String]) throws {
    let paged = paging.keys.map { String($0.prefix { $0 != "." }) }
    for name in Array(keys.keys) + Array(headers.keys) + Array(rates.keys) + paged where !known.contains(name)
    {
      throw WrongOption(
        "no provider is called '\(name)'; there are \(known.sorted().joined(separator: ", "))")
    }
  }
}
