import Testing

@Suite("Totals that lie")
struct TotalTests {
  @Test(
    "a total that is no number of records leaves the list incomplete; all its pages are kept",
    arguments: ["-5", "2.5", "1e30", "many", "true"])
  func nonsense(value: String) async throws {
    let trial = try Trial()
    try trial.sandbox(["--page-size", "5", "--fault", "total-is:provider=dapit,value=\(value)"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "dapit")
    #expect(ending.errors.contains("a total that is no number of records"), "\(ending.errors)")
    let own = try trial.report().rows("payments.csv").filter { $0["provider"] == "dapit" }
    #expect(own.count == (try await Calm.report()).rows("payments.csv").count { $0["provider"] == "dapit" })
  }

  @Test("a total that no list can reach leaves it incomplete", arguments: ["1000000000000", "999999999"])
  func absurd(value: String) async throws {
    let trial = try Trial()
    try trial.sandbox(["--fault", "total-is:provider=dapit,value=\(value)"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "dapit")
    #expect(ending.errors.contains("a total of \(value)"), "\(ending.errors)")
  }

  @Test(
    "without a total a page that its limit fills is not taken for the whole list",
    arguments: ["none", "null"])
  func absent(value: String) async throws {
    let trial = try Trial()
    try trial.sandbox(["--page-size", "5", "--fault", "total-is:provider=dapit,value=\(value)"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "dapit")
    #expect(ending.errors.contains("its limit of 5 records fills it"), "\(ending.errors)")
    // A page that is not full can be believed.
    try trial.sandbox(["--fault", "total-is:provider=dapit,value=\(value)"])
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a total that falls on every page leaves the list incomplete")
  func falling() async throws {
    let trial = try Trial()
    try trial.sandbox(["--page-size", "5", "--fault", "total-drifts:provider=dapit,by=-1"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "dapit")
    #expect(ending.errors.contains("total fell"), "\(ending.errors)")
  }

  @Test("a total that is too high leaves the list incomplete", arguments: ["3", "1"])
  func tooHigh(by: String) async throws {
    let trial = try Trial()
    try trial.sandbox(["--page-size", "5", "--fault", "total-lies:by=\(by),provider=dapit"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "dapit")
    #expect(ending.errors.contains("total of"), "\(ending.errors)")
  }

  @Test("a total that is too low hides no record", arguments: ["-3", "-10"])
  func tooLow(by: String) async throws {
    let trial = try Trial()
    try trial.sandbox(["--page-size", "5", "--fault", "total-lies:by=\(by),provider=dapit"])
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }
}
