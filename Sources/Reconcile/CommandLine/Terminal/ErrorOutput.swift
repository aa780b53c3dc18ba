import Foundation
import Synchronization

/// Standard error, shared by log lines and progress: one lock, so that lines never tear each other, and a
/// region of progress lines at the bottom of a terminal that is taken away before a line is written and put
/// back after it.
final class ErrorOutput: Sendable {
  private struct State {
    var region: [String] = []
    var drawn = 0
  }

  private let state = Mutex(State())
  private let sink: @Sendable ([UInt8]) -> Void

  /// Writes to standard error; errors there cannot be told to anybody and are dropped.
  convenience init() {
    self.init { bytes in
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBytes {
          Foundation.write(2, $0.baseAddress.map { $0 + written }, $0.count - written)
        }
        if count > 0 { written += count } else if errno != EINTR { return }
      }
    }
  }

  /// Writes where the caller says.
  init(sink: @escaping @Sendable ([UInt8]) -> Void) { self.sink = sink }

  /// Writes one or several whole lines above the progress region, which is replaced where a new one is given.
  func writeLine(_ line: String, region: [String]? = nil) {
    state.withLock { state in
      let erased = erase(&state)
      if let region { state.region = region }
      sink(Array((erased + line + "\n" + draw(&state)).utf8))
    }
  }

  /// Replaces the progress region; an empty one takes it away. Only for terminals that can redraw.
  func setRegion(_ lines: [String]) {
    state.withLock { state in
      if state.drawn == 0, lines.isEmpty { return }
      let erased = erase(&state)
      state.region = lines
      sink(Array((erased + draw(&state)).utf8))
    }
  }

  private func erase(_ state: inout State) -> String {
    guard state.drawn > 0 else { return "" }
    defer { state.drawn = 0 }
    // Up to the region's first line, then clear to the end of the screen.
    return "\r" + (state.drawn > 1 ? "\u{1B}[\(state.drawn - 1)A" : "") + "\u{1B}[J"
  }

  private func draw(_ state: inout State) -> String {
    state.drawn = state.region.count
    return state.region.joined(separator: "\n")
  }
}
