import CLibcrypto

/// SHA-256 and HMAC by OpenSSL's libcrypto.
public enum Digest {
  /// The 32 bytes of SHA-256.
  public static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let input = Array(bytes)
    var output = [UInt8](repeating: 0, count: 32)
    EVP_Digest(input, input.count, &output, nil, EVP_sha256(), nil)
    return output
  }

  /// HMAC-SHA-256 of a webhook body.
  public static func hmacSHA256(key: String, _ bytes: [UInt8]) -> [UInt8] {
    let keyBytes = Array(key.utf8)
    var output = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 32
    HMAC(EVP_sha256(), keyBytes, Int32(keyBytes.count), bytes, bytes.count, &output, &length)
    return output
  }

  /// Compares two digests in constant time.
  public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
  }

  /// Lower-case hexadecimal digits.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// SHA-256 of bytes that arrive in pieces.
public final class RunningDigest {
  private let context: OpaquePointer?

  /// Starts an empty digest.
  public init() {
    context = EVP_MD_CTX_new()
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The digest of all bytes so far, in hexadecimal. Call once.
  public func finish() -> String {
    var output = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &output, nil)
    return Digest.hex(output)
  }
}
