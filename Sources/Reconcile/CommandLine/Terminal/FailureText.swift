import ReconcileCore

extension Failure {
  /// The error as it is printed on standard error: what happened, where, and what to do next.
  ///
  /// ```
  /// error: unknown key `gracee`
  ///   at /srv/shop/reconcile.toml, line 12, key matching.gracee
  ///   the nearest known key is `grace`
  /// ```
  var text: String {
    var lines = ["error: " + what.withControlCharactersEscaped]
    if let place { lines.append("  at " + place.withControlCharactersEscaped) }
    for line in remedy.split(separator: "\n", omittingEmptySubsequences: true) {
      lines.append("  " + String(line).withControlCharactersEscaped)
    }
    return lines.joined(separator: "\n")
  }
}
