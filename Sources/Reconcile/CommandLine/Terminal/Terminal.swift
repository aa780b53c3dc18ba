import Foundation

/// What is known about the screen behind a descriptor.
struct Terminal: Sendable, Equatable {
  /// Whether the descriptor is a terminal that understands cursor movement (`TERM` is set and not `dumb`).
  var canRedraw: Bool
  /// Whether marks may be coloured: a terminal that can redraw, and no `NO_COLOR`.
  var usesColour: Bool
  /// Whether box and check marks can be shown: a UTF-8 locale.
  var usesUnicode: Bool
  /// Columns when nothing says how many there are.
  static let defaultWidth = 80
  private let descriptor: Int32
  private let fixedWidth: Int?

  /// The screen behind a descriptor, as the environment describes it.
  init(descriptor: Int32, environment: [String: String]) {
    let term = environment["TERM"] ?? ""
    self.init(
      descriptor: descriptor, isTerminal: isatty(descriptor) == 1, term: term, environment: environment,
      width: nil)
  }

  /// A screen whose facts are handed in, for tests.
  init(
    descriptor: Int32 = -1, isTerminal: Bool, term: String = "xterm", environment: [String: String] = [:],
    width: Int?
  ) {
    self.descriptor = descriptor
    fixedWidth = width
    canRedraw = isTerminal && !term.isEmpty && term != "dumb"
    let noColour = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    usesColour = canRedraw && !noColour
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let encoding = locale.lowercased()
    usesUnicode = encoding.contains("utf-8") || encoding.contains("utf8")
  }

  /// Columns of the screen at this moment; it may be resized between two calls.
  var width: Int {
    if let fixedWidth { return fixedWidth }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return Self.defaultWidth }
    return Int(size.ws_col)
  }

  /// The text in a colour where colours are welcome.
  func coloured(_ text: String, _ colour: Colour) -> String {
    usesColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// Foreground colours of ECMA-48.
  enum Colour: Int, Sendable { case red = 31, green = 32, yellow = 33, cyan = 36 }
}
