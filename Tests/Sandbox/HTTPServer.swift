import Foundation

/// A loopback port could not be opened.
struct PortProblem: Error, CustomStringConvertible {
  let description: String
}

/// A small HTTP/1.1 server on plain sockets, one thread a connection.
///
/// A framework would not let an answer break off in the middle or stop half way, and that is much of what
/// this program is for.
struct HTTPServer: Sendable {
  let port: UInt16
  private let socket: Int32

  /// Binds 127.0.0.1 only; port 0 takes any free one.
  init(port wanted: UInt16) throws {
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
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(file, generic, length) == 0 && listen(file, 128) == 0 && getsockname(file, generic, &length) == 0
      }
    }
    guard bound else {
      throw PortProblem(description: "port \(wanted) on 127.0.0.1: \(String(cString: strerror(errno)))")
    }
    port = UInt16(bigEndian: address.sin_port)
  }

  /// Serves until the process ends.
  func start(_ answer: @escaping @Sendable (HTTPRequest) -> Reply) {
    let listener = socket
    Thread.detachNewThread {
      while true {
        let accepted = accept(listener, nil, nil)
        guard accepted >= 0 else {
          // Out of descriptors, or the peer is gone already: neither is a reason to spin or to stop.
          if errno != EINTR { usleep(10_000) }
          continue
        }
        Thread.detachNewThread { Connection(file: accepted).serve(answer) }
      }
    }
  }
}

/// One client's connection.
private struct Connection {
  let file: Int32
  private static let largestHead = 64 << 10

  func serve(_ answer: (HTTPRequest) -> Reply) {
    defer { close(file) }
    var one: Int32 = 1
    setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var buffer: [UInt8] = []
    while let head = readHead(&buffer) {
      guard let request = HTTPRequest(head: head) else {
        _ = send(Reply.failure(400, "not an HTTP/1.1 request", nil), keepsAlive: false)
        return
      }
      // Only GET is served; with anything else there may be a body that nobody reads.
      let keepsAlive = request.method == "GET" && request.header("connection")?.lowercased() != "close"
      var reply = answer(request)
      if request.method == "HEAD" { reply.body = [] }
      guard send(reply, keepsAlive: keepsAlive), keepsAlive else { return }
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
      let count = recv(file, &chunk, chunk.count, 0)
      if count < 0, errno == EINTR { continue }
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
      return write(reply.isDoubled ? whole + whole : whole) && !reply.closesAfterwards
    case .cut(let after), .cutClose(let after):
      _ = write(head + reply.body.prefix(after))
      return false
    case .cutChunked(let after):
      _ = write(head + chunk(reply.body.prefix(after)))
      return false
    case .reset(let after):
      _ = write(head + reply.body.prefix(after))
      // Closing then throws away what is still to be sent.
      var now = linger(l_onoff: 1, l_linger: 0)
      setsockopt(file, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
      return false
    case .endless:
      let more = chunk([UInt8](repeating: UInt8(ascii: " "), count: 64 << 10)[...])
      guard write(head) else { return false }
      while write(more) {}
      return false
    case .stall(let after, let seconds):
      guard write(head + reply.body.prefix(after)) else { return false }
      waitForClient(seconds: seconds)
      return false
    case .drop: return false
    case .trickleHead(let milliseconds):
      for byte in head {
        usleep(UInt32(clamping: milliseconds * 1000))
        guard write([byte]) else { return false }
      }
      return write(reply.body)
    case .trickle(let milliseconds):
      guard write(head) else { return false }
      for byte in reply.body {
        usleep(UInt32(clamping: milliseconds * 1000))
        guard write([byte]) else { return false }
      }
      return true
    }
  }

  private func chunk(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
  }

  /// Returns when the client closes, or after `seconds`.
  private func waitForClient(seconds: Int) {
    var descriptor = pollfd(file: file)
    var chunk = [UInt8](repeating: 0, count: 512)
    let end = Moment.now().seconds + Int64(seconds)
    while Moment.now().seconds < end {
      guard poll(&descriptor, 1, 1000) > 0 else { continue }
      if recv(file, &chunk, chunk.count, 0) <= 0 { return }
    }
  }

  private func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
      var sent = 0
      while sent < raw.count {
        let count = Glibc.send(file, raw.baseAddress.map { $0 + sent }, raw.count - sent, Int32(MSG_NOSIGNAL))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }
}

extension pollfd {
  fileprivate init(file: Int32) { self.init(fd: file, events: Int16(POLLIN), revents: 0) }
}
