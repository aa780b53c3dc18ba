import ReconcileCore

/// Time as an import sees it, so that tests run hours in milliseconds.
public protocol ImportClock: Sendable {
  /// Seconds on a clock that never goes back; only differences mean something.
  func now() -> Double
  /// The time of day.
  func wallNow() -> Instant
  /// Waits. Throws `CancellationError` when the task is cancelled.
  func sleep(seconds: Double) async throws
}

/// The machine's own clocks.
public struct MachineClock: ImportClock {
  /// The clocks of this machine.
  public init() {}

  /// Seconds of `CLOCK_MONOTONIC`.
  public func now() -> Double { MonotonicTime.now() }
  /// The time of day.
  public func wallNow() -> Instant { .now() }
  /// Waits without holding a thread.
  public func sleep(seconds: Double) async throws {
    guard seconds > 0 else { return try Task.checkCancellation() }
    try await Task.sleep(for: .seconds(seconds), tolerance: .zero)
  }
}

/// What imports over the network share: the sender, the clock, chance, and the rate limits of each key.
public struct NetworkEnvironment: Sendable {
  var sender: any HTTPSending
  var clock: any ImportClock
  var limits: RateLimits
  var chance: @Sendable () -> Double

  /// One environment serves all providers of a run, so that two that share a key share its limit.
  public init(
    sender: any HTTPSending, clock: any ImportClock = MachineClock(),
    chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.sender = sender
    self.clock = clock
    self.chance = chance
    limits = RateLimits()
  }
}
