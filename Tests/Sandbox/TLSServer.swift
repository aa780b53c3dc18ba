import CLibssl
import Foundation

/// What an HTTPS port says of itself when a client knocks.
struct TLSServer: @unchecked Sendable {
  private let context: OpaquePointer

  /// What a client may speak.
  enum Offer { case usual, oldVersionOnly, http2Only }

  init(_ certificate: Certificate, _ offer: Offer = .usual) throws {
    guard let context = SSL_CTX_new(TLS_server_method()),
      SSL_CTX_use_certificate(context, certificate.x509) == 1,
      SSL_CTX_use_PrivateKey(context, certificate.key) == 1
    else { throw TLSProblem(description: "no HTTPS port can be made") }
    self.context = context
    // A resumed session would hide from the client that the certificate has changed.
    SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
    SSL_CTX_set_num_tickets(context, 0)
    switch offer {
    case .usual: break
    case .oldVersionOnly:
      SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=0")
      SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_VERSION), nil)
      SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_VERSION), nil)
    case .http2Only:
      SSL_CTX_set_alpn_select_cb(
        context,
        { _, chosen, length, offered, count, _ in
          var place = 0
          while place < count, let offered {
            let size = Int(offered[place])
            let name = UnsafeBufferPointer(start: offered + place + 1, count: size)
            if name.elementsEqual("h2".utf8) {
              chosen?.pointee = offered + place + 1
              length?.pointee = UInt8(size)
              return SSL_TLSEXT_ERR_OK
            }
            place += 1 + size
          }
          return SSL_TLSEXT_ERR_ALERT_FATAL
        }, nil)
    }
  }

  /// Shakes hands on a connection; nil when that fails.
  func wire(_ file: Int32) -> TLSWire? {
    guard let ssl = SSL_new(context), SSL_set_fd(ssl, file) == 1, SSL_accept(ssl) == 1 else { return nil }
    return TLSWire(file: file, ssl: ssl)
  }
}

/// An encrypted connection.
struct TLSWire: Wire {
  let file: Int32
  let ssl: OpaquePointer

  func receive(_ buffer: inout [UInt8]) -> Int { Int(SSL_read(ssl, &buffer, Int32(buffer.count))) }

  func send(_ bytes: [UInt8]) -> Bool {
    bytes.isEmpty || SSL_write(ssl, bytes, Int32(bytes.count)) == Int32(bytes.count)
  }

  func end() {
    SSL_free(ssl)
    close(file)
  }
}
