import Foundation
import Synchronization

/// A loopback port could not be opened.
struct PortProblem: Error, CustomStringConvertible {
  let description: String
}

/// A small HTTP/1.1 server on plain sockets, one thread a connection.
///
/// A framework would not let an answer break off in the middle or stop half way, and that is much of what
/// this program is for.
struct HTTPServer: Sendable {
  /// What a client meets at the port.
  enum Door: Sendable {
    case plain
    /// One certificate for so many connections, then another one.
    case tls(TLSServer, connections: Int, then: TLSServer)
    /// The connection closes as soon as the client has said hello.
    case cut
    /// Nobody listens.
    case shut
    /// Connections wait for ever to be accepted.
    case blocked
  }

  let port: UInt16
  private let socket: Int32
  private let door: Door
  /// Whether a connection ends with its first answer.
  var answersOnce = false

  /// Binds 127.0.0.1 only; port 0 takes any free one.
  init(port wanted: UInt16, _ door: Door = .plain) throws {
    self.door = door
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else {
      throw PortProblem(description: "no socket: \(String(cString: strerror(errno)))")
    }
    var one: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = wanted.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let file = socket
    let backlog: Int32? =
      switch door {
      case .shut: nil
      case .blocked: 0
      default: 128
      }
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(file, generic, length) == 0 && (backlog.map { listen(file, $0) == 0 } ?? true)
          && getsockname(file, generic, &length) == 0
      }
    }
    guard bound else {
      throw PortProblem(description: "port \(wanted) on 127.0.0.1: \(String(cString: strerror(errno)))")
    }
    port = UInt16(bigEndian: address.sin_port)
    if case .blocked = door { fillQueue(&address) }
  }

  /// Takes the places in the queue of those who wait to be accepted: the next one is not even answered.
  private func fillQueue(_ address: inout sockaddr_in) {
    for _ in 1...3 {
      let file = Glibc.socket(
        AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0
      )
      _ = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
  }

  /// Serves until the process ends.
  func start(_ answer: @escaping @Sendable (HTTPRequest) -> Reply) {
    switch door {
    case .shut, .blocked: return
    default: break
    }
    Thread.detachNewThread {
      var count = 0
      while true {
        let accepted = accept(socket, nil, nil)
        guard accepted >= 0 else {
          // Out of descriptors, or the peer is gone already: neither is a reason to spin or to stop.
          if errno != EINTR { usleep(10_000) }
          continue
        }
        count += 1
        let number = count
        Thread.detachNewThread { welcome(accepted, number, answer) }
      }
    }
  }

  private func welcome(_ file: Int32, _ number: Int, _ answer: (HTTPRequest) -> Reply) {
    var one: Int32 = 1
    setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    let wire: (any Wire)?
    switch door {
    case .tls(let first, let connections, let later):
      wire = (number <= connections ? first : later).wire(file)
    case .cut:
      var hello = [UInt8](repeating: 0, count: 64)
      _ = recv(file, &hello, hello.count, 0)
      wire = nil
    default: wire = PlainWire(file: file)
    }
    guard let wire else {
      close(file)
      return
    }
    Connection(wire: wire, number: number, answersOnce: answersOnce).serve(answer)
  }
}

/// One client's connection.
private struct Connection {
  let wire: any Wire
  let number: Int
  let answersOnce: Bool
  private static let largestHead = 64 << 10

  func serve(_ answer: (HTTPRequest) -> Reply) {
    defer { wire.end() }
    var buffer: [UInt8] = []
    while let head = readHead(&buffer) {
      guard var request = HTTPRequest(head: head) else {
        _ = send(Reply.failure(400, "not an HTTP/1.1 request", nil), keepsAlive: false)
        return
      }
      request.connection = number
      // Only GET is served; with anything else there may be a body that nobody reads.
      let keepsAlive = request.method == "GET" && request.header("connection")?.lowercased() != "close"
      var reply = answer(request)
      if request.method == "HEAD" { reply.body = [] }
      guard send(reply, keepsAlive: keepsAlive && !answersOnce), keepsAlive, !answersOnce else { return }
    }
  }

  /// The bytes before the blank line; nil when the client is gone or sends too many.
  private func readHead(_ buffer: inout [UInt8]) -> [UInt8]? {
    let end: [UInt8] = [13, 10, 13, 10]
    var chunk = [UInt8](repeating: 0, count: 8192)
    while true {
      if let found = buffer.firstRange(of: end) {
        let head = Array(buffer[..<found.lowerBound])
        buffer.removeSubrange(..<found.upperBound)
        return head
      }
      guard buffer.count < Self.largestHead else { return nil }
      let count = wire.receive(&chunk)
      guard count > 0 else { return nil }
      buffer += chunk[..<count]
    }
  }

  /// Whether the connection can go on.
  private func send(_ reply: Reply, keepsAlive: Bool) -> Bool {
    if reply.delayMilliseconds > 0 { usleep(UInt32(clamping: reply.delayMilliseconds * 1000)) }
    let head = reply.head(keepsAlive: keepsAlive)
    switch reply.delivery {
    case .whole:
      let whole = head + reply.body
      return wire.send(reply.isDoubled ? whole + whole : whole) && !reply.closesAfterwards
    case .cut(let after), .cutClose(let after): _ = wire.send(head + reply.body.prefix(after))
    case .cutChunked(let after): _ = wire.send(head + chunk(reply.body.prefix(after)))
    case .reset(let after):
      _ = wire.send(head + reply.body.prefix(after))
      wire.resetWhenClosed()
    case .resetHead(let after):
      _ = wire.send(Array(head.prefix(after)))
      wire.resetWhenClosed()
    case .bytes(let bytes): _ = wire.send(bytes)
    case .drop: break
    case .silent(let seconds): wire.waitForClient(seconds: seconds)
    case .stall(let after, let seconds):
      if wire.send(head + reply.body.prefix(after)) { wire.waitForClient(seconds: seconds) }
    case .endless:
      let more = chunk([UInt8](repeating: UInt8(ascii: " "), count: 64 << 10)[...])
      if wire.send(head) { while wire.send(more) {} }
    case .endlessTrickle(let milliseconds):
      if wire.send(head) { while drop(chunk([UInt8(ascii: " ")][...]), after: milliseconds) {} }
    case .trickleHead(let milliseconds):
      return head.allSatisfy { drop([$0], after: milliseconds) } && wire.send(reply.body)
    case .trickle(let milliseconds):
      return wire.send(head) && reply.body.allSatisfy { drop([$0], after: milliseconds) }
    }
    return false
  }

  private func drop(_ bytes: [UInt8], after milliseconds: Int) -> Bool {
    usleep(UInt32(clamping: milliseconds * 1000))
    return wire.send(bytes)
  }

  private func chunk(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
  }
}
