/// A key or webhook secret. It cannot be printed, logged or encoded; only the transport and the signature check look inside.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: String

  /// Wraps a value read from an environment variable or a file.
  public init(_ value: String) { self.value = value }

  public var description: String { "•••" }
  public var debugDescription: String { "•••" }
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// The value itself. Named so that every use is found with one search.
  public func revealed() -> String { value }
}
