import Foundation
import Testing

@Suite("Outputs that cannot be written")
struct OutputTests {
  @Test("a file in place of the output folder is 73")
  func fileInPlace() async throws {
    let trial = try Trial()
    try write("mine\n", to: trial.path("reports"))
    let ending = try await trial.run()
    #expect(ending.status == 73 && ending.errors.contains(trial.path("reports")), "\(ending.errors)")
    #expect(try text(of: trial.path("reports")) == "mine\n")
    try FileManager.default.removeItem(atPath: trial.path("reports"))
    #expect(try await trial.run(Trial.month + ["--no-import"]).status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test(
    "a folder in place of one file is 73, and the earlier files stay as they were",
    arguments: [
      "orders.csv", "reconciliation.xlsx", "summary.json",
    ])
  func folderInPlace(name: String) async throws {
    let trial = try Trial()
    #expect(try await trial.run(Trial.month + Trial.allFormats).status == 0)
    let folder = trial.path("reports/2025-03-01_2025-03-31")
    let other = name == "orders.csv" ? "payments.csv" : "orders.csv"
    let before = try bytes(of: folder + "/" + other)
    try FileManager.default.removeItem(atPath: folder + "/" + name)
    try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: false)
    try trial.append("late,2025-03-05,EUR,1.00,maxfi,,\n", to: "orders.csv")
    let ending = try await trial.run(Trial.month + Trial.allFormats)
    #expect(ending.status == 73 && ending.errors.contains(name), "\(ending.errors)")
    #expect(try bytes(of: folder + "/" + other) == before)
    try expectNoHiddenFiles(folder)
    try FileManager.default.removeItem(atPath: folder + "/" + name)
    #expect(try await trial.run(Trial.month + Trial.allFormats).status == 0)
    #expect(try trial.report().rows("orders.csv").contains { $0["order_id"] == "late" })
  }

  @Test("the system's folder for temporary files is not needed")
  func noTemporaryFolder() async throws {
    let trial = try Trial()
    var environment = Trial.environment
    environment["TMPDIR"] = trial.path("none")
    let ending = try await trial.run(Trial.month + Trial.allFormats, environment: environment)
    #expect(ending.status == 0, "\(ending.errors)")
    try expectNoHiddenFiles(trial.path("reports/2025-03-01_2025-03-31"))
  }

  @Test(
    "a disk that the workbook fills is 73, and the earlier files stay as they were",
    .enabled(if: canMount, "nothing can be mounted here"))
  func fullDisk() async throws {
    let trial = try Trial()
    let output = trial.path("reports")
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: false)
    // Room for the CSV files and not for the workbook with its scratch files.
    try #require(tool("/usr/bin/mount", "-t", "tmpfs", "-o", "size=120k", "tmpfs", output))
    defer { _ = tool("/usr/bin/umount", output) }
    #expect(try await trial.run(Trial.month + ["--format", "csv"]).status == 0)
    let folder = output + "/2025-03-01_2025-03-31"
    let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let orders = try bytes(of: folder + "/orders.csv")
    let ending = try await trial.run(Trial.month + Trial.allFormats)
    #expect(ending.status == 73 && ending.errors.lowercased().contains("free space"), "\(ending.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
    #expect(try bytes(of: folder + "/orders.csv") == orders)
  }

  @Test("standard output that is closed is 73 and found before anything is begun")
  func closed() async throws {
    let trial = try Trial()
    let server = try trial.sandbox()
    let ending = try await trial.run(output: .closed)
    #expect(ending.status == 73 && ending.errors.contains("standard output is closed"), "\(ending.errors)")
    #expect(!trial.exists("reconcile.sqlite") && !trial.exists("reports"))
    #expect(try server.requests().isEmpty)
  }

  @Test("standard output on a full device is 73, and the reports are written all the same")
  func fullDevice() async throws {
    let trial = try Trial()
    let ending = try await trial.run(output: .file("/dev/full"))
    #expect(ending.status == 73 && ending.errors.contains("standard output"), "\(ending.errors)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
    for arguments in [["--help"], ["--version"], []] {
      #expect(try await trial.run(arguments, output: .file("/dev/full")).status == 73, "\(arguments)")
    }
  }

  @Test("standard error that is closed or full changes nothing")
  func errorsNowhere() async throws {
    for end in [StreamEnd.closed, .file("/dev/full")] {
      let trial = try Trial()
      #expect(try await trial.run(errors: end).status == 0)
      try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
    }
  }

  @Test("a reader that closes the pipe early is no error")
  func closedPipe() async throws {
    let trial = try Trial()
    let pipe = try Child.pipe()
    close(pipe.read)
    defer { close(pipe.write) }
    #expect(try await trial.run(output: .descriptor(pipe.write)).status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
    #expect(try await trial.run([], output: .descriptor(pipe.write)).status == 0)
    let script = "{ \"$0\" --period 2025-03 --as-of 2025-04-01T06:00:00Z; echo $? > status; } | head -1"
    let shell = try trial.start(["-c", script, Binary.reconcile], name: "head", program: "/bin/sh")
    #expect(await shell.end() == 0)
    #expect(try text(of: trial.path("status")) == "0\n")
    #expect(try text(of: trial.path("head.out")).hasPrefix("Reconciliation 2025-03-01 to 2025-03-31"))
  }

  @Test("only the formats that are asked for are written")
  func formats() async throws {
    let trial = try Trial()
    #expect(try await trial.run(Trial.month + ["--format", "xlsx"]).status == 0)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: trial.path("reports/2025-03-01_2025-03-31"))
    #expect(names.sorted() == ["reconciliation.xlsx", "summary.json"])
    let ending = try await trial.run(Trial.month + ["--no-import", "--format", "html"])
    #expect(ending.status == 0 && ending.output.contains("reconciliation.xlsx of an earlier run removed"))
    let left = try FileManager.default.contentsOfDirectory(
      atPath: trial.path("reports/2025-03-01_2025-03-31"))
    #expect(left.sorted() == ["report.html", "summary.json"])
  }

  @Test(
    "a file of discrepancies in any dialect goes back with verdicts",
    arguments: [("standard", ","), ("excel", ","), ("excel-eu", ";")])
  func dialects(name: String, delimiter: String) async throws {
    let trial = try Trial()
    #expect(try await trial.run(Trial.month + ["--csv-dialect", name]).status == 0)
    let file = trial.path("reports/2025-03-01_2025-03-31/discrepancies.csv")
    let isExcel = name != "standard"
    // Read as bytes: what reads a text drops its mark.
    let content = String(decoding: try bytes(of: file), as: UTF8.self)
    let end = isExcel ? "\r\n" : "\n"
    #expect(
      content.unicodeScalars.starts(with: ((isExcel ? "\u{FEFF}" : "") + "id\(delimiter)code").unicodeScalars)
    )
    #expect(content.unicodeScalars.count { $0 == "\r" } == (isExcel ? content.count { $0.isNewline } : 0))
    // As a spreadsheet saves it: two more columns at the end of each line.
    var lines = content.components(separatedBy: end).filter { !$0.isEmpty }
    for index in lines.indices {
      let added =
        index == 0 ? ["resolution", "note"] : index < 3 ? ["accepted", "told; by phone"] : ["", ""]
      lines[index] += added.map { delimiter + ($0.contains(";") ? "\"\($0)\"" : $0) }.joined()
    }
    try write(lines.map { $0 + end }.joined(), to: trial.path("decided.csv"))
    let verdicts = try await trial.run(["resolve", "--file", "decided.csv"])
    #expect(verdicts.status == 0 && verdicts.output.contains("2 done, 0 unchanged"), "\(verdicts.errors)")
    #expect(try await trial.run(Trial.month + ["--no-import"]).status == 0)
    let accepted = try trial.report().rows("discrepancies.csv").filter { $0["status"] == "accepted" }
    #expect(accepted.count == 2)
  }
}

/// Whether a small file system can be mounted here: it takes root. Without it the test shows as skipped.
private let canMount: Bool = {
  guard let folder = try? TemporaryFolder() else { return false }
  return tool("/usr/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path)
    && tool("/usr/bin/umount", folder.path)
}()

private func tool(_ program: String, _ arguments: String...) -> Bool {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}

/// A folder of reports holds nothing that a run left half done.
func expectNoHiddenFiles(_ folder: String, location: SourceLocation = #_sourceLocation) throws {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  #expect(names.filter { $0.hasPrefix(".") } == [], sourceLocation: location)
}
