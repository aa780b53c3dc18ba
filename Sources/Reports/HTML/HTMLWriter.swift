import ReconcileCore

/// Writes elements whose ends cannot be forgotten. What it writes is HTML and, its first line aside, XML too, so that the
/// finished file can be checked for being whole.
final class HTMLWriter {
  private let file: OutputFile
  /// Data rows written so far.
  private(set) var rows: Int64 = 0

  /// Attributes in the order in which they are written.
  typealias Attributes = KeyValuePairs<String, String>

  init(_ file: OutputFile) { self.file = file }

  // MARK: Elements

  /// An element with other elements inside.
  func element(_ name: String, _ attributes: Attributes = [:], _ content: () throws -> Void) throws {
    try tag(name, attributes, ">")
    try content()
    try file.write("</\(name)>")
  }

  /// An element with a text inside, on a line of its own.
  func element(_ name: String, _ text: String) throws { try element(name, [:], text) }

  /// An element with attributes and a text inside, on a line of its own.
  func element(_ name: String, _ attributes: Attributes, _ text: String) throws {
    try element(name, attributes) { try self.text(text) }
    try line()
  }

  /// An element that can have nothing inside.
  func void(_ name: String, _ attributes: Attributes) throws { try tag(name, attributes, "/>") }

  /// Words of ours, or text from outside that stands alone.
  func text(_ text: String) throws { try file.write(HTMLText.escaped(text)) }

  /// Text from outside among words: kept to itself, so that its direction of writing stays its own.
  func outside(_ text: String) throws { try element("bdi") { try self.text(text) } }

  /// Text that is HTML or CSS already.
  func raw(_ text: String) throws { try file.write(text) }

  /// A line end, for those who read the source.
  func line() throws { try file.write("\n") }

  private func tag(_ name: String, _ attributes: Attributes, _ end: String) throws {
    try file.write("<\(name)")
    for (key, value) in attributes { try file.write(" \(key)=\"\(HTMLText.escaped(value))\"") }
    try file.write(end)
  }

  // MARK: Tables

  /// A heading of a table's column.
  struct Column {
    var title: String
    var isNumber = false
    /// The columns that it spans; more than one for a heading above others.
    var span = 1

    static func text(_ title: String) -> Column { Column(title: title) }
    static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
  }

  /// A table with its caption and its heads. `groups` are the heads above `columns`, if there are any.
  func table(
    _ id: String, caption: String, groups: [Column] = [], columns: [Column], _ body: () throws -> Void
  ) throws {
    try element("table", ["id": id]) {
      try line()
      try element("caption", caption)
      try element("thead") {
        for (heads, scope) in [(groups, "colgroup"), (columns, "col")] where !heads.isEmpty {
          try element("tr") {
            for head in heads {
              // A column without a heading above its own has an empty cell there, which is the head of nothing.
              if head.title.isEmpty {
                try element("td") {}
                continue
              }
              let names: Attributes =
                head.span > 1
                ? ["scope": scope, "colspan": "\(head.span)", "class": "group"]
                : ["scope": "col", "class": head.isNumber ? "n" : "t"]
              try element("th", names) { try text(head.title) }
            }
          }
        }
      }
      try line()
      try element("tbody", ["data-rows": id]) {
        try line()
        try body()
      }
    }
    try line()
  }

  /// A row of data.
  func row(_ attributes: Attributes = [:], _ cells: () throws -> Void) throws {
    rows += 1
    try element("tr", attributes, cells)
    try line()
  }

  /// The cell that names its row.
  func head(_ text: String) throws { try element("th", ["scope": "row"]) { try outside(text) } }

  /// A cell of text; blank where there is none.
  func cell(_ text: String?, _ style: String? = nil) throws {
    let attributes: Attributes = style.map { ["class": $0] } ?? [:]
    try element("td", attributes) { if let text { try outside(text) } }
  }

  /// A cell that holds an amount exactly, blank where it is unknown. `key` names the figure for the check.
  func amount(_ minorUnits: Int128?, _ exponent: Int, key: String? = nil) throws {
    try number(minorUnits.map { Money.decimalText($0, exponent: exponent) }, key)
  }

  /// A cell that holds a count.
  func count(_ count: Int64?, key: String? = nil) throws { try number(count.map(String.init), key) }

  /// A cell that holds an amount or a count of a finding.
  func figure(_ figure: Figure?) throws { try number(figure?.text, nil) }

  private func number(_ digits: String?, _ key: String?) throws {
    let style =
      digits?.hasPrefix("-") == true
      ? "n minus" : digits?.utf8.allSatisfy({ $0 == 46 || $0 == 48 }) == true ? "n zero" : "n"
    let attributes: Attributes = key.map { ["class": style, "data-key": $0] } ?? ["class": style]
    try element("td", attributes) { if let digits { try self.digits(digits) } }
  }

  /// A number with room between its thousands. The room is no character: who copies the number gets its digits.
  func digits(_ number: String) throws {
    let whole = number.prefix { $0 != "." }
    let tail = number.dropFirst(whole.count)
    let digits = whole.drop { $0 == "-" }
    var groups: [Substring] = []
    var rest = digits
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    try file.write(String(whole.prefix(whole.count - digits.count) + rest))
    for (index, group) in groups.enumerated() {
      try file.write("<span class=\"g\">\(group)\(index == groups.count - 1 ? tail : "")</span>")
    }
    if groups.isEmpty { try file.write(String(tail)) }
  }
}
