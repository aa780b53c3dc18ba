import ReconcileCore
import Synchronization
import Testing

@testable import Importers

@Suite("A provider is imported over the network")
struct TransportImportTests {
  @Test("evidence is kept before its records are stored, and a complete walk is reported once")
  func order() async throws {
    let trial = Trial(.maxfi) { target, _ in
      target.contains("c=2") ? ok("next=\nb") : ok("next=/base/v2/payments?c=2\na")
    }
    let outcome = try await trial.run.run()
    #expect(outcome.ending == .complete)
    #expect(outcome.pages == 3)
    #expect(outcome.requests == 3)
    #expect(
      trial.sink.notes.log == [
        "keep /base/v2/payments?limit=100", "store 1", "keep /base/v2/payments?c=2", "store 2",
        "keep /base/v2/payments?limit=100", "store 3",
      ])
    #expect(trial.sink.notes.completed == [.payments])
  }

  @Test("a failed page leaves what came, and the other lists are read all the same")
  func otherLists() async throws {
    let trial = Trial(.dapit) { target, _ in
      if target.contains("list_transactions") {
        return target.contains("offset=0&page=2") ? status(410) : ok("\na")
      }
      return target.contains("settlement_report") ? status(404) : ok("\nr")
    }
    let outcome = try await trial.run.run()
    #expect(outcome.ending != .complete)
    #expect(trial.sink.notes.completed == [.listRefunds, .settlementReport])
    #expect(
      trial.sender.targets.last
        == "/base?action=settlement_report&date_from=2026-03-01&date_to=2026-03-31")
  }

  @Test("a next link to another host ends the walk incomplete and is not followed")
  func foreignLink() async throws {
    let trial = Trial(.maxfi) { _, _ in ok("next=https://evil.example/v2/payments\na") }
    #expect(try await trial.run.run().ending != .complete)
    #expect(trial.sender.targets.count == 1)
    #expect(trial.sink.notes.completed.isEmpty)
  }

  @Test("look-ups ask once for each id; 400 and 404 mean not found, other failures are failures")
  func lookups() async throws {
    let ids = ["found", "gone", "bad", "broken", "a/b", "found"]
    let sink = NetworkSink(lookups: ids.map { Lookup(id: Identifier(stored: $0)) })
    let trial = Trial(.gate, sink: sink) { target, _ in
      if target.hasSuffix("gone") { return status(404) }
      if target.hasSuffix("bad") { return status(400) }
      return target.hasSuffix("broken") ? status(500) : record(target)
    }
    let outcome = try await trial.run.run()
    let outcomes = sink.notes.outcomes
    #expect(outcomes[Lookup(id: Identifier(stored: "found"))] == .found)
    #expect(outcomes[Lookup(id: Identifier(stored: "gone"))] == .notFound)
    #expect(outcomes[Lookup(id: Identifier(stored: "bad"))] == .notFound)
    #expect(outcomes[Lookup(id: Identifier(stored: "broken"))] == .failed)
    #expect(trial.sender.targets.filter { $0.hasSuffix("found") }.count == 1)
    #expect(trial.sender.targets.contains("/base/api/v1/api/payments/a%2Fb"))
    #expect(outcome.ending != .complete)
  }

  @Test("once an answer belongs to another request, what was not found before is asked for again")
  func mixedUpNotFound() async throws {
    let wanted = ["gone", "1", "2", "3", "4", "5", "6"].map { Lookup(id: Identifier(stored: $0)) }
    let asked = Mutex<[String: Int]>([:])
    let trial = Trial(.gate, sink: NetworkSink(lookups: wanted)) { target, _ in
      let id = target.split(separator: "/").last.map(String.init) ?? ""
      let time = asked.withLock { counts in
        counts[id, default: 0] += 1
        return counts[id] ?? 0
      }
      // 1 is answered with what "gone" got, and 5 with what 2 got.
      switch (id, time) {
      case ("gone", _), ("1", 1): return status(404)
      case ("5", 1): return record("/2")
      default: return record(target)
      }
    }
    let outcome = try await trial.run.run()
    #expect(outcome.ending == .complete)
    let outcomes = trial.sink.notes.outcomes
    for lookup in wanted { #expect(outcomes[lookup] == (lookup.id.text == "gone" ? .notFound : .found)) }
    #expect(asked.withLock { $0 } == ["gone": 2, "1": 2, "2": 1, "3": 1, "4": 1, "5": 2, "6": 1])
    #expect(outcome.readings.map(\.window) == ["payments by id", "payments by id, asked again"])
    #expect(outcome.readings.map(\.isComplete) == [true, true])
  }

  @Test("an answer of another kind is asked for once more", arguments: [1, 2])
  func anotherKind(times: Int) async throws {
    let asked = Mutex(0)
    let trial = Trial(.dapit) { target, _ in
      guard target.contains("settlement_report") else {
        return ok(target.contains("list_refunds") ? "\nrefund" : "\npayment")
      }
      let time = asked.withLock { count in
        count += 1
        return count
      }
      return ok(time <= times ? "@" : "\nreport")
    }
    let outcome = try await trial.run.run()
    #expect((outcome.ending == .complete) == (times == 1))
    #expect(asked.withLock { $0 } == 2)
  }

  @Test("a reply about another record is a failed look-up, and nothing of it is stored")
  func otherRecord() async throws {
    let lookup = Lookup(id: Identifier(stored: "p"))
    let sink = NetworkSink(lookups: [lookup])
    let trial = Trial(.gate, sink: sink) { _, _ in ok("x\nsomebody-else") }
    #expect(try await trial.run.run().ending != .complete)
    #expect(sink.notes.outcomes[lookup] == .failed)
    #expect(sink.notes.log.allSatisfy { $0.hasPrefix("keep") })
    // It may have been the answer to an earlier request, so it was asked for once more, after a pause.
    #expect(trial.sender.targets.count == 2)
    #expect(trial.sender.pauses.allSatisfy { $0 >= 0.2 })
  }

  @Test("an answer to another list is not believed", arguments: [1, 2])
  func otherList(times: Int) async throws {
    let answers = Mutex(0)
    let trial = Trial(.dapit) { target, _ in
      if target.contains("settlement_report") { return status(404) }
      guard target.contains("list_refunds") else { return ok("next=\na") }
      return answers.withLock {
        $0 += 1; return $0
      } <= times ? ok("next=\na") : ok("next=\nr")
    }
    let outcome = try await trial.run.run()
    #expect((outcome.ending == .complete) == (times == 1), "\(outcome.ending)")
    #expect(trial.sink.notes.completed.contains(.listRefunds) == (times == 1))
    #expect(trial.sink.notes.log.filter { $0.hasPrefix("store") }.count == (times == 1 ? 2 : 1))
  }

  @Test("Inflow may answer a number with the record's public id")
  func publicID() async throws {
    let lookup = Lookup(id: Identifier(stored: "4711"))
    let sink = NetworkSink(lookups: [lookup])
    let trial = Trial(.inflow, sink: sink) { target, _ in
      target.contains("/refunds/") ? ok("next=") : ok("x\nTX99")
    }
    #expect(try await trial.run.run().ending == .complete)
    #expect(sink.notes.outcomes[lookup] == .found)
  }

  @Test("Gate refunds are looked up in a second step, on the same line")
  func gateRefunds() async throws {
    let lookups = [
      Lookup(id: Identifier(stored: "p")), Lookup(id: Identifier(stored: "r"), isRefund: true),
    ]
    let sink = NetworkSink(lookups: lookups)
    let trial = Trial(.gate, sink: sink) { target, _ in target.hasSuffix("r") ? status(401) : record(target) }
    #expect(try await trial.run.run().ending == .complete)
    #expect(trial.sender.targets == ["/base/api/v1/api/payments/p"])
    let outcome = try await trial.run.refundLookups()
    #expect(outcome.requests == 2)
    guard case .refused = outcome.ending else {
      Issue.record("not refused")
      return
    }
    _ = try await trial.run.refundLookups()
    #expect(trial.sender.targets.count == 2)
  }

  @Test("a first Inflow import reads all refunds, then each transaction once")
  func inflowWhole() async throws {
    let sink = NetworkSink(lookups: [Lookup(id: Identifier(stored: "T1"))])
    let trial = Trial(.inflow, sink: sink) { target, _ in
      if target.hasPrefix("/base/refunds/?") {
        return target.contains("page=2") ? status(404) : ok("\nR1>T1\nR2>T2\nR3>T2\nR4")
      }
      return record(target)
    }
    #expect(try await trial.run.run().ending == .complete)
    #expect(trial.sender.targets.first == "/base/refunds/?page_size=100&ordering=created_at")
    #expect(Set(trial.sender.targets.suffix(2)) == ["/base/transactions/T1/", "/base/transactions/T2/"])
    #expect(sink.notes.completed == [.refunds])
  }

  @Test("a later Inflow import reads what was created since, without an end, and asks for every open refund")
  func inflowWindow() async throws {
    var memory = ProviderMemory()
    memory.refundsReadAt = TimeText.instant("2026-03-20T10:00:00Z", in: .utc)
    memory.openRefunds = [Identifier(stored: "R9")]
    let sink = NetworkSink(memory: memory)
    let trial = Trial(.inflow, sink: sink) { target, _ in
      target.hasPrefix("/base/refunds/?")
        ? ok("next=\nR1>T1") : target.contains("R9") ? ok("x\nR9>T9") : record(target)
    }
    #expect(try await trial.run.run().ending == .complete)
    let first = try #require(trial.sender.targets.first)
    #expect(first.contains("created_at__gte=2026-01-30T00%3A00%3A00Z"))
    #expect(!first.contains("created_at__lte"))
    #expect(trial.sender.targets.contains("/base/refunds/R9/"))
    #expect(Set(trial.sender.targets.suffix(2)) == ["/base/transactions/T1/", "/base/transactions/T9/"])
    #expect(sink.notes.completed == [.refunds])
  }

  @Test("no stretch of time stays unread, however long nothing was imported")
  func inflowGap() async throws {
    var memory = ProviderMemory()
    memory.refundsReadAt = TimeText.instant("2025-08-09T23:00:00Z", in: .utc)
    let trial = Trial(.inflow, sink: NetworkSink(memory: memory)) { _, _ in ok("next=\nR1>T1") }
    _ = try await trial.run.run()
    #expect(trial.sender.targets.first?.contains("created_at__gte=2025-07-10T00%3A00%3A00Z") == true)
  }

  @Test("what the warehouse throws stops the import")
  func sinkFails() async throws {
    let trial = Trial(.maxfi, sink: NetworkSink(failsAtKeep: 1)) { _, number in
      ok("next=?c=\(number)\nr\(number)")
    }
    await #expect(throws: Failure.self) { try await trial.run.run() }
    let lookups = (0..<300).map { Lookup(id: Identifier(stored: "p\($0)")) }
    let other = Trial(.gate, sink: NetworkSink(lookups: lookups, failsAtKeep: 70)) { target, _ in
      record(target)
    }
    await #expect(throws: Failure.self) { try await other.run.run() }
  }

  @Test("a cancelled import keeps what came and ends as cancelled")
  func cancelled() async throws {
    let trial = Trial(.maxfi, latency: 1) { _, number in
      if number == 5 { withUnsafeCurrentTask { $0?.cancel() } }
      return ok("next=?c=\(number)\nr\(number)")
    }
    let task = Task { try await trial.run.run() }
    await #expect(throws: CancellationError.self) { try await task.value }
    let log = trial.sink.notes.log
    #expect(log.filter { $0.hasPrefix("keep") }.count == log.filter { $0.hasPrefix("store") }.count)
    #expect(trial.sink.notes.completed.isEmpty)
  }

  @Test("no key reaches evidence, requests or outcomes, however a provider echoes it")
  func secrets() async throws {
    let key = "sk_live_0123/456+789"
    let trial = Trial(.maxfi, key: key) { target, _ in
      target.contains("echo")
        ? .success(HTTPResponse(status: 302, locationHost: key))
        : ok("next=?echo=\(PercentEncoding.segment(key))\nrow \(key)")
    }
    let outcome = try await trial.run.run()
    let body = try #require(trial.sink.notes.bodies.first)
    let seen =
      "\(outcome) \(trial.sink.notes.bodies.map(\.request)) "
      + String(decoding: body.maskedBytes, as: UTF8.self)
    #expect(!seen.contains("0123"))
    #expect(seen.contains("redirect"))
  }

  @Test("settings that make no request possible end in words, without a request")
  func unusableSettings() async throws {
    let trial = Trial(.inflow, change: { $0.authHeader = "Authorization" }) { _, _ in ok("x") }
    guard case .incomplete(let words) = try await trial.run.run().ending else {
      Issue.record("complete")
      return
    }
    #expect(words.contains("authorization header"))
    #expect(trial.sender.targets.isEmpty)
  }
}
