import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite("Each layout is written as its program reads it")
struct JournalLayoutTests {
  /// A receipt with a surplus, a refund with a fee, money without an order, a currency without decimals, ids that
  /// hold every layout's own marks, and one record that cannot be booked.
  static func source() throws -> JournalSampleSource {
    let order = try JournalSample.order("A;1,\"x\"", 4_990)
    let history = try JournalSample.history(
      collected: [("2026-03-02", 5_500)], asked: [("2026-03-03", 1_000)])
    var refund = try JournalSample.refund("r|1", 1_000, fee: 100, of: order, history: history)
    refund.paymentID = "DP-1"
    return try JournalSampleSource([
      .payment(try JournalSample.payment("DP-1", 5_500, of: order)),
      .payment(try JournalSample.payment("é€Ω\\[100%]", 7, provider: "my_Shop")),
      .refund(refund),
      .payment(
        try JournalSample.payment(
          "=y1", 1_200, of: JournalSample.order("-7", 1_200, "JPY"), on: "2026-03-31", "JPY")),
      .payment(try JournalSample.payment("p-undated", 250, on: nil)),
    ])
  }

  @Test("the files are those on record", arguments: JournalLayout.allCases.filter { $0 != .datev })
  func golden(layout: JournalLayout) throws {
    let folder = try TestFolder()
    let result = try write(try Self.source(), layout, folder)
    #expect(Set(try folder.names(period)) == Set(result.files.map(\.name)))
    let goldens = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")
    for file in result.files {
      let bytes = try folder.bytes(period + "/" + file.name)
      let golden = goldens.appending(path: file.name)
      if ProcessInfo.processInfo.environment["RECONCILE_RECORD"] == "1" {
        try FileManager.default.createDirectory(at: goldens, withIntermediateDirectories: true)
        try Data(bytes).write(to: golden)
      }
      #expect(bytes == Array(try Data(contentsOf: golden)), "\(file.name)")
    }
  }

  @Test("DATEV: heading, names of the fields, and what is filled in")
  func datev() throws {
    let folder = try TestFolder()
    try write(try Self.source(), .datev, folder)
    let bytes = try folder.bytes(period + "/EXTF_journal_2026-03.csv")
    #expect(bytes.suffix(2) == [13, 10])
    // Each byte of Windows-1252 that is used here but that of the euro sign is its own code point.
    let text = bytes.map { $0 == 0x80 ? "€" : String(Unicode.Scalar($0)) }.joined()
    let lines = Array(text.components(separatedBy: "\r\n").dropLast())
    #expect(
      lines[0]
        == #""EXTF";700;21;"Buchungsstapel";13;20260331233320000;;"RC";"reconcile";"";29098;55003;20260101;4;"#
        + #"20260301;20260331;"reconcile 2026-03";"";1;0;0;"EUR";;"";;;"";;;"";"""#)
    let names = lines[1].split(separator: ";", omittingEmptySubsequences: false)
    #expect(names.count == 125)
    #expect(names[7] == "Gegenkonto (ohne BU-Schl\u{FC}ssel)" && names[113] == "Festschreibung")
    #expect(names[48] == "Zusatzinformation- Inhalt 1" && names[124] == "Abw. Skontokonto")
    let filled = lines.dropFirst(2).map { line in
      line.components(separatedBy: ";").filter { $0 != "" && $0 != "\"\"" }.joined(separator: "|")
    }
    let order = #"Auftrag A|1,""x""""#
    #expect(
      filled == [
        #"49,90|"S"|"EUR"|1361|1400|0203|"A%3B1%2C%22x%22"|"Zahlung dapit DP-1 \#(order)|"Zahlungsanbieter"|"dapit""#
          + #"|"Zahlung"|"DP-1"|"Auftrag"|"A|1,""x"""|0"#,
        #"5,10|"S"|"EUR"|1361|1401|0203|"A%3B1%2C%22x%22"|"Zahlung dapit DP-1 \#(order)|"Zahlungsanbieter"|"dapit""#
          + #"|"Zahlung"|"DP-1"|"Auftrag"|"A|1,""x"""|0"#,
        #"0,07|"S"|"EUR"|1362|1402|0203|"%C3%A9%E2%82%AC%CE%A9%5C%5B100%25%5D"|"Zahlung my_Shop é€%CE%A9\[100%25]""#
          + #"|"Zahlungsanbieter"|"my_Shop"|"Zahlung"|"é€%CE%A9\[100%25]"|0"#,
        #"9,00|"S"|"EUR"|1403|1361|0903|"A%3B1%2C%22x%22"|"Erstattung dapit r|1 \#(order)|"Zahlungsanbieter"|"dapit""#
          + #"|"Erstattung"|"r|1"|"Zahlung"|"DP-1"|"Auftrag"|"A|1,""x"""|0"#,
        #"1,00|"S"|"EUR"|1404|1361|0903|"A%3B1%2C%22x%22"|"Erstattung dapit r|1 \#(order)|"Zahlungsanbieter"|"dapit""#
          + #"|"Erstattung"|"r|1"|"Zahlung"|"DP-1"|"Auftrag"|"A|1,""x"""|0"#,
      ])
  }

  @Test("DATEV texts are cut to their lengths, and the id before it is escaped")
  func longTexts() throws {
    let folder = try TestFolder()
    let id = String(repeating: "ö", count: 300)
    try write(try JournalSampleSource([.payment(try JournalSample.payment(id, 1))]), .datev, folder)
    let line = try folder.bytes(period + "/EXTF_journal_2026-03.csv").split(separator: 10).last ?? []
    let fields = try cells(of: line.dropLast(), separator: UInt8(ascii: ";"))
    #expect(fields.count == 125)
    #expect(fields[10].count == 36 && fields[10].hasPrefix("%C3%B6"))
    #expect(fields[13].unicodeScalars.count == 60 && fields[23].unicodeScalars.count == 210)
  }

  @Test("a file of DATEV covers one month, and its fiscal year may have begun the year before")
  func months() throws {
    let folder = try TestFolder()
    var settings = try JournalSample.numbered()
    settings.datevFiscalYearMonth = 7
    var source = try JournalSampleSource(
      ["2026-06-30", "2026-07-01", "2026-07-31"].map { day in
        .payment(try JournalSample.payment("p" + day, 1, on: day))
      })
    source.facts.period = try #require(
      Period(from: Sample.day("2026-06-15"), to: Sample.day("2026-07-31")))
    let result = try write(source, .datev, folder, settings)
    #expect(result.files.map(\.name).first == "EXTF_journal_2026-06.csv" && result.files.count == 3)
    func heading(_ name: String) throws -> [String] {
      let line = try folder.bytes("2026-06-15_2026-07-31/" + name).split(separator: 13).first ?? []
      return try cells(of: line[...], separator: UInt8(ascii: ";"))
    }
    #expect(try heading("EXTF_journal_2026-06.csv")[12...15] == ["20250701", "4", "20260615", "20260630"])
    #expect(try heading("EXTF_journal_2026-07.csv")[12...15] == ["20260701", "4", "20260701", "20260731"])
  }

  @Test("what a layout cannot hold is not booked, and everything else is")
  func limits() throws {
    func records(_ code: String, _ amounts: [Int64]) throws -> [JournalRecord] {
      try amounts.enumerated().map { .payment(try JournalSample.payment("p\($0)", $1, code)) }
    }
    var settings = try JournalSample.numbered()
    settings.currency = try Sample.currency("KWD")
    let dinars = try JournalSampleSource(records("KWD", [1_000, 1_230, 1_234, .max]))
    for layout in [JournalLayout.xero, .quickbooks, .datev] {
      let folder = try TestFolder()
      let result = try write(dinars, layout, folder, settings)
      #expect(result.unbooked == [.tooManyDecimals: 2], "\(layout)")
      #expect(result.figures[try Sample.currency("KWD")]?.payments.booked == 2_230)
    }
    let euros = try JournalSampleSource(records("EUR", [999_999_999_999, 1_000_000_000_000, .max]))
    #expect(try write(euros, .datev, try TestFolder()).unbooked == [.tooLarge: 2])
    #expect(try write(euros, .quickbooks, try TestFolder()).unbooked == [.tooLarge: 1])
    #expect(try write(euros, .hledger, try TestFolder()).unbooked.isEmpty)
    let yen = try JournalSampleSource(records("JPY", [5]))
    #expect(try write(yen, .xero, try TestFolder()).unbooked == [.otherCurrency: 1])
  }

  @Test("long journals fall into files that their programs take, and no entry is cut")
  func parts() throws {
    let order = try JournalSample.order("A1", 1)
    let records = try (0..<700).map { number in
      JournalRecord.payment(try JournalSample.payment("p\(number)", number % 2 == 0 ? 1 : 3, of: order))
    }
    for (layout, limit) in [(JournalLayout.xero, 299), (.quickbooks, 999)] {
      let folder = try TestFolder()
      let result = try write(try JournalSampleSource(records), layout, folder)
      let parts = result.files.dropLast()
      #expect(parts.map(\.rows).reduce(0, +) == 700)
      #expect(parts.count == 1_750 / limit + 1)
      for (index, part) in parts.enumerated() {
        #expect(part.name == "journal-\(layout.rawValue)\(index == 0 ? "" : "-\(index + 1)").csv")
        let lines = try folder.bytes(period + "/" + part.name).split(separator: 10).count - 1
        #expect(lines <= limit && lines >= (index == parts.count - 1 ? 1 : limit - 2))
      }
    }
  }
}
