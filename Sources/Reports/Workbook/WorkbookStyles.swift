import CLibxlsxwriter

/// The cell formats of the workbook, made once.
struct WorkbookStyles {
  typealias Format = WorkbookFile.Format

  /// Navy, the one colour of headers and headings.
  static let navy: UInt32 = 0x1F3864
  static let red: UInt32 = 0xC00000

  let title: Format
  let note: Format
  let indentedNote: Format
  let heading: Format
  let header: Format
  let headerRight: Format
  /// The header of text that follows a number.
  let headerIndented: Format
  let headerEntry: Format
  let text: Format
  let wrapped: Format
  /// Text that follows a number, kept off it.
  let indented: Format
  let indentedWrapped: Format
  let term: Format
  let strong: Format
  let link: Format
  let count: Format
  let day: Format
  let instant: Format
  let instantWithFraction: Format
  /// A time that follows a number, kept off it.
  let instantIndented: Format
  /// A day on the side of numbers.
  let dayRight: Format
  /// A number that had to be written as text, or a word among numbers, on the side of numbers.
  let longNumber: Format
  let rightWrapped: Format
  let total: Format
  let totalCount: Format
  let totalLong: Format
  let entry: Format
  let alarm: Format
  let good: Format
  let bad: Format
  let result: Format
  /// By number of decimals, 0 to 4, so that no cell looks its format up.
  let money: [Format]
  /// Amounts that no formula finds: counted apart from the sheets.
  let given: [Format]
  let totalMoney: [Format]
  // Of cells that a condition picks out: only what differs from the cell's own format, and the line below the row.
  private let goodMark: Format
  private let badMark: Format
  private let alarmMark: Format
  private let quietMark: Format
  let rowLine: Format

  /// How cells that a rule picks out look.
  func look(_ look: RowRule.Look) -> Format {
    switch look {
    case .good: goodMark
    case .bad: badMark
    case .alarm: alarmMark
    case .quiet: quietMark
    }
  }

  init(_ file: WorkbookFile) throws {
    func right(_ format: Format) { format_set_align(format, UInt8(LXW_ALIGN_RIGHT.rawValue)) }
    func top(_ format: Format) { format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue)) }
    func fill(_ format: Format, _ colour: UInt32) { format_set_bg_color(format, colour) }
    func white(_ format: Format) {
      format_set_bold(format)
      format_set_font_color(format, 0xFFFFFF)
    }
    func header(_ format: Format) {
      white(format)
      fill(format, Self.navy)
      top(format)
    }
    func total(_ format: Format) {
      format_set_bold(format)
      fill(format, 0xE9EDF4)
    }
    title = try file.addFormat {
      format_set_bold($0)
      format_set_font_size($0, 16)
      format_set_font_color($0, Self.navy)
    }
    note = try file.addFormat { format_set_font_color($0, 0x595959) }
    indentedNote = try file.addFormat {
      top($0)
      format_set_font_color($0, 0x595959)
      format_set_indent($0, 1)
    }
    heading = try file.addFormat {
      format_set_bold($0)
      format_set_font_size($0, 12)
      format_set_font_color($0, Self.navy)
      format_set_bottom($0, UInt8(LXW_BORDER_MEDIUM.rawValue))
      format_set_bottom_color($0, Self.navy)
    }
    self.header = try file.addFormat(header)
    headerRight = try file.addFormat {
      header($0)
      right($0)
    }
    headerIndented = try file.addFormat {
      header($0)
      format_set_indent($0, 1)
    }
    headerEntry = try file.addFormat {
      top($0)
      format_set_bold($0)
      fill($0, 0xFFE699)
    }
    func wrap(_ format: Format) { format_set_text_wrap(format) }
    func indent(_ format: Format) { format_set_indent(format, 1) }
    func blue(_ format: Format) {
      format_set_font_color(format, 0x0563C1)
      format_set_underline(format, UInt8(LXW_UNDERLINE_SINGLE.rawValue))
    }
    /// Rows may be several lines high: everything in them begins at the top.
    func cell(_ change: @escaping (Format) -> Void = { _ in }) throws -> Format {
      try file.addFormat {
        top($0)
        change($0)
      }
    }
    text = try cell()
    wrapped = try cell(wrap)
    indented = try cell(indent)
    indentedWrapped = try cell {
      indent($0)
      wrap($0)
    }
    term = try cell { format_set_bold($0) }
    strong = try cell { format_set_bold($0) }
    link = try cell(blue)
    count = try cell { format_set_num_format($0, "#,##0") }
    /// Days and times stand at the left, below their heading, as the texts beside them do.
    func date(_ pattern: String) throws -> Format {
      try cell {
        format_set_num_format($0, pattern)
        format_set_align($0, UInt8(LXW_ALIGN_LEFT.rawValue))
      }
    }
    instantIndented = try cell {
      format_set_num_format($0, "yyyy-mm-dd hh:mm:ss")
      format_set_align($0, UInt8(LXW_ALIGN_LEFT.rawValue))
      indent($0)
    }
    day = try date("yyyy-mm-dd")
    instant = try date("yyyy-mm-dd hh:mm:ss")
    instantWithFraction = try date("yyyy-mm-dd hh:mm:ss.000")
    dayRight = try cell {
      format_set_num_format($0, "yyyy-mm-dd")
      right($0)
    }
    longNumber = try cell(right)
    rightWrapped = try cell {
      right($0)
      wrap($0)
    }
    self.total = try cell(total)
    totalCount = try cell {
      total($0)
      format_set_num_format($0, "#,##0")
    }
    totalLong = try cell {
      total($0)
      right($0)
    }
    entry = try file.addFormat {
      // What is typed stays as it was typed: a date in a note must not become a number.
      format_set_num_format($0, "@")
      top($0)
      wrap($0)
      fill($0, 0xFFF9DB)
      format_set_border($0, UInt8(LXW_BORDER_THIN.rawValue))
      format_set_border_color($0, 0xBFBFBF)
    }
    alarm = try file.addFormat {
      white($0)
      fill($0, Self.red)
      format_set_font_size($0, 11)
      format_set_align($0, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
    }
    good = try cell {
      format_set_bold($0)
      format_set_font_color($0, 0x2E6B2E)
    }
    bad = try cell {
      format_set_bold($0)
      format_set_font_color($0, Self.red)
    }
    result = try cell {
      format_set_bold($0)
      right($0)
    }
    func mark(_ change: @escaping (Format) -> Void = { _ in }) throws -> Format {
      try file.addFormat {
        format_set_bottom($0, UInt8(LXW_BORDER_HAIR.rawValue))
        format_set_bottom_color($0, 0xBFBFBF)
        change($0)
      }
    }
    rowLine = try mark()
    goodMark = try mark { format_set_font_color($0, 0x2E6B2E) }
    badMark = try mark {
      format_set_bold($0)
      format_set_font_color($0, Self.red)
    }
    alarmMark = try mark {
      format_set_font_color($0, Self.red)
      fill($0, 0xFCE4E4)
    }
    quietMark = try mark { format_set_font_color($0, 0x7F7F7F) }
    let patterns = (0...4).map { decimals in
      let zeros = decimals == 0 ? "" : "." + String(repeating: "0", count: decimals)
      return "#,##0\(zeros);[Red]-#,##0\(zeros);0\(zeros)"
    }
    money = try patterns.map { pattern in try cell { format_set_num_format($0, pattern) } }
    given = try patterns.map { pattern in
      try cell {
        format_set_num_format($0, pattern)
        format_set_font_color($0, 0x2E75B6)
      }
    }
    totalMoney = try patterns.map { pattern in
      try cell {
        total($0)
        format_set_num_format($0, pattern)
      }
    }
  }
}
