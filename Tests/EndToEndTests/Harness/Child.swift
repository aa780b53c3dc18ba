import Foundation
import Synchronization

/// Something that a test could not set up.
struct Trouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Where a standard stream of a child goes.
enum StreamEnd: Sendable {
  /// A file that is opened for writing, made where there is none.
  case file(String)
  /// A descriptor of this process; it stays open here.
  case descriptor(Int32)
  /// Not open at all, as after `>&-`.
  case closed
}

/// A program that this process started. It is waited for once, and signals reach it only while it lives.
final class Child: Sendable {
  let pid: pid_t
  private let isReaped = Mutex(false)
  /// What the process list showed of it while it lived: arguments and names of threads.
  private let shown = Mutex<Set<String>>([])
  private let peak = Mutex(0)
  /// Called once it has ended, on the task that waits for it.
  private let whenEnded: @Sendable (Child) -> Void
  /// Held while a pipe is made and while a program is started, so that no child inherits another one's pipe.
  private static let spawning = Mutex(())

  /// A pipe that children do not inherit.
  static func pipe() throws -> (read: Int32, write: Int32) {
    try spawning.withLock { _ in
      var ends: [Int32] = [0, 0]
      guard Glibc.pipe(&ends) == 0 else { throw Trouble("no pipe: \(String(cString: strerror(errno)))") }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return (ends[0], ends[1])
    }
  }

  /// Starts a program with exactly this environment.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], directory: String,
    output: StreamEnd, errors: StreamEnd, whenEnded: @escaping @Sendable (Child) -> Void = { _ in }
  ) throws {
    self.whenEnded = whenEnded
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (number, end) in [(Int32(1), output), (2, errors)] {
      switch end {
      case .file(let path):
        posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, number)
      case .closed: posix_spawn_file_actions_addclose(&actions, number)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A runner that ignores signals must not pass that on.
    var none = sigset_t()
    var usual = sigset_t()
    sigemptyset(&none)
    sigemptyset(&usual)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&usual, signal) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    // The shell goes to the folder and becomes the program, under the same number.
    let change = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory, program]
    var words = (change + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var started: pid_t = 0
    let code = Self.spawning.withLock { _ in
      posix_spawn(&started, "/bin/sh", &actions, &attributes, &words, &variables)
    }
    guard code == 0 else { throw Trouble("\(program) cannot be started: \(String(cString: strerror(code)))") }
    pid = started
  }

  /// Sends a signal, unless the child is gone already.
  func send(_ signal: Int32) { isReaped.withLock { if !$0 { kill(pid, signal) } } }

  /// Seconds after which a child that was to end by itself is killed, so that a hang is a failure with a name.
  private static let patience = 600

  /// Waits for the end: the exit status, or 1000 and the number of the signal that ended it.
  func end() async -> Int32 {
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Self.patience)) { [weak self] in
      self?.send(SIGKILL)
    }
    let status = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        self.watch()
        continuation.resume(returning: self.reap())
      }
    }
    whenEnded(self)
    return status
  }

  /// What anybody on the machine could see of it in the process list.
  var processList: [String] { shown.withLock { $0.sorted() } }

  /// The most memory that it was seen to have, in KiB; known once it has ended. What the system counts for an ended
  /// child will not do: it begins with the memory of the process that started it.
  var peakMemory: Int { peak.withLock { $0 } }

  /// Looks at the process list and at the memory until the child ends.
  private func watch() {
    var facts = siginfo_t()
    repeat {
      look()
      usleep(20_000)
      facts.si_signo = 0
    } while waitid(P_PID, id_t(pid), &facts, WEXITED | WNOWAIT | WNOHANG) == 0 && facts.si_signo == 0
  }

  /// Notes what the process list shows now, and how much memory there was.
  func look() {
    let folder = "/proc/\(pid)"
    var lines = [try? bytes(of: folder + "/cmdline")]
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: folder + "/task")) ?? [] {
      lines.append(try? bytes(of: folder + "/task/\(thread)/comm"))
    }
    let texts = lines.compactMap { $0.map { String(decoding: $0, as: UTF8.self) } }
    shown.withLock { $0.formUnion(texts) }
    let status = try? text(of: folder + "/status")
    let memory = status?.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) }
    peak.withLock { $0 = max($0, memory ?? 0) }
  }

  /// As `end()`, on this thread.
  @discardableResult
  func reap() -> Int32 {
    var facts = siginfo_t()
    // Still there as a zombie, so that its number is nobody else's until the lock is held.
    while waitid(P_PID, id_t(pid), &facts, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return isReaped.withLock { isReaped in
      var status: Int32 = 0
      guard !isReaped, waitpid(pid, &status, 0) == pid else { return -1 }
      isReaped = true
      return status & 0x7F == 0 ? (status >> 8) & 0xFF : 1_000 + (status & 0x7F)
    }
  }
}

/// The programs under test; they lie beside the test bundle.
enum Binary {
  static let reconcile = path("reconcile")
  static let sandbox = path("reconcile-sandbox")

  private static func path(_ name: String) -> String {
    let start = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let besides = [start, URL(fileURLWithPath: CommandLine.arguments[0])].map {
      $0.deletingLastPathComponent().appendingPathComponent(name).path
    }
    return besides.first { FileManager.default.isExecutableFile(atPath: $0) } ?? besides[0]
  }
}

/// A new folder, removed when nobody holds it any more.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/reconcile-e2e-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The text of a file.
func text(of path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// Writes a file, with its folders.
func write(_ text: String, to path: String) throws {
  let file = URL(fileURLWithPath: path)
  try FileManager.default.createDirectory(
    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(text.utf8).write(to: file)
}
