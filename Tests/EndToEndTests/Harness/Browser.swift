import CZlib
import Foundation

/// Chromium without a window, which shows a page as a person's browser does.
struct Browser {
  private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Whether there is one on this machine.
  static var isThere: Bool { program != nil }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The document as it is after it was loaded, written as HTML again.
  func document(of page: String) async throws -> String {
    try await open(page, ["--dump-dom"])
    return try text(of: folder.path + "/out")
  }

  /// What is seen of the page in a window of this size.
  func picture(of page: String, width: Int, height: Int) async throws -> Picture {
    let file = folder.path + "/picture.png"
    try await open(page, ["--hide-scrollbars", "--window-size=\(width),\(height)", "--screenshot=\(file)"])
    return try Picture(png: try bytes(of: file))
  }

  /// The page as it is printed: a PDF file.
  func print(_ page: String) async throws -> [UInt8] {
    let file = folder.path + "/print.pdf"
    try await open(page, ["--no-pdf-header-footer", "--print-to-pdf=\(file)"])
    return try bytes(of: file)
  }

  /// What the page asked for while it was loaded, as Chromium noted it.
  func requests(of page: String) async throws -> [String] {
    let file = folder.path + "/net.json"
    try await open(page, ["--dump-dom", "--log-net-log=\(file)"])
    // An address that a page asks for is noted with an initiator; what Chromium asks for itself has none.
    return try text(of: file).split(separator: "\n").compactMap { line in
      guard line.contains("\"initiator\":"), !line.contains("\"initiator\":\"not an origin\"") else {
        return nil
      }
      return line.firstMatch(of: /"url":"([^"]*)"/).map { String($0.1) }
    }
  }

  private func open(_ page: String, _ arguments: [String]) async throws {
    let usual = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--disable-component-update",
      "--user-data-dir=\(folder.path)/profile",
    ]
    let child = try Child(
      Self.program ?? "", usual + arguments + ["file://" + page],
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path], directory: folder.path,
      output: .file(folder.path + "/out"), errors: .file(folder.path + "/err"))
    let status = await child.end()
    guard status == 0 else {
      throw Trouble("chromium ended with \(status): \(try text(of: folder.path + "/err"))")
    }
  }
}

/// A picture of 8 bits a channel.
struct Picture {
  let width: Int
  let height: Int
  /// Pixels from above, each one number.
  let pixels: [UInt32]

  /// Reads a PNG without interlacing, as Chromium writes it.
  init(png: [UInt8]) throws {
    func number(_ at: Int) -> Int { png[at..<at + 4].reduce(0) { $0 << 8 + Int($1) } }
    guard png.count > 33, png.starts(with: [0x89, 0x50, 0x4E, 0x47]), png[24] == 8, [2, 6].contains(png[25])
    else {
      throw Trouble("no picture was taken")
    }
    width = number(16)
    height = number(20)
    let channels = png[25] == 2 ? 3 : 4
    var packed: [UInt8] = []
    var at = 8
    while at + 8 <= png.count {
      let length = number(at)
      if png[at + 4..<at + 8].elementsEqual("IDAT".utf8) { packed += png[at + 8..<at + 8 + length] }
      at += length + 12
    }
    let stride = width * channels
    var raw = [UInt8](repeating: 0, count: height * (stride + 1))
    var size = uLong(raw.count)
    guard uncompress(&raw, &size, packed, uLong(packed.count)) == Z_OK, size == raw.count else {
      throw Trouble("the picture cannot be unpacked")
    }
    pixels = Self.unfiltered(raw, height, stride, channels)
  }

  /// Undoes what PNG does to each line: bytes are differences to those on the left, above, or both.
  private static func unfiltered(_ raw: [UInt8], _ height: Int, _ stride: Int, _ channels: Int) -> [UInt32] {
    var pixels: [UInt32] = []
    var above = [UInt8](repeating: 0, count: stride)
    for row in 0..<height {
      let start = row * (stride + 1)
      var line = Array(raw[start + 1...start + stride])
      for index in 0..<stride {
        let left = index >= channels ? Int(line[index - channels]) : 0
        let corner = index >= channels ? Int(above[index - channels]) : 0
        let up = Int(above[index])
        let guess: Int
        switch raw[start] {
        case 1: guess = left
        case 2: guess = up
        case 3: guess = (left + up) / 2
        case 4:
          let (a, b, c) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
          guess = a <= b && a <= c ? left : b <= c ? up : corner
        default: guess = 0
        }
        line[index] &+= UInt8(truncatingIfNeeded: guess)
      }
      for pixel in Swift.stride(from: 0, to: stride, by: channels) {
        pixels.append(line[pixel..<pixel + 3].reduce(0) { $0 << 8 + UInt32($1) })
      }
      above = line
    }
    return pixels
  }

  /// The part of the pixels that are not of the commonest colour.
  var inkInPercent: Int {
    let counts = Dictionary(pixels.map { ($0, 1) }, uniquingKeysWith: +)
    return 100 - 100 * (counts.values.max() ?? 0) / max(1, pixels.count)
  }

  /// The picture as seen by eyes without colours: the brightness of each pixel.
  var grey: [UInt32] {
    pixels.map { (30 * ($0 >> 16) + 59 * ($0 >> 8 & 255) + 11 * ($0 & 255)) / 100 }
  }
}
