import ReconcileCore

/// The rows of one detail sheet as the XML of the format, packed while they are written.
///
/// A sheet of a million rows is nearly all of a workbook's time, and the writer library spends it on printing numbers
/// through binary fractions and on packing at its own level. Everything around the rows is the library's.
final class RowStream {
  /// Bytes that are handed on together.
  private static let piece = 262_144

  private let packer: RowPacker
  private let xml = ByteBuffer(capacity: RowStream.piece + 65_536)
  private let links = ByteBuffer(capacity: 1_024)
  private var linkCount = 0
  /// The number of the row at hand, as text.
  private let number = ByteBuffer(capacity: 16)
  private var rowStart = 0

  init(_ packer: RowPacker) { self.packer = packer }

  // MARK: Rows

  /// Begins the row at this position, counted from 0.
  func begin(_ row: Int) {
    rowStart = xml.count
    number.removeAll()
    number.append(number: Int64(row + 1))
    xml.append("<row r=\"")
    xml.append(number.bytes)
    xml.append("\">")
  }

  /// Ends the row; `lines` of the house font give its height where there is more than one.
  func end(lines: Int) throws {
    xml.append("</row>")
    if lines > 1 {
      // Behind `<row r="5"`.
      xml.insert(
        " ht=\"\(SheetWriter.height(lines: lines))\" customHeight=\"1\"", at: rowStart + 9 + number.count)
    }
    guard xml.count >= Self.piece else { return }
    try packer.add(Array(xml.bytes))
    xml.removeAll()
  }

  /// The end of the sheet's rows.
  func finish() throws -> SheetRows {
    SheetRows(packed: try packer.finish(Array(xml.bytes)), links: Array(links.bytes))
  }

  // MARK: Cells

  /// A text that has passed the gate.
  func text(_ column: Int, _ text: String, _ style: Int) {
    open(column, style)
    xml.append("\" t=\"inlineStr\"><is><t")
    var text = text
    text.withUTF8 { text in
      // Programs drop blanks at the ends of a text that does not say they count.
      let hasOuterBlank = (text.first ?? 0x21) <= 0x20 || (text.last ?? 0x21) <= 0x20
      xml.append(hasOuterBlank ? " xml:space=\"preserve\">" : ">")
      xml.append(escaping: text)
    }
    xml.append("</t></is></c>")
  }

  /// A text that leads to another cell of the workbook.
  func link(_ column: Int, _ text: String, to target: CellPlace, _ style: Int) {
    self.text(column, text, style)
    linkCount += 1
    links.append("<hyperlink ref=\"\(ColumnLayout.letter(column))")
    links.append(number.bytes)
    for (name, value) in [("location", target.text), ("display", text)] {
      links.append("\" \(name)=\"")
      var value = value
      value.withUTF8 { links.append(escaping: $0) }
    }
    links.append("\"/>")
  }

  /// The links of a sheet stay in memory until its end, and the format ends at 65,530.
  private static let linkLimit = 20_000

  /// Whether the sheet holds another link.
  var canLink: Bool { linkCount < Self.linkLimit }

  /// A number of which the last `decimals` digits stand behind the point.
  func number(_ column: Int, _ number: Int64, decimals: Int = 0, _ style: Int) {
    open(column, style)
    xml.append("\"><v>")
    xml.append(minorUnits: number, decimals: decimals)
    xml.append("</v></c>")
  }

  /// A formula with its result.
  func formula(_ column: Int, _ formula: String, result: Int64, _ style: Int) {
    open(column, style)
    xml.append("\"><f>")
    xml.append(formula)
    xml.append("</f><v>")
    xml.append(number: result)
    xml.append("</v></c>")
  }

  /// A styled cell without a value.
  func blank(_ column: Int, _ style: Int) {
    open(column, style)
    xml.append("\"/>")
  }

  /// `<c r="A5" s="3`
  private func open(_ column: Int, _ style: Int) {
    xml.append("<c r=\"")
    xml.append(UInt8(ascii: "A") + UInt8(column))
    xml.append(number.bytes)
    xml.append("\" s=\"")
    xml.append(number: Int64(style))
  }
}

/// What a sheet gets beside what the library wrote.
struct SheetRows {
  let packed: PackedRows
  /// The elements of its links.
  let links: [UInt8]
}
