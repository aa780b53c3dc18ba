import CLibcurl
import Foundation
import Synchronization

/// Seconds on a clock that never goes back.
enum MonotonicTime {
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// libcurl on one thread of its own: GET only, no redirects, no compression, certificates always checked.
public final class HTTPClient: HTTPSending {
  private let loop: TransferLoop
  private let agent: String
  private let nextID = Atomic<UInt64>(1)

  /// Starts the client's thread. `version` is what `User-Agent: reconcile/<version>` says.
  public init(version: String) throws(TransportError) {
    let plain = version.utf8.filter { $0 > 32 && $0 < 127 }
    agent = "reconcile/" + String(decoding: plain, as: UTF8.self)
    guard let loop = TransferLoop() else { throw .setup("libcurl could not be started") }
    self.loop = loop
    let thread = Thread { loop.run() }
    thread.name = "reconcile-http"
    thread.start()
  }

  deinit { loop.submit(.stop) }

  /// Sends one request once; cancelling the task ends its transfer.
  public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let id = nextID.add(1, ordering: .relaxed).oldValue
    let (loop, agent) = (loop, agent)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>) in
        let transfer = Transfer(id: id, request: request, agent: agent, now: MonotonicTime.now()) {
          continuation.resume(returning: $0)
        }
        loop.submit(.start(transfer))
      }
    } onCancel: {
      loop.submit(.cancel(id))
    }
    return try result.get()
  }
}

/// The multi handle and its thread. Commands come through a locked queue; all else belongs to the thread.
final class TransferLoop: @unchecked Sendable {
  enum Command: Sendable {
    case start(Transfer)
    case cancel(UInt64)
    case stop
  }

  private let multi: UnsafeMutableRawPointer
  private let queue = Mutex<[Command]>([])
  private var active: [UInt64: Transfer] = [:]
  private var byHandle: [UnsafeMutableRawPointer: UInt64] = [:]
  /// Cancelled before the start arrived: the handler of a task that is cancelled already runs first.
  private var cancelledEarly: Set<UInt64> = []

  private static let isGlobalReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init?() {
    guard Self.isGlobalReady, let multi = curl_multi_init() else { return nil }
    self.multi = multi
    _ = rc_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 32)
  }

  deinit { curl_multi_cleanup(multi) }

  func submit(_ command: Command) {
    queue.withLock { $0.append(command) }
    curl_multi_wakeup(multi)
  }

  func run() {
    while true {
      let commands = queue.withLock { pending in
        defer { pending = [] }
        return pending
      }
      for command in commands {
        switch command {
        case .start(let transfer): start(transfer)
        case .cancel(let id):
          if let transfer = active[id] {
            remove(transfer)
            transfer.abort(.cancelled)
          } else {
            cancelledEarly.insert(id)
          }
        case .stop:
          for transfer in active.values {
            remove(transfer)
            transfer.abort(.cancelled)
          }
          return
        }
      }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      takeDone()
      let wait = checkClocks()
      curl_multi_poll(multi, nil, 0, Int32(min(max(wait, 0) * 1_000 + 1, 10_000)), nil)
    }
  }

  private func start(_ transfer: Transfer) {
    guard cancelledEarly.remove(transfer.id) == nil else { return transfer.abort(.cancelled) }
    guard let easy = transfer.prepare(), curl_multi_add_handle(multi, easy) == CURLM_OK else {
      transfer.release()
      return transfer.abort(.setup("libcurl refused an option of the request"))
    }
    active[transfer.id] = transfer
    byHandle[easy] = transfer.id
  }

  private func takeDone() {
    var easy: UnsafeMutableRawPointer?
    var code = CURLE_OK
    while rc_multi_take_done(multi, &easy, &code) != 0 {
      guard let easy, let id = byHandle[easy], let transfer = active[id] else { continue }
      remove(transfer)
      transfer.end(code)
    }
  }

  /// Ends transfers that are over their time; seconds until the next one could be.
  private func checkClocks() -> Double {
    let now = MonotonicTime.now()
    var next = now + 10
    for transfer in active.values {
      if let check = transfer.nextCheck(now: now) {
        next = min(next, check)
      } else {
        remove(transfer)
        transfer.abort(.timeout)
      }
    }
    return next - now
  }

  private func remove(_ transfer: Transfer) {
    if let easy = transfer.easy {
      curl_multi_remove_handle(multi, easy)
      byHandle[easy] = nil
    }
    active[transfer.id] = nil
    transfer.release()
  }
}
