import ReconcileCore

/// Draws on the page with whole numbers: lengths are scaled from exact amounts without any fraction.
///
/// The drawing is 10,000 units wide; the style sheet gives it the width of the page.
struct SVGChart {
  static let width = 10_000
  let page: HTMLWriter

  /// A drawing that says in words what it shows, for those who do not see it.
  static func draw(
    _ page: HTMLWriter, _ id: String, height: Int, title: String, description: String,
    _ content: (SVGChart) throws -> Void
  ) throws {
    try page.element(
      "svg",
      [
        "id": id, "class": "chart", "viewBox": "0 0 \(width) \(height)", "role": "img",
        "aria-labelledby": "\(id)-title \(id)-text",
      ]
    ) {
      try page.line()
      try page.element("title", ["id": "\(id)-title"], title)
      try page.element("desc", ["id": "\(id)-text"], description)
      try content(SVGChart(page: page))
    }
    try page.line()
  }

  /// A bar; `tip` is shown by browsers that have a pointer.
  func bar(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ style: String, tip: String) throws {
    let place: HTMLWriter.Attributes = [
      "class": style, "x": "\(x)", "y": "\(y)", "width": "\(width)", "height": "\(height)",
    ]
    try page.element("rect", place) { try page.element("title") { try page.text(tip) } }
    try page.line()
  }

  /// A line from left to right.
  func line(_ x: Int, _ y: Int, to end: Int) throws {
    try page.void("line", ["x1": "\(x)", "y1": "\(y)", "x2": "\(end)", "y2": "\(y)"])
    try page.line()
  }

  /// A text that begins, ends or has its middle at `x`; `y` is its base line.
  func text(_ x: Int, _ y: Int, _ text: String, _ style: String = "") throws {
    try page.element("text", ["x": "\(x)", "y": "\(y)", "class": style], text)
  }

  /// The part of `full` that `value` is of `most`: rounded down, and never nothing for something.
  static func length(_ value: Int128, of most: Int128, full: Int) -> Int {
    guard value > 0, most > 0 else { return 0 }
    // Divided first where the product would not fit; what that loses is less than a unit of length.
    let (product, overflow) = value.multipliedReportingOverflow(by: Int128(full))
    let length = overflow ? value / max(1, most / Int128(full)) : product / most
    return max(full / 50, Int(min(length, Int128(full))))
  }

  /// A name that fits beside the bars.
  static func label(_ name: String) -> String {
    name.unicodeScalars.count <= 20
      ? name : String(String.UnicodeScalarView(name.unicodeScalars.prefix(19))) + "…"
  }
}
