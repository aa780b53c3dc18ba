import Foundation
import Testing

@testable import Reports

@Suite("A journal that cannot be booked is found when it is read back")
struct JournalReaderTests {
  private func problem(_ format: any JournalFormat, _ text: String) -> String? {
    var reader = format.reader()
    var cutter = LineCutter()
    var bytes = Array(text.utf8)
    do throws(JournalProblem) {
      var failure: JournalProblem?
      bytes.withUnsafeMutableBytes { buffer in
        do throws(JournalProblem) {
          try cutter.read(UnsafeRawBufferPointer(buffer)) { line throws(JournalProblem) in
            try reader.read(line)
          }
        } catch { failure = error }
      }
      if let failure { throw failure }
      try reader.finish()
      return nil
    } catch { return error.text }
  }

  @Test("hledger and Beancount")
  func text() {
    for (format, indent) in [(HledgerJournal() as any JournalFormat, "    "), (BeancountJournal(), "  ")] {
      let start = "2026-03-01 * x\n"
      #expect(problem(format, start + "\(indent)A:B  1.00 EUR\n\(indent)A:C  -1.00 EUR\n") == nil)
      #expect(
        problem(format, start + "\(indent)A:B  1.00 EUR\n\(indent)A:C  -1.01 EUR\n")
          == "an entry does not balance")
      #expect(problem(format, start + "\(indent)A:B  1.00 EUR\n\n") == "an entry does not balance")
      #expect(problem(format, start + "\n") == "an entry has no lines")
      #expect(
        problem(format, start + "\(indent)A:B  1.00 EUR\n\(indent)A:C  -1.00 USD\n")
          == "an entry has more than one currency")
      #expect(problem(format, "\(indent)A:B  1.00 EUR\n") == "a line stands outside of an entry")
      #expect(problem(format, start + "\(indent)A:B 1.00 EUR\n") == "a line has no amount")
      #expect(problem(format, start + "\(indent)A:B  1.0.0 EUR\n") == "\"1.0.0\" is no amount in EUR")
      #expect(problem(format, start + "\(indent)A:B  1.00 XYZ\n") == "\"XYZ\" is no currency")
    }
  }

  @Test("CSV files")
  func csv() throws {
    let euro = try Sample.currency("EUR")
    let xero = XeroJournal(taxRate: "No Tax", currency: euro)
    func line(_ narration: String, _ amount: String) -> String {
      "\(narration),01 Mar 2026,,1,No Tax,\(amount),,,,\r\n"
    }
    let heading = "a,b,c,d,e,f,g,h,i,j\r\n"
    #expect(problem(xero, heading + line("n", "1.00") + line("n", "-1.00")) == nil)
    #expect(problem(xero, heading + line("n", "1.00") + line("m", "-1.00")) == "an entry does not balance")
    #expect(problem(xero, heading + "n,01 Mar 2026\r\n") == "a line has 2 cells of 10")
    #expect(problem(xero, heading + "n\n") == "a line does not end with CR LF")
    #expect(problem(xero, heading + "\"n,\r\n") == "a quoted cell has no end")
    #expect(problem(xero, heading + "\"n\"x,\r\n") == "a quote stands in a cell")

    let quickBooks = QuickBooksJournal(receivable: "AR", customer: nil)
    let start = "1,2,3,4,5,6,7,8\r\n"
    #expect(problem(quickBooks, start + "P,d,A,1.00,,x,,EUR\r\nP,d,B,,1.00,x,,EUR\r\n") == nil)
    #expect(
      problem(quickBooks, start + "P,d,A,1.00,1.00,x,,EUR\r\n") == "a line is not either a debit or a credit")
    #expect(
      problem(quickBooks, start + "P,d,A,1.00,,x,,EUR\r\nQ,d,B,,1.00,x,,EUR\r\n")
        == "an entry does not balance")
  }

  @Test("QuickBooks lines of the receivable account name the customer")
  func customer() throws {
    let folder = try TestFolder()
    var settings = try JournalSample.numbered()
    settings.quickBooksCustomer = "Web shop"
    let order = try JournalSample.order("A1", 5)
    try write(
      try JournalSampleSource([.payment(try JournalSample.payment("p", 5, of: order))]), .quickbooks, folder,
      settings)
    let lines = String(decoding: try folder.bytes(period + "/journal-quickbooks.csv"), as: UTF8.self)
      .components(separatedBy: "\r\n")
    #expect(lines[1].hasSuffix(",,EUR") && lines[2].hasSuffix(",Web shop,EUR"))
  }
}
