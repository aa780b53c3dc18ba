import Foundation
import ReconcileCore
import Testing

@testable import Importers

@Suite("Merchant files") struct MerchantFilesTests {
  let scratch: MerchantScratch
  init() throws { scratch = try MerchantScratch() }

  /// What one reading brought.
  final class Reading {
    var orders: [MerchantOrder] = []
    var refunds: [MerchantRefund] = []
    var places: [SourceLine] = []
    var rejects: [Reject] = []
    var log: [String] = []
    var inputs: [InputFile] = []
  }

  func orders(_ files: [String], _ settings: MerchantFileSettings = .init()) throws -> Reading {
    let reading = Reading()
    reading.inputs = try MerchantFiles.readOrders(
      files: files, settings: settings,
      onOrder: {
        reading.orders.append($0)
        reading.places.append($1)
      }, onReject: { reading.rejects.append($0) }, log: { reading.log.append($0) })
    return reading
  }

  func orders(_ text: String, _ settings: MerchantFileSettings = .init()) throws -> Reading {
    try orders([try scratch.file(text)], settings)
  }

  func refunds(_ text: String) throws -> Reading {
    let reading = Reading()
    reading.inputs = try MerchantFiles.readRefunds(
      files: [try scratch.file(text)], settings: .init(),
      onRefund: { refund, _ in reading.refunds.append(refund) },
      onReject: { reading.rejects.append($0) }, log: { reading.log.append($0) })
    return reading
  }

  /// The reason of the only reject of a file with this one row.
  func reason(_ row: String, _ settings: MerchantFileSettings = .init()) throws -> String {
    let reading = try orders(
      "order_id,created_at,currency,amount,provider,provider_reference,status\n\(row)\n", settings)
    #expect(reading.orders.isEmpty)
    return reading.rejects.first?.reason ?? "accepted"
  }

  /// Minor units of one accepted amount.
  func minorUnits(_ amount: String, _ currency: String = "EUR", mark: UInt8 = 46) throws -> Int64? {
    var settings = MerchantFileSettings()
    settings.decimalMark = mark
    return try orders("order_id;created_at;currency;amount\n1;2026-03-01;\(currency);\(amount)\n", settings)
      .orders.first?.amount.minorUnits
  }

  @Test("reads every column of an order")
  func full() throws {
    let reading = try orders(
      """
      status,amount,order_id,provider,currency,created_at,provider_reference,Note
      CANCELED,49.90, A-1 ,dapit,eur,2026-03-01T10:00:00+02:00,DP-260301-X,hello
      paid,0,A-2,,JPY,2026-03-02,,
      """)
    #expect(reading.rejects == [])
    let first = try #require(reading.orders.first)
    #expect(first.id.text == "A-1")
    #expect(first.createdAt.description == "2026-03-01T08:00:00Z")
    #expect(first.amount == Money(minorUnits: 4990, currency: try #require(Currency("EUR"))))
    #expect(first.provider == "dapit")
    #expect(first.providerReference?.text == "DP-260301-X")
    #expect(first.isCancelled)
    let second = try #require(reading.orders.last)
    #expect(second.provider == nil && second.providerReference == nil && !second.isCancelled)
    #expect(second.amount.decimalText == "0")
    #expect(reading.places.map(\.location) == ["line 2", "line 3"])
    #expect(reading.inputs.map(\.rows) == [2])
    #expect(reading.log.count == 1 && reading.log[0].contains("\"Note\""))
  }

  @Test("finds the separator from the header", arguments: [",", ";", "\t"])
  func separators(separator: String) throws {
    let text = [["order_id", "created_at", "currency", "amount"], ["1", "2026-03-01", "EUR", "12.00"]]
      .map { $0.joined(separator: separator) }.joined(separator: "\r\n")
    #expect(try orders("\u{FEFF}" + text).orders.map(\.amount.minorUnits) == [1200])
  }

  @Test("a separator inside a quoted header cell is part of its name")
  func quotedHeader() throws {
    var settings = MerchantFileSettings()
    settings.columns = ["amount": "Total; \"incl.\" VAT, all", "order_id": "Order Number"]
    let reading = try orders(
      "\"Order Number\",created_at,currency,\"Total; \"\"incl.\"\" VAT, all\"\n7,2026-03-01,EUR,3.10\n",
      settings)
    #expect(reading.orders.map(\.amount.minorUnits) == [310])
  }

  @Test("column names match exactly first, then without case, blanks around them aside")
  func headerCase() throws {
    let reading = try orders(
      " Order_ID ,ORDER_id,order_id,Created_At,CURRENCY, Amount\nx,y,z,2026-03-01,EUR,1.00\n")
    #expect(reading.orders.map(\.id.text) == ["z"])
    #expect(throws: Failure.self) { try orders("ORDER_ID,Order_id,created_at,currency,amount\n") }
  }

  @Test("one file column may stand for two of ours")
  func sharedColumn() throws {
    var settings = MerchantFileSettings()
    settings.columns = ["provider_reference": "order_id"]
    let order = try orders("order_id,created_at,currency,amount\nR1,2026-03-01,EUR,1\n", settings).orders
      .first
    #expect(order?.providerReference?.text == "R1")
  }

  @Test("a missing column stops with 66, naming file, column and remedy")
  func missingColumn() throws {
    let path = try scratch.file("id,created_at,currency,amount\n")
    let failure = try #require(throws: Failure.self) { try orders([path]) }
    #expect(failure.status == .inputMissing)
    #expect(failure.place == path)
    #expect(failure.what.contains("\"order_id\""))
    #expect(failure.remedy.contains("[orders.columns]") && failure.remedy.contains("\"id\""))
  }

  @Test("a column named twice stops with 66")
  func doubleColumn() throws {
    let failure = try #require(throws: Failure.self) {
      try orders("order_id,created_at,currency,amount,amount\n1,2026-03-01,EUR,1,2\n")
    }
    #expect(failure.status == .inputMissing && failure.what.contains("\"amount\""))
    #expect(
      try orders("order_id,created_at,currency,amount,x,x,,\n1,2026-03-01,EUR,1,,,,\n").orders.count == 1)
  }

  @Test("an optional column that the configuration names and the file lacks is named in the log")
  func missingOptional() throws {
    var settings = MerchantFileSettings()
    settings.columns = ["provider_reference": "Ref"]
    let reading = try orders("order_id,created_at,currency,amount\n1,2026-03-01,EUR,1\n", settings)
    #expect(reading.orders.count == 1)
    #expect(reading.log.contains { $0.contains("\"Ref\"") })
  }

  @Test("an unknown column is named once for all files")
  func unknownOnce() throws {
    let text = "order_id,created_at,currency,amount,Note\n"
    let reading = try orders([try scratch.file(text, as: "a.csv"), try scratch.file(text, as: "b.csv")])
    #expect(reading.log.count == 1)
  }

  @Test("an empty file and a header alone are files without rows")
  func emptyFile() throws {
    #expect(try orders("").inputs.map(\.rows) == [0])
    #expect(try orders("order_id,created_at,currency,amount").inputs.map(\.rows) == [0])
  }

  @Test("UTF-16, NUL bytes, other encodings and archives stop with 66")
  func notText() throws {
    let text = "order_id,created_at,currency,amount\n"
    let utf16 = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let files: [[UInt8]] = [
      [0xFF, 0xFE] + utf16, [0xFE, 0xFF, 0], utf16, Array("order\0_id,a\n".utf8), [0x6F, 0xFC, 10],
      [0x1F, 0x8B, 8, 0],
      Array("PK\u{3}\u{4}\u{14}\0\u{6}\0".utf8),
    ]
    for bytes in files {
      let failure = #expect(throws: Failure.self) { try orders([try scratch.file(bytes)]) }
      #expect(failure?.status == .inputMissing)
    }
  }

  @Test("folders, pipes and missing files stop with 66")
  func notFiles() throws {
    let pipe = scratch.folder + "/pipe.csv"
    mkfifo(pipe, 0o600)
    for path in [scratch.folder, pipe, "/dev/null", scratch.folder + "/none.csv"] {
      let failure = #expect(throws: Failure.self) { try orders([path]) }
      #expect(failure?.status == .inputMissing)
      #expect(failure?.place == path)
    }
  }

  @Test("missing cells at the end of a row are empty, surplus cells are a reject")
  func cellCounts() throws {
    let reading = try orders(
      "order_id,created_at,currency,amount,provider\n1,2026-03-01,EUR,1\n2,2026-03-01,EUR\n3,2026-03-01,EUR,1,x,y\n"
    )
    #expect(reading.orders.map(\.id.text) == ["1"])
    #expect(reading.rejects.map(\.location) == ["line 3", "line 4"])
    #expect(reading.rejects[0].reason.contains("amount is empty"))
    #expect(reading.rejects[1].reason.contains("6 cells where the header has 5"))
  }

  @Test("a reject names the file as given and the row's first line, and the other rows go in")
  func rejectPlace() throws {
    let path = try scratch.file(
      "order_id,created_at,currency,amount,provider\n\n1,2026-03-01,EUR,x,\"a\nb\"\n2,2026-03-01,EUR,1\n")
    let reading = try orders([path])
    #expect(reading.rejects.map(\.source) == [path])
    #expect(reading.rejects.map(\.location) == ["line 3"])
    #expect(reading.rejects.map(\.record) == ["1,2026-03-01,EUR,x,\"a\nb\""])
    #expect(reading.places.map(\.line) == [5])
  }

  @Test("a reject's record shows no cell of a column that is not ours")
  func rejectHidesForeignCells() throws {
    let reading = try orders(
      "order_id;Customer;created_at;currency;amount;Tel\n1;Ann Smith;2026-03-01;EUR;x;\n")
    #expect(reading.rejects.map(\.record) == ["1;…;2026-03-01;EUR;x;"])
  }

  @Test("every required cell must be filled")
  func requiredCells() throws {
    #expect(try reason(",2026-03-01,EUR,1").contains("order_id is empty"))
    #expect(try reason("  ,2026-03-01,EUR,1").contains("order_id is empty"))
    #expect(try reason("1,,EUR,1").contains("created_at is empty"))
    #expect(try reason("1,2026-03-01,,1").contains("currency is empty"))
    #expect(try reason("1,2026-03-01,EUR,").contains("amount is empty"))
    #expect(try reason(",,,,,,").contains("order_id is empty"))
  }

  @Test("ids are trimmed and brought to NFC, and keep case and leading zeros")
  func ids() throws {
    let reading = try orders(
      "order_id,created_at,currency,amount\n 007\t,2026-03-01,EUR,1\nu\u{308},2026-03-01,EUR,1\n=1+1,2026-03-01,EUR,1\n"
    )
    #expect(
      reading.orders.map { Array($0.id.text.utf8) } == ["007", "\u{FC}", "=1+1"].map { Array($0.utf8) })
  }

  @Test("control characters in an id or reference are a reject that names the column")
  func controlCharacters() throws {
    #expect(
      try reason("\"a\nb\",2026-03-01,EUR,1").contains("order_id \"a\u{FFFD}b\" contains a control character")
    )
    #expect(try reason("a,2026-03-01,EUR,1,,\"x\u{7}\"").contains("provider_reference"))
    #expect(try reason("a,2026-03-01,EUR,1,\"x\ty\"").contains("provider \"x"))
    #expect(try reason("a\u{85},2026-03-01,EUR,1").contains("order_id"))
  }

  @Test(
    "times are ISO 8601 or a reject",
    arguments: [
      "2026-02-30", "03/01/2026", "2026-3-1", "46111", "2026-03-01T24:00:00", "2026-03-01T10:00:00+25:00",
      "-",
    ])
  func badTimes(text: String) throws {
    #expect(try reason("1,\(text),EUR,1").contains("created_at \"\(text)\" is not an ISO 8601 time"))
  }

  @Test("a time without offset and a day are read in the file's zone")
  func zones() throws {
    var settings = MerchantFileSettings()
    settings.zone = try #require(Zone("Europe/Vilnius"))
    let reading = try orders(
      "order_id,created_at,currency,amount\n1,2026-03-01,EUR,1\n2,2026-07-01 12:00,EUR,1\n3,2026-07-01T12:00Z,EUR,1\n",
      settings)
    #expect(
      reading.orders.map(\.createdAt.description)
        == ["2026-02-28T22:00:00Z", "2026-07-01T09:00:00Z", "2026-07-01T12:00:00Z"])
  }

  @Test("a currency is ISO 4217 in either case")
  func currencies() throws {
    #expect(try minorUnits("1", "Eur") == 100)
    #expect(try minorUnits("1.000", "kwd") == 1000)
    for text in ["EURO", "€", "XXX", "XAU", "E R", "978"] {
      #expect(try reason("1,2026-03-01,\(text),1").contains("currency \"\(text)\""))
    }
  }

  @Test("amounts are exact minor units")
  func amounts() throws {
    let cases: [(String, String, Int64)] = [
      ("49.9", "EUR", 4990), ("0", "EUR", 0), ("007.50", "EUR", 750), ("12.3400", "EUR", 1234),
      ("100.00", "JPY", 100),
      ("92233720368547758.07", "EUR", .max), ("9223372036854775807", "JPY", .max), ("1.0005", "CLF", 10005),
      (" 5.00 ", "EUR", 500),
    ]
    for (text, currency, expected) in cases { #expect(try minorUnits(text, currency) == expected) }
  }

  @Test(
    "an amount in any other grammar is a reject",
    arguments: [
      "-", ".5", "5.", "+5", "-5", "1e3", "0x10", "1_000", "\u{664}\u{669}", "\u{FF14}", "NaN", "1 000.00",
      "1'000", "€5",
      "(5.00)", "5-", "1.2.3", "#REF!", "\"1,234.00\"", "\"49,90\"", "5\u{A0}",
    ])
  func badAmounts(text: String) throws {
    #expect(try reason("1,2026-03-01,EUR,\(text)").contains("is not a plain decimal number"))
  }

  @Test("decimals beyond the currency's, and more than Int64 holds, are rejects")
  func amountLimits() throws {
    #expect(try reason("1,2026-03-01,EUR,12.345").contains("more decimals than EUR allows; write at most 2"))
    #expect(try reason("1,2026-03-01,JPY,100.5").contains("JPY"))
    #expect(try reason("1,2026-03-01,EUR,92233720368547758.08").contains("Int64"))
    #expect(try reason("1,2026-03-01,EUR,\(String(repeating: "9", count: 400))").contains("Int64"))
  }

  @Test("with decimal = \",\" a comma is the mark and a dot is a reject")
  func comma() throws {
    let comma = UInt8(ascii: ",")
    #expect(try minorUnits("49,90", mark: comma) == 4990)
    #expect(try minorUnits("1200", mark: comma) == 120_000)
    #expect(try minorUnits("49.90", mark: comma) == nil)
    #expect(try minorUnits("1.234,50", mark: comma) == nil)
    #expect(try reason("1,2026-03-01,EUR,\"49,90\"").contains("set decimal = \",\" in [orders]"))
  }

  @Test("only cancelled and canceled cancel an order", arguments: ["cancelled", "CANCELED", " Cancelled "])
  func cancelled(word: String) throws {
    let text =
      "order_id,created_at,currency,amount,status\n1,2026-03-01,EUR,1,\(word)\n2,2026-03-01,EUR,1,cancel\n"
    #expect(try orders(text).orders.map(\.isCancelled) == [true, false])
  }

  @Test("rows come file by file and line by line, the same id each time")
  func order() throws {
    let head = "order_id,created_at,currency,amount\n"
    let first = try scratch.file(head + "1,2026-03-01,EUR,1\n1,2026-03-01,EUR,2\n", as: "a.csv")
    let second = try scratch.file(head + "1,2026-03-01,EUR,3\n", as: "b.csv")
    #expect(try orders([second, first]).orders.map(\.amount.minorUnits) == [300, 100, 200])
  }

  @Test("reads refunds with their own columns")
  func refundRows() throws {
    let reading = try refunds(
      """
      refund_id,order_id,created_at,currency,amount,provider_reference
      R1,A-1,2026-03-05,EUR,5.00,RF-1
      ,A-1,2026-03-05,EUR,5.00,
      R3,,2026-03-05,EUR,5.00,
      R4,A-4,2026-03-05,EUR,5.00
      """)
    #expect(reading.refunds.map(\.id.text) == ["R1", "R4"])
    #expect(reading.refunds.map(\.orderID.text) == ["A-1", "A-4"])
    #expect(reading.refunds.map(\.providerReference?.text) == ["RF-1", nil])
    #expect(reading.rejects.map(\.location) == ["line 3", "line 4"])
    let failure = #expect(throws: Failure.self) { try refunds("order_id,created_at,currency,amount\n") }
    #expect(failure?.remedy.contains("[refunds.columns]") == true)
  }

  @Test("an error thrown by the receiver stops the reading")
  func receiverThrows() throws {
    struct Stop: Error {}
    let path = try scratch.file("order_id,created_at,currency,amount\n1,2026-03-01,EUR,1\n")
    #expect(throws: Stop.self) {
      try MerchantFiles.readOrders(
        files: [path], settings: .init(), onOrder: { _, _ in throw Stop() }, onReject: { _ in }, log: { _ in }
      )
    }
  }

  @Test("files are unchanged only while each is there with the same bytes, and none is new")
  func unchanged() throws {
    let first = try scratch.file(
      "order_id,created_at,currency,amount,colour\n1,2026-03-01,EUR,1.00,red\n", as: "1.csv")
    let second = try scratch.file("order_id,created_at,currency,amount\n2,2026-03-01,EUR,2.00\n", as: "2.csv")
    let known = try orders([first, second]).inputs
    func areUnchanged(_ files: [String], _ log: (String) -> Void = { _ in }) throws -> Bool {
      try MerchantFiles.areUnchanged(
        files, since: known, .orders, settings: .init(), log: log, checkCancelled: {})
    }
    var notes: [String] = []
    #expect(try areUnchanged([first, second]) { notes.append($0) })
    #expect(notes == (try orders([first, second]).log))
    #expect(notes.first?.contains("colour") ?? false)
    #expect(try !areUnchanged([first]))
    #expect(
      try !areUnchanged([first, second, scratch.file("order_id,created_at,currency,amount\n", as: "3.csv")]))
    // As long as before, with the same time of change or not: only the bytes count.
    try Data("order_id,created_at,currency,amount\n2,2026-03-01,EUR,2.01\n".utf8).write(
      to: URL(filePath: second))
    #expect(try !areUnchanged([first, second]))
  }
}
