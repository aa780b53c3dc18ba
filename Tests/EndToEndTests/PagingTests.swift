import Testing

@Suite("Every paging style")
struct PagingTests {
  static let styles: [String] = [
    "cursor", "starting_after", "pages", "offset", "link", "none", "bare", "whole",
  ]

  /// Which lists can come in a style: a Dapit body says `success`, and its refunds without a hint are whole.
  private func lists(_ style: String) -> [String] {
    switch style {
    case "bare": ["maxfi", "inflow"]
    case "none": ["maxfi", "inflow", "dapit"]
    default: ["maxfi", "inflow", "dapit", "dapit.list_refunds"]
    }
  }

  @Test(
    "the network gives the reports of the saved responses, however lists are paged", arguments: Self.styles)
  func anyStyle(style: String) async throws {
    let trial = try Trial()
    for options in [
      ["--page-size", "3"], ["--page-size", "7", "--past-end", "404", "--gate-unknown", "404"],
    ] {
      let paging = lists(style).map { "\($0)=\(style)" }.joined(separator: ",")
      let server = try trial.sandbox(["--paging", paging] + options)
      let ending = try await trial.run()
      #expect(ending.status == 0, "\(ending.errors)")
      try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, "\(style) \(options)")
      try expectOnlyAllowed(try server.requests())
    }
  }

  @Test("the providers' usual paging gives the reports of the saved responses")
  func usual() async throws {
    let trial = try Trial()
    let server = try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
    try expectOnlyAllowed(try server.requests())
  }

  @Test("every page size gives the same reports", arguments: [1, 2, 50])
  func sizes(size: Int) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--page-size", "\(size)"])
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, "\(size) rows a page")
    try expectOnlyAllowed(try server.requests())
  }
}
