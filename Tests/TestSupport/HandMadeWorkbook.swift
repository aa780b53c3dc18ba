import Foundation

/// Workbooks written by hand, in every form that the format allows and our own writer does not use.
public enum HandMadeWorkbook {
  /// A file with two sheets, Open items before Discrepancies, whose `sheetData` are these.
  ///
  /// - Parameter strings: the table of strings that cells of type `s` name; each may hold elements.
  public static func file(openItems: String, discrepancies: String, strings: [String] = []) -> Data {
    zip(parts(openItems: openItems, discrepancies: discrepancies, strings: strings))
  }

  /// The parts of that file.
  public static func parts(openItems: String, discrepancies: String, strings: [String] = []) -> [(
    name: String, text: String
  )] {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    func sheet(_ rows: String) -> String { "<worksheet><sheetData>\(rows)</sheetData></worksheet>" }
    return [
      (
        "xl/workbook.xml",
        """
        <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <workbook xmlns:r="\(relation)"><sheets><sheet name="Notes" sheetId="7" r:id="rId7"/>
        <sheet name="Open items" sheetId="2" r:id="rId2"/><sheet name="Discrepancies" sheetId="1" r:id="rId1"/></sheets>
        </workbook>
        """
      ),
      (
        "xl/_rels/workbook.xml.rels",
        """
        <Relationships><Relationship Id="rId1" Type="\(relation)/worksheet" Target="/xl/worksheets/first.xml"/>
        <Relationship Target="worksheets/second.xml" Id="rId2" Type="\(relation)/worksheet"/>
        <Relationship Id="rId3" Type="\(relation)/sharedStrings" Target="sharedStrings.xml"/></Relationships>
        """
      ), ("xl/worksheets/first.xml", sheet(discrepancies)), ("xl/worksheets/second.xml", sheet(openItems)),
      ("xl/sharedStrings.xml", "\u{FEFF}<sst>\(strings.map { "<si>\($0)</si>" }.joined())</sst>"),
    ]
  }

  /// A row of cells that hold their texts, from column A on; nil leaves a cell out.
  public static func row(_ number: Int, _ cells: [String?]) -> String {
    let letters = cells.indices.map { String(UnicodeScalar(UInt8(65 + $0))) }
    let texts = Swift.zip(letters, cells).compactMap { letter, text in
      text.map { "<c r=\"\(letter)\(number)\" t=\"inlineStr\"><is><t>\($0)</t></is></c>" }
    }
    return "<row r=\"\(number)\">\(texts.joined())</row>"
  }

  /// A ZIP file with these parts, not packed.
  ///
  /// - Parameter claimedSize: what the directory says of each part's size when unpacked; nil for the truth.
  public static func zip(_ parts: [(name: String, text: String)], claimedSize: Int? = nil) -> Data {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for part in parts {
      let (name, body) = (Array(part.name.utf8), Array(part.text.utf8))
      let facts =
        number(0, 8) + number(crc32(body), 4) + number(body.count, 4)
        + number(claimedSize ?? body.count, 4) + number(name.count, 2) + number(0, 2)
      directory += [0x50, 0x4B, 1, 2] + number(20, 2) + number(20, 2) + facts
      directory += number(0, 10) + number(file.count, 4) + name
      file += [0x50, 0x4B, 3, 4] + number(20, 2) + facts + name + body
    }
    let start = file.count
    file += directory + [0x50, 0x4B, 5, 6] + number(0, 4)
    file += number(parts.count, 2) + number(parts.count, 2) + number(directory.count, 4)
    return Data(file + number(start, 4) + number(0, 2))
  }

  private static func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }

  private static func crc32(_ bytes: [UInt8]) -> Int {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    return Int(crc ^ 0xFFFF_FFFF)
  }
}
