import ReconcileCore

/// DATEV's Buchungsstapel: EXTF, header version 700, format version 13, Windows-1252, one calendar month a file.
struct DatevJournal: JournalFormat {
  let consultant: Int
  let client: Int
  let accountLength: Int
  /// The month on whose first day the fiscal year begins.
  let fiscalYearMonth: Int
  let currency: Currency

  /// A line moves an amount from one account to another.
  func lineCount(_ entry: NamedEntry) -> Int { entry.transfers.count }

  func begin(_ heading: JournalHeading, to file: OutputFile) throws {
    let (year, month) = heading.month
    let fiscalYear = month >= fiscalYearMonth ? year : year - 1
    let number = heading.part > 1 ? "-\(heading.part)" : ""
    let fields = [
      "\"EXTF\"", "700", "21", "\"Buchungsstapel\"", "13", Self.timestamp(heading.asOf), "", "\"RC\"",
      "\"reconcile\"", "\"\"", "\(consultant)", "\(client)", "\(fiscalYear)\(twoDigits(fiscalYearMonth))01",
      "\(accountLength)", Self.compact(heading.first), Self.compact(heading.last),
      "\"reconcile \(year)-\(twoDigits(month))\(number)\"", "\"\"", "1", "0", "0", "\"\(currency)\"", "",
      "\"\"",
      "", "", "\"\"", "", "", "\"\"", "\"\"",
    ]
    try write(fields.joined(separator: ";"), to: file)
    try write(DatevColumns.names.joined(separator: ";"), to: file)
  }

  func write(_ named: NamedEntry, to file: OutputFile) throws {
    let entry = named.entry
    let (_, month, day) = entry.day.parts
    for transfer in named.transfers {
      var fields = DatevColumns.empty
      fields[0] = Self.withComma(named.hundredths(transfer.amount))
      fields[1] = "\"S\""
      fields[2] = "\"\(entry.currency)\""
      fields[6] = transfer.debit
      fields[7] = transfer.credit
      fields[9] = twoDigits(day) + twoDigits(month)
      fields[10] = Self.text(Self.reference(entry.orderID ?? entry.recordID), limit: 36)
      fields[13] = Self.text(Self.words(entry), limit: 60)
      for (index, note) in Self.notes(entry).enumerated() {
        fields[20 + 2 * index] = Self.text(note.name, limit: 20)
        fields[21 + 2 * index] = Self.text(note.value, limit: 210)
      }
      // Not locked: the tax adviser looks at the batch before it is final.
      fields[113] = "0"
      try write(fields.joined(separator: ";"), to: file)
    }
  }

  private func write(_ line: String, to file: OutputFile) throws {
    try Windows1252.bytes(of: line + "\r\n").withUnsafeBytes { try file.write($0) }
  }

  private static func words(_ entry: JournalEntry) -> String {
    let kind = entry.kind == .payment ? "Zahlung" : "Erstattung"
    return "\(kind) \(entry.provider) \(id(entry.recordID))"
      + (entry.orderID.map { " Auftrag \(id($0))" } ?? "")
  }

  private static func notes(_ entry: JournalEntry) -> [(name: String, value: String)] {
    let names = [
      "provider": "Zahlungsanbieter", "payment_id": "Zahlung", "refund_id": "Erstattung",
      "order_id": "Auftrag",
    ]
    return entry.references.map { (names[$0.name] ?? $0.name, id($0.value)) }
  }

  /// Belegfeld 1 takes letters, digits and few other characters.
  private static func reference(_ id: String) -> String {
    escapedID(id) { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || "_$&*+-/".unicodeScalars.contains(scalar))
    }
  }

  private static func id(_ text: String) -> String { escapedID(text) { Windows1252.byte($0) != nil } }

  /// A text in quotes; one that is too long is cut.
  private static func text(_ text: String, limit: Int) -> String {
    "\"" + String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))).replacing("\"", with: "\"\"")
      + "\""
  }

  /// A plain decimal with a comma and two decimals.
  private static func withComma(_ decimal: String) -> String {
    (decimal.contains(".") ? decimal : decimal + ".00").replacing(".", with: ",")
  }

  /// Year, month, day, hour, minute, second and millisecond in UTC.
  private static func timestamp(_ instant: Instant) -> String {
    let digits = Instant(seconds: instant.seconds).description.filter { $0 >= "0" && $0 <= "9" }
    let milliseconds = String((instant.microseconds - instant.seconds * 1_000_000) / 1_000)
    return digits + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
  }

  private static func compact(_ day: BusinessDay) -> String { day.description.replacing("-", with: "") }

  func reader() -> any JournalReader { Reader(currency: currency) }

  private struct Reader: JournalReader {
    let currency: Currency
    var tally = JournalTally()
    private var number = 0

    init(currency: Currency) { self.currency = currency }

    mutating func read(_ line: ArraySlice<UInt8>) throws(JournalProblem) {
      number += 1
      guard line.last == CSVByte.carriageReturn else {
        throw JournalProblem("a line does not end with CR LF")
      }
      let cells = try cells(of: line.dropLast(), separator: UInt8(ascii: ";"))
      let expected = number == 1 ? 31 : DatevColumns.names.count
      guard cells.count == expected else {
        throw JournalProblem("a line has \(cells.count) fields of \(expected)")
      }
      guard number > 2 else { return }
      let amount = try minorUnits(cells[0].replacing(",", with: "."), currency)
      guard amount > 0, cells[1] == "S", cells[2] == currency.code else {
        throw JournalProblem("a line has no positive amount in \(currency) on the debit side")
      }
      tally.add(cells[6], amount, currency)
      tally.add(cells[7], 0 - amount, currency)
      try tally.endEntry()
    }

    mutating func finish() throws(JournalProblem) {
      if number < 2 { throw JournalProblem("the two heading lines are missing") }
    }
  }
}

extension JournalHeading {
  /// The first day of the period within the part's month.
  fileprivate var first: BusinessDay {
    max(period.from, BusinessDay(year: month.year, month: month.month, day: 1) ?? period.from)
  }

  /// The last day of the period within the part's month.
  fileprivate var last: BusinessDay {
    let next = month.month == 12 ? (month.year + 1, 1) : (month.year, month.month + 1)
    let start = BusinessDay(year: next.0, month: next.1, day: 1)
    return min(period.to, start?.advanced(by: -1) ?? period.to)
  }
}

/// The 125 fields of a line, in the spelling of DATEV's sample file, where the two words of Zusatzinformation are
/// joined unevenly.
enum DatevColumns {
  static let names: [String] = {
    var names = [
      "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz",
      "WKZ Basis-Umsatz", "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum",
      "Belegfeld 1",
      "Belegfeld 2", "Skonto", "Buchungstext", "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank",
      "Sachverhalt", "Zinssperre", "Beleglink",
    ]
    for number in 1...8 { names += ["Beleginfo - Art \(number)", "Beleginfo - Inhalt \(number)"] }
    names += [
      "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge", "EU-Land u. UStID (Bestimmung)",
      "EU-Steuersatz (Bestimmung)", "Abw. Versteuerungsart", "Sachverhalt L+L", "Funktionsergänzung L+L",
      "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung",
    ]
    for number in 1...20 {
      names += ["Zusatzinformation - Art \(number)", "Zusatzinformation- Inhalt \(number)"]
    }
    names += [
      "Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit",
      "Skontotyp",
      "Auftragsnummer", "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)",
      "Sachverhalt L+L (Anzahlungen)", "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)",
      "Herkunft-Kz",
      "Buchungs GUID", "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername",
      "Beteiligtennummer", "Identifikationsnummer", "Zeichnernummer", "Postensperre bis",
      "Bezeichnung SoBil-Sachverhalt", "Kennzeichen SoBil-Buchung", "Festschreibung", "Leistungsdatum",
      "Datum Zuord. Steuerperiode", "Fälligkeit", "Generalumkehr (GU)", "Steuersatz", "Land",
      "Abrechnungsreferenz", "BVV-Position", "EU-Land u. UStID (Ursprung)", "EU-Steuersatz (Ursprung)",
      "Abw. Skontokonto",
    ]
    return names
  }()

  /// The fields, counted from 1, that are numbers or dates and stand without quotes; the others are texts.
  private static let numbers: Set<Int> = [
    1, 4, 5, 7, 8, 10, 13, 15, 17, 18, 19, 39, 41, 43, 44, 45, 46, 47, 88, 89, 90, 92, 93, 94, 97, 99, 100,
    101,
    104, 106, 108, 111, 113, 114, 115, 116, 117, 119, 122, 124, 125,
  ]

  /// A line in which nothing is filled in: an empty text is written as two quotes, an empty number as nothing.
  static let empty: [String] = names.indices.map { numbers.contains($0 + 1) ? "" : "\"\"" }
}

/// The character set of DATEV's imports.
enum Windows1252 {
  /// The code points of the bytes 0x80 to 0x9F; 0 where the byte has no meaning.
  private static let special: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
    0x017D,
    0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,
    0x017E, 0x0178,
  ]

  /// The byte of a character; nil where there is none.
  static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    let value = scalar.value
    if value < 0x80 || (0xA0...0xFF).contains(value) { return UInt8(value) }
    return special.firstIndex(of: value).map { UInt8(0x80 + $0) }
  }

  /// A text's bytes; a character that the set lacks becomes a question mark.
  static func bytes(of text: String) -> [UInt8] {
    text.unicodeScalars.map { byte($0) ?? UInt8(ascii: "?") }
  }
}
