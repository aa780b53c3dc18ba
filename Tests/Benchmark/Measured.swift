import Foundation

/// What running a program cost, as the kernel accounts for it.
struct Measured {
  /// Milliseconds from start to end.
  var wall: Int
  /// Milliseconds of all processors together.
  var processor: Int
  /// The largest resident size in KiB.
  var peak: Int
  /// The exit status; 128 and the signal's number where a signal ended the program.
  var status: Int32
}

/// Why a stage could not be measured.
struct BenchmarkProblem: Error, CustomStringConvertible {
  let description: String
}

extension Measured {
  /// Runs a program to its end without a standard output and measures it.
  static func running(_ program: String, _ arguments: [String]) throws -> Measured {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    let began = now()
    var process = pid_t()
    let code = posix_spawn(&process, program, &actions, nil, words, environ)
    guard code == 0 else {
      throw BenchmarkProblem(description: "\(program) cannot be started: \(String(cString: strerror(code)))")
    }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw BenchmarkProblem(description: "the program cannot be waited for") }
    }
    let signal = status & 0x7F
    return Measured(
      wall: now() - began, processor: milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
      peak: usage.ru_maxrss, status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
  }

  private static func milliseconds(_ time: timeval) -> Int { time.tv_sec * 1_000 + Int(time.tv_usec) / 1_000 }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }
}
