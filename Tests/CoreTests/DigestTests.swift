import ReconcileCore
import Testing

@Suite("Digests give the published values")
struct DigestTests {
  @Test("SHA-256 of the examples of FIPS 180-2")
  func sha256() {
    let known = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ]
    for (text, hex) in known { #expect(Digest.hex(Digest.sha256(text.utf8)) == hex) }
  }

  @Test("HMAC-SHA-256 of the examples of RFC 4231")
  func hmac() {
    let known = [
      (
        String(repeating: "\u{0B}", count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        "Jefe", "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
    ]
    for (key, text, hex) in known {
      #expect(Digest.hex(Digest.hmacSHA256(key: key, Array(text.utf8))) == hex)
    }
    #expect(
      Digest.hex(Digest.hmacSHA256(key: "", []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test("bytes that arrive in pieces have the digest of the whole")
  func running() {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for size in [1, 63, 64, 65, 4_096] {
      let digest = RunningDigest()
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { digest.update($0) }
      }
      #expect(digest.finish() == Digest.hex(Digest.sha256(bytes)))
    }
    #expect(RunningDigest().finish() == Digest.hex(Digest.sha256([])))
  }

  @Test("digests are compared whole")
  func equality() {
    let digest = Digest.sha256("abc".utf8)
    var other = digest
    other[31] ^= 1
    #expect(Digest.equal(digest, digest))
    #expect(!Digest.equal(digest, other))
    #expect(!Digest.equal(digest, Array(digest.dropLast())))
    #expect(Digest.equal([], []))
  }

  @Test("hexadecimal digits are lower case and keep leading zeros")
  func hex() { #expect(Digest.hex([0x00, 0x0F, 0xA0, 0xFF]) == "000fa0ff") }
}
