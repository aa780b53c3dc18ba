/// 128 bits of a row's identity, bytes compared rather than characters: a million rows cost 16 bytes each, and
/// identities that only Unicode calls equal stay apart.
struct RowKey: Hashable, Sendable {
  private let high: Int
  private let low: Int

  init(_ identity: String) {
    var first = Hasher()
    var second = Hasher()
    second.combine(0)
    var identity = identity
    identity.withUTF8 { bytes in
      first.combine(bytes: UnsafeRawBufferPointer(bytes))
      second.combine(bytes: UnsafeRawBufferPointer(bytes))
    }
    high = first.finalize()
    low = second.finalize()
  }
}
