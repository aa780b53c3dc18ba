import Foundation

/// A connection as the server sees it, encrypted or not.
protocol Wire {
  var file: Int32 { get }
  /// Fills the buffer from its start: how many bytes came, 0 or less when the client is gone.
  func receive(_ buffer: inout [UInt8]) -> Int
  /// Whether everything left.
  func send(_ bytes: [UInt8]) -> Bool
  func end()
}

extension Wire {
  /// Returns when the client closes, or after `seconds`.
  func waitForClient(seconds: Int) {
    var descriptor = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    var chunk = [UInt8](repeating: 0, count: 512)
    let end = Moment.now().seconds + Int64(seconds)
    while Moment.now().seconds < end {
      guard poll(&descriptor, 1, 1000) > 0 else { continue }
      if receive(&chunk) <= 0 { return }
    }
  }

  /// Makes closing throw away what is still to be sent.
  func resetWhenClosed() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(file, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }
}

/// A plain socket.
struct PlainWire: Wire {
  let file: Int32

  func receive(_ buffer: inout [UInt8]) -> Int {
    while true {
      let count = recv(file, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      return count
    }
  }

  func send(_ bytes: [UInt8]) -> Bool {
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

  func end() { close(file) }
}
