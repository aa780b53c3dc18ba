import Foundation
import Synchronization

/// A server of raw bytes on a loopback port, one thread a connection, gone when `stop()` is called.
final class TransportServer: Sendable {
  /// What a connection is answered: bytes and pauses; the connection stays open for more unless told to close.
  enum Act: Sendable {
    case bytes(String)
    case pause(Double)
    case zeros(Int)
    case close
    case reset
  }

  private let listener: Int32
  let port: Int
  private let heard = Mutex<[String]>([])
  private let connections = Mutex(0)
  private let answer: @Sendable (String, Int) -> [Act]

  init(_ answer: @escaping @Sendable (_ request: String, _ number: Int) -> [Act]) throws {
    self.answer = answer
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (bound, named) = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        (bind(listener, raw, length), getsockname(listener, raw, &length))
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    guard bound == 0, named == 0, listen(listener, 16) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    Thread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        connections.withLock { $0 += 1 }
        Thread { [self] in serve(connection) }.start()
      }
    }.start()
  }

  var requests: [String] { heard.withLock { $0 } }
  var connectionCount: Int { connections.withLock { $0 } }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var pending: [UInt8] = []
    while true {
      var buffer = [UInt8](repeating: 0, count: 4_096)
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      pending += buffer.prefix(count)
      let text = String(decoding: pending, as: UTF8.self)
      guard text.hasSuffix("\r\n\r\n") else { continue }
      pending = []
      let number = heard.withLock { heard in
        heard.append(text)
        return heard.count
      }
      for act in answer(text, number) {
        switch act {
        case .bytes(let text): guard write(Array(text.utf8), to: connection) else { return }
        case .pause(let seconds): Thread.sleep(forTimeInterval: seconds)
        case .zeros(let count):
          let block = [UInt8](repeating: 48, count: 65_536)
          for _ in 0..<(count / block.count) { guard write(block, to: connection) else { return } }
        case .close: return
        case .reset:
          var hard = linger(l_onoff: 1, l_linger: 0)
          setsockopt(connection, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
          return
        }
      }
    }
  }

  private func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }
}
