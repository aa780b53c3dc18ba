/// Sees the cells of a sheet in the order of the file.
protocol SheetVisitor {
  /// Whether the value of this column is worth collecting.
  func wants(column: Int) -> Bool
  mutating func row(_ number: Int) throws
  /// `value` is as the file has it: entities and `_xHHHH_` not resolved.
  mutating func cell(row: Int, column: Int, isText: Bool, value: [UInt8]) throws
  /// The range of the filter, such as `A5:S104`.
  mutating func filter(_ range: String) throws
}

/// Turns the XML of a worksheet into cells. Formulas are passed over; their stored results are the values.
struct SheetReader<Visitor: SheetVisitor>: XMLConsumer {
  var visitor: Visitor
  private var row = 0
  private var column = 0
  private var isText = false
  private var isWanted = false
  private var isValue = false
  private var value: [UInt8] = []

  init(_ visitor: Visitor) { self.visitor = visitor }

  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) throws {
    if name.count == 1 {
      switch name[0] {
      case UInt8(ascii: "c"): try openCell(attributes)
      case UInt8(ascii: "v"), UInt8(ascii: "t"): isValue = isWanted
      default: break
      }
    } else if XMLBytes.equal(name, "row") {
      guard let text = XMLBytes.attribute("r", attributes),
        let number = Int(String(decoding: text, as: UTF8.self)),
        number > row
      else { throw DamagedWorkbook("its rows are out of order") }
      row = number
      try visitor.row(number)
    } else if XMLBytes.equal(name, "autoFilter"), let range = XMLBytes.attribute("ref", attributes) {
      try visitor.filter(String(decoding: range, as: UTF8.self))
    }
  }

  private mutating func openCell(_ attributes: UnsafeBufferPointer<UInt8>) throws {
    guard let place = XMLBytes.attribute("r", attributes) else {
      throw DamagedWorkbook("a cell has no place")
    }
    var letters = 0
    for byte in place {
      guard byte >= 65 && byte <= 90 else { break }
      letters = letters * 26 + Int(byte) - 64
    }
    column = letters - 1
    isWanted = visitor.wants(column: column)
    guard isWanted else { return }
    let type = XMLBytes.attribute("t", attributes)
    isText = type.map { !$0.isEmpty && !$0.elementsEqual(CollectionOfOne(UInt8(ascii: "n"))) } ?? false
    value.removeAll(keepingCapacity: true)
  }

  mutating func text(_ text: UnsafeBufferPointer<UInt8>) {
    if isValue { value.append(contentsOf: text) }
  }

  mutating func close(_ name: UnsafeBufferPointer<UInt8>) throws {
    guard isWanted, name.count == 1 else { return }
    switch name[0] {
    case UInt8(ascii: "v"), UInt8(ascii: "t"): isValue = false
    case UInt8(ascii: "c"):
      isWanted = false
      try visitor.cell(row: row, column: column, isText: isText, value: value)
    default: break
    }
  }
}
