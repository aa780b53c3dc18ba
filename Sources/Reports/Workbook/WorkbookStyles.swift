import CLibxlsxwriter

/// The cell formats of the workbook, made once.
struct WorkbookStyles {
  typealias Format = WorkbookFile.Format

  /// Navy, the one colour of headers and headings.
  static let navy: UInt32 = 0x1F3864
  static let red: UInt32 = 0xC00000

  let title: Format
  let note: Format
  let heading: Format
  let header: Format
  let headerRight: Format
  /// The header of a filtered column of numbers: room for the filter's button on the right.
  let headerNumber: Format
  /// The header of text that follows a number.
  let headerIndented: Format
  let text: Format
  /// Text that follows a number, kept off it.
  let indented: Format
  let term: Format
  let wrapped: Format
  let strong: Format
  let link: Format
  let count: Format
  let day: Format
  let instant: Format
  let instantWithFraction: Format
  let total: Format
  let totalCount: Format
  let entry: Format
  let alarm: Format
  let good: Format
  let bad: Format
  let result: Format
  /// By number of decimals, 0 to 4, so that no cell looks its format up.
  let money: [Format]
  let totalMoney: [Format]

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
      format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
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
    headerNumber = try file.addFormat {
      header($0)
      right($0)
      format_set_indent($0, 2)
    }
    headerIndented = try file.addFormat {
      header($0)
      format_set_indent($0, 1)
    }
    text = try file.addFormat { _ in }
    indented = try file.addFormat { format_set_indent($0, 1) }
    term = try file.addFormat {
      format_set_bold($0)
      top($0)
    }
    wrapped = try file.addFormat {
      format_set_text_wrap($0)
      top($0)
    }
    strong = try file.addFormat { format_set_bold($0) }
    link = try file.addFormat {
      format_set_font_color($0, 0x0563C1)
      format_set_underline($0, UInt8(LXW_UNDERLINE_SINGLE.rawValue))
    }
    count = try file.addFormat { format_set_num_format($0, "#,##0") }
    day = try file.addFormat { format_set_num_format($0, "yyyy-mm-dd") }
    instant = try file.addFormat { format_set_num_format($0, "yyyy-mm-dd hh:mm:ss") }
    instantWithFraction = try file.addFormat { format_set_num_format($0, "yyyy-mm-dd hh:mm:ss.000") }
    self.total = try file.addFormat(total)
    totalCount = try file.addFormat {
      total($0)
      format_set_num_format($0, "#,##0")
    }
    entry = try file.addFormat {
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
    good = try file.addFormat {
      format_set_bold($0)
      format_set_font_color($0, 0x2E6B2E)
    }
    bad = try file.addFormat {
      format_set_bold($0)
      format_set_font_color($0, Self.red)
    }
    result = try file.addFormat {
      format_set_bold($0)
      right($0)
    }
    let patterns = (0...4).map { decimals in
      let zeros = decimals == 0 ? "" : "." + String(repeating: "0", count: decimals)
      return "#,##0\(zeros);[Red]-#,##0\(zeros);0\(zeros)"
    }
    money = try patterns.map { pattern in try file.addFormat { format_set_num_format($0, pattern) } }
    totalMoney = try patterns.map { pattern in
      try file.addFormat {
        total($0)
        format_set_num_format($0, pattern)
      }
    }
  }
}
