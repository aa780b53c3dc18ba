import Foundation
import Testing

/// A text file of the repository, by lines.
struct RepositoryFile: Sendable {
  /// Relative to the repository's root.
  let path: String
  let lines: [String]
  /// The lines of a Swift file without comments and with empty string literals; of other files the lines.
  let code: [String]

  /// The line as an editor finds it: `file:line`, and what is wrong there.
  func place(_ index: Int, _ problem: String) -> String { "\(path):\(index + 1): \(problem)" }

  /// The numbers of lines, or lines of code, that hold one of these words.
  func indices(inCode: Bool = false, holding words: [String]) -> [Int] {
    (inCode ? code : lines).enumerated().filter { _, line in words.contains { strstr(line, $0) != nil } }
      .map(\.offset)
  }
}

/// Each problem fails the test on its own, so that every `file:line` is seen.
func report(_ problems: [String]) {
  for problem in problems { Issue.record("\(problem)") }
}

/// The repository that these tests belong to.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private static let endings = [".swift", ".md", ".sql", ".c", ".h", ".toml", ".sh", ".txt"]
  private static let starts = [
    "Sources", "Tests", "docs", "sample-data", "Package.swift", "Makefile", "README.md", "CHANGELOG.md",
    ".ci/run", ".gitignore",
  ]

  /// Every file that people read or that is built; read once.
  private static let everything: Result<[RepositoryFile], any Error> = Result { try read() }

  /// The files below this folder, or this file itself, with one of these endings; sorted.
  static func files(_ start: String..., ending: String = "") throws -> [RepositoryFile] {
    try everything.get().filter { file in
      file.path.hasSuffix(ending) && start.contains { file.path == $0 || file.path.hasPrefix($0 + "/") }
    }
  }

  private static func read() throws -> [RepositoryFile] {
    var paths: Set<String> = []
    for start in starts {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: root + "/" + start, isDirectory: &isFolder) else {
        continue
      }
      if !isFolder.boolValue {
        paths.insert(start)
        continue
      }
      let below = FileManager.default.enumerator(atPath: root + "/" + start)
      while let path = below?.nextObject() as? String {
        if endings.contains(where: path.hasSuffix) { paths.insert(start + "/" + path) }
      }
    }
    return try paths.sorted().map { path in
      let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
      let isSwift = path.hasSuffix(".swift")
      return RepositoryFile(
        path: path, lines: lines(text), code: lines(isSwift ? SwiftText.code(of: text) : text))
    }
  }

  static func lines(_ text: String) -> [String] {
    text.utf8.split(separator: 10, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}

/// Swift source without what the rules do not apply to.
struct SwiftText {
  private enum State: Equatable {
    /// Code; `depth` counts the open parentheses of an interpolation, nil outside of one.
    case code(depth: Int?)
    case lineComment
    case blockComment(depth: Int)
    case string(hashes: Int, isLong: Bool)
  }

  private static let newline = UInt8(ascii: "\n")
  private static let quote = UInt8(ascii: "\"")
  private static let hash = UInt8(ascii: "#")
  private static let slash = UInt8(ascii: "/")
  private static let star = UInt8(ascii: "*")
  private static let backslash = UInt8(ascii: "\\")

  private let input: [UInt8]
  private var output: [UInt8] = []
  private var stack: [State] = [.code(depth: nil)]
  private var index = 0

  private init(_ text: String) { input = Array(text.utf8) }

  /// The text with comments and the contents of string literals left out; line breaks stay.
  static func code(of text: String) -> String {
    var scanner = SwiftText(text)
    while scanner.index < scanner.input.count { scanner.step() }
    return String(decoding: scanner.output, as: UTF8.self)
  }

  private func byte(_ offset: Int) -> UInt8 {
    index + offset < input.count ? input[index + offset] : 0
  }

  private func hashes(at offset: Int) -> Int {
    var count = 0
    while byte(offset + count) == Self.hash { count += 1 }
    return count
  }

  private mutating func replace(_ state: State) { stack[stack.count - 1] = state }

  private mutating func step() {
    let state = stack[stack.count - 1]
    if input[index] == Self.newline {
      output.append(Self.newline)
      if state == .lineComment { stack.removeLast() }
      index += 1
      return
    }
    switch state {
    case .code(let depth): code(depth)
    case .lineComment: index += 1
    case .blockComment(let depth): blockComment(depth)
    case .string(let hashes, let isLong): string(hashes, isLong)
    }
  }

  private mutating func code(_ depth: Int?) {
    if byte(0) == Self.slash, byte(1) == Self.slash {
      stack.append(.lineComment)
      index += 2
      return
    }
    if byte(0) == Self.slash, byte(1) == Self.star {
      stack.append(.blockComment(depth: 1))
      index += 2
      return
    }
    let fence = hashes(at: 0)
    if byte(fence) == Self.quote {
      let isLong = byte(fence + 1) == Self.quote && byte(fence + 2) == Self.quote
      stack.append(.string(hashes: fence, isLong: isLong))
      output.append(Self.quote)
      index += fence + (isLong ? 3 : 1)
      return
    }
    if let depth {
      if byte(0) == UInt8(ascii: "(") { replace(.code(depth: depth + 1)) }
      if byte(0) == UInt8(ascii: ")") {
        if depth == 1 { stack.removeLast() } else { replace(.code(depth: depth - 1)) }
      }
    }
    output.append(byte(0))
    index += 1
  }

  private mutating func blockComment(_ depth: Int) {
    if byte(0) == Self.star, byte(1) == Self.slash {
      if depth == 1 { stack.removeLast() } else { replace(.blockComment(depth: depth - 1)) }
      index += 2
    } else if byte(0) == Self.slash, byte(1) == Self.star {
      replace(.blockComment(depth: depth + 1))
      index += 2
    } else {
      index += 1
    }
  }

  private mutating func string(_ hashes: Int, _ isLong: Bool) {
    let quotes = isLong ? 3 : 1
    let isClosing = (0..<quotes).allSatisfy { byte($0) == Self.quote } && self.hashes(at: quotes) >= hashes
    if isClosing {
      stack.removeLast()
      output.append(Self.quote)
      index += quotes + hashes
    } else if byte(0) == Self.backslash, self.hashes(at: 1) >= hashes {
      index += 1 + hashes
      if byte(0) == UInt8(ascii: "(") {
        stack.append(.code(depth: 1))
        output.append(byte(0))
      }
      if byte(0) != Self.newline { index += 1 }
    } else {
      index += 1
    }
  }
}
