import Dispatch
import Foundation
import ReconcileCore
import Synchronization

/// Says what long work is doing: on a terminal one line a task, redrawn at most ten times a second and
/// cleared at the end; elsewhere a plain line for each finished step and a heartbeat every 30 seconds;
/// nothing with `--quiet`.
///
/// A total that is not known gives a counter, never an invented percentage. Calls may come from any thread.
final class ProgressReporter: Sendable {
  private struct Task {
    var name: String
    var step: String
    var done: Int64 = 0
    var total: Int64?
    var note = ""
    var pace: Pace
  }

  private struct State {
    var tasks: [Task] = []
    var lastDraw: Instant?
    var lastLine: Instant
    var frame = 0
    var isClosed = false
  }

  private let terminal: Terminal
  private let isQuiet: Bool
  private let output: ErrorOutput
  private let clock: @Sendable () -> Instant
  private let state: Mutex<State>
  private static let frameMicroseconds: Int64 = 100_000
  private static let heartbeatMicroseconds: Int64 = 30_000_000

  /// A reporter for one run.
  init(
    terminal: Terminal, isQuiet: Bool, output: ErrorOutput,
    clock: @escaping @Sendable () -> Instant = Instant.now
  ) {
    self.terminal = terminal
    self.isQuiet = isQuiet
    self.output = output
    self.clock = clock
    state = Mutex(State(lastLine: clock()))
  }

  /// Says how far a step is; `done` stays 0 for work that is not counted. `name` is a provider or a stage, `unit` what is counted (`records`).
  func update(_ name: String, step: String, done: Int64, of total: Int64? = nil, note: String = "") {
    guard !isQuiet else { return }
    state.withLock { state in
      let index = state.tasks.firstIndex { $0.name == name }
      let before = index.map { state.tasks[$0] }
      let goesOn = before.map { $0.step == step && $0.done <= done } ?? false
      let pace = goesOn ? before?.pace : nil
      let task = Task(
        name: name, step: step, done: done, total: total, note: note,
        pace: pace ?? Pace(from: done, at: clock()))
      if let index {
        state.tasks[index] = task
      } else {
        state.tasks.append(task)
      }
      refresh(&state)
    }
  }

  /// Says that a step ended; the line stays on the screen and in the log of a scheduler.
  func finish(_ name: String, step: String, _ summary: String, isGood: Bool = true) {
    guard !isQuiet else { return }
    state.withLock { state in
      state.tasks.removeAll { $0.name == name }
      let good = terminal.usesUnicode && terminal.canRedraw ? "✓" : "ok"
      let mark = terminal.coloured(isGood ? good : "!", isGood ? .green : .yellow)
      let text = [name, step, summary].filter { !$0.isEmpty }.map(\.withControlCharactersEscaped)
      let now = clock()
      state.lastLine = now
      state.lastDraw = now
      output.writeLine(
        mark + " " + text.joined(separator: "  "), region: terminal.canRedraw ? region(&state, now) : nil)
    }
  }

  /// How far reports are; throws once a signal came.
  func ofReports(_ file: String, _ done: Int64, _ total: Int64?) throws {
    try Interruption.check()
    update("reports", step: file, done: done, of: total)
  }

  /// Redraws spinners and sends heartbeats until the timer is cancelled; nil with `--quiet`. A timer and no
  /// task: matching and checking keep the threads that tasks run on busy.
  func startHeartbeat() -> (any DispatchSourceTimer)? {
    guard !isQuiet else { return nil }
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "reconcile.progress"))
    timer.schedule(deadline: .now(), repeating: .milliseconds(terminal.canRedraw ? 100 : 1_000))
    timer.setEventHandler { [self] in tick() }
    timer.resume()
    return timer
  }

  /// One beat.
  func tick() {
    guard !isQuiet else { return }
    state.withLock { refresh(&$0) }
  }

  /// Takes the progress lines off the screen. Further calls are silent.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.tasks = []
      if terminal.canRedraw { output.setRegion([]) }
    }
  }

  private func refresh(_ state: inout State) {
    guard !state.isClosed else { return }
    let now = clock()
    if terminal.canRedraw {
      if let last = state.lastDraw, now.microseconds - last.microseconds < Self.frameMicroseconds { return }
      state.lastDraw = now
      output.setRegion(region(&state, now))
    } else if now.microseconds - state.lastLine.microseconds >= Self.heartbeatMicroseconds,
      !state.tasks.isEmpty
    {
      state.lastLine = now
      let parts = state.tasks.map {
        [$0.name, $0.step, count($0, now)].filter { !$0.isEmpty }.joined(separator: " ")
          + ($0.note.isEmpty ? "" : " (\($0.note))")
      }
      output.writeLine(("... " + parts.joined(separator: "; ")).withControlCharactersEscaped)
    }
  }

  /// The lines of all tasks, in the next frame of the spinner.
  private func region(_ state: inout State, _ now: Instant) -> [String] {
    state.frame += 1
    let width = max(20, terminal.width - 1)
    let names = state.tasks.map { displayWidth($0.name) }.max() ?? 0
    return state.tasks.map { truncated(line($0, nameWidth: names, frame: state.frame, now), toWidth: width) }
  }

  /// How far a task is, and how fast it goes; nothing where it does not count.
  private func count(_ task: Task, _ now: Instant) -> String {
    let count =
      task.total.map { "\(task.done) of \(max($0, task.done))" } ?? (task.done > 0 ? "\(task.done)" : "")
    guard let pace = task.pace.words(done: task.done, of: task.total, at: now) else { return count }
    return "\(count) (\(pace))"
  }

  private func line(_ task: Task, nameWidth: Int, frame: Int, _ now: Instant) -> String {
    let padding = String(repeating: " ", count: nameWidth - displayWidth(task.name))
    var parts = [task.name + padding, task.step]
    if let total = task.total, total > 0 {
      let share = min(task.done, total)
      let cells = 20
      let filled = Int(Int128(share) * Int128(cells) / Int128(total))
      let (full, empty) = terminal.usesUnicode ? ("█", "·") : ("#", ".")
      parts.append(String(repeating: full, count: filled) + String(repeating: empty, count: cells - filled))
      parts.append("\(Int128(share) * 100 / Int128(total))%")
    } else {
      let frames = terminal.usesUnicode ? ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"] : ["|", "/", "-", "\\"]
      parts.append(frames[frame % frames.count])
    }
    parts += [count(task, now), task.note]
    return parts.filter { !$0.isEmpty }.joined(separator: "  ").withControlCharactersEscaped
  }
}
