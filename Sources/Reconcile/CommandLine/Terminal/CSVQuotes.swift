extension String {
  /// The text as a quoted cell of a CSV file.
  ///
  /// By bytes: a quote with an accent on it is one character, which is no quote.
  var quotedForCSV: String {
    let quote = UInt8(ascii: "\"")
    return "\"" + String(decoding: utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self) + "\""
  }
}
