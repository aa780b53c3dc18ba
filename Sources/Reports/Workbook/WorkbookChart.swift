import CLibxlsxwriter
import ReconcileCore

/// A block of cells, as formulas and charts refer to it: `Summary!$B$3:$B$33`.
struct CellRange: CustomStringConvertible {
  let description: String

  /// Rows and columns are counted from 0.
  init(_ sheet: SheetWriter, _ rows: ClosedRange<Int>, _ columns: ClosedRange<Int>) {
    let first = "$\(ColumnLayout.letter(columns.lowerBound))$\(rows.lowerBound + 1)"
    let last = "$\(ColumnLayout.letter(columns.upperBound))$\(rows.upperBound + 1)"
    description = "\(sheet.quotedName)!\(first):\(last)"
  }
}

/// A chart of stacked columns or bars whose figures stand in cells.
final class WorkbookChart {
  enum Shape { case columns, bars }

  /// What a screen reader says.
  let description: String
  let pointer: UnsafeMutablePointer<lxw_chart>
  private var series = 0

  /// Told apart without colour too: from dark to light.
  private static let colours: [UInt32] = [
    0x1F3864, 0x2E75B6, 0x9DC3E6, 0xC55A11, 0xF4B183, 0x7F7F7F, 0xBFBFBF, 0x548235,
  ]

  init(_ shape: Shape, title: String, description: String, numberFormat: String, in file: WorkbookFile) throws
  {
    self.description = description
    pointer = try file.addChart(shape == .columns ? LXW_CHART_COLUMN_STACKED : LXW_CHART_BAR_STACKED)
    chart_title_set_name(pointer, title)
    chart_legend_set_position(pointer, UInt8(LXW_CHART_LEGEND_BOTTOM.rawValue))
    chart_set_series_gap(pointer, 40)
    // The library calls the horizontal axis x; bars have their names on the vertical one.
    let names = shape == .bars ? pointer.pointee.y_axis : pointer.pointee.x_axis
    let values = shape == .bars ? pointer.pointee.x_axis : pointer.pointee.y_axis
    WorkbookFile.houseFont.withCString { name in
      var small = lxw_chart_font()
      small.name = UnsafeMutablePointer(mutating: name)
      small.size = 8
      var large = small
      large.size = 10
      large.bold = 1
      chart_title_set_name_font(pointer, &large)
      chart_legend_set_font(pointer, &small)
      chart_axis_set_num_font(names, &small)
      chart_axis_set_num_font(values, &small)
    }
    chart_axis_set_num_format(values, numberFormat)
    if shape == .bars {
      // Read from the top, as the table is, and every name shown.
      chart_axis_set_reverse(names)
      chart_axis_set_interval_unit(names, 1)
      // The figures stay at the bottom.
      chart_axis_set_crossing_max(names)
    }
    var line = lxw_chart_line()
    line.color = 0xD9D9D9
    chart_axis_major_gridlines_set_line(values, &line)
    chart_chartarea_set_line(pointer, &line)
  }

  /// Adds one colour of the stack.
  func add(_ name: String, categories: CellRange, values: CellRange) throws {
    guard let added = chart_add_series(pointer, "=\(categories)", "=\(values)") else {
      throw WorkbookFile.failure("a chart could not be filled", at: description)
    }
    chart_series_set_name(added, name)
    var fill = lxw_chart_fill()
    fill.color = Self.colours[series % Self.colours.count]
    chart_series_set_fill(added, &fill)
    series += 1
  }
}
