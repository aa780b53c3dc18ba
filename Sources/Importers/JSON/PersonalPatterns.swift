/// Finds what looks like an e-mail address, an IBAN, a card number or a phone number in any text.
enum PersonalPatterns {
  /// What stands in place of personal data.
  static let mask = Array("***".utf8)

  /// The text with every find masked; nil where there is nothing to mask.
  static func masked(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
    guard isWorthALook(text) else { return nil }
    var bytes = Array(text)
    var changed = false
    // A mask shortens the text and may bring digits together that were apart: until nothing is found, so that
    // masking twice is masking once.
    while let range = firstFind(in: bytes) {
      bytes = maskingAll(bytes, from: range)
      changed = true
    }
    return changed ? bytes : nil
  }

  /// Every find needs eight digits or an at sign, which a link writes as %40.
  private static func isWorthALook(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var digits = 0
    for byte in text {
      if byte >= 48 && byte <= 57 {
        digits += 1
        if digits >= 8 { return true }
      } else if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "%") {
        return true
      }
    }
    return false
  }

  private static func maskingAll(_ bytes: [UInt8], from first: Range<Int>) -> [UInt8] {
    var output = Array(bytes[..<first.lowerBound]) + mask
    var position = first.upperBound
    var afterFind = position
    while position < bytes.count {
      if let range = find(in: bytes, at: position, notBefore: afterFind) {
        output += mask
        position = range.upperBound
        afterFind = position
      } else {
        output.append(bytes[position])
        position += 1
      }
    }
    return output
  }

  private static func firstFind(in bytes: [UInt8]) -> Range<Int>? {
    for position in bytes.indices {
      if let range = find(in: bytes, at: position, notBefore: 0) { return range }
    }
    return nil
  }

  /// A find that begins here. What stands before `notBefore` is masked already and is no part of a word.
  private static func find(in bytes: [UInt8], at position: Int, notBefore: Int) -> Range<Int>? {
    let byte = bytes[position]
    if byte == UInt8(ascii: "+") {
      if let phone = phone(bytes, position) { return phone }
    }
    let startsWord = position == notBefore || !isAlphanumeric(bytes[position - 1])
    if isLocalPart(byte), position == notBefore || !isLocalPart(bytes[position - 1]) {
      if let email = email(bytes, position) { return email }
    }
    if isDigit(byte), position == notBefore || !isDigit(bytes[position - 1]),
      let card = cardNumber(bytes, position)
    {
      return card
    }
    if startsWord, isLetter(byte), let iban = iban(bytes, position) { return iban }
    return nil
  }

  private static func email(_ bytes: [UInt8], _ start: Int) -> Range<Int>? {
    var end = start
    while end < bytes.count, isLocalPart(bytes[end]) {
      // An at sign in a link is written %40.
      if isEncodedAt(bytes, end), end > start, let range = domain(bytes, from: start, at: end + 3) {
        return range
      }
      end += 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "@") else { return nil }
    return domain(bytes, from: start, at: end + 1)
  }

  private static func domain(_ bytes: [UInt8], from start: Int, at begin: Int) -> Range<Int>? {
    var end = begin
    while end < bytes.count,
      isAlphanumeric(bytes[end]) || [45, 46].contains(bytes[end]) || bytes[end] >= 0x80
    {
      end += 1
    }
    return end - begin >= 2 ? start..<end : nil
  }

  private static func isEncodedAt(_ bytes: [UInt8], _ index: Int) -> Bool {
    index + 2 < bytes.count && bytes[index] == UInt8(ascii: "%") && bytes[index + 1] == UInt8(ascii: "4")
      && bytes[index + 2] == UInt8(ascii: "0")
  }

  /// A plus and eight digits or more, blanks, dashes and brackets between them.
  private static func phone(_ bytes: [UInt8], _ start: Int) -> Range<Int>? {
    var end = start + 1
    var last = end
    var digits = 0
    while end < bytes.count {
      if isDigit(bytes[end]) {
        digits += 1
        end += 1
        last = end
      } else if bytes[end] == UInt8(ascii: "(") || bytes[end] == UInt8(ascii: ")") {
        end += 1
      } else {
        let gap = separator(bytes, end)
        if gap == 0 || end - last > 4 { break }
        end += gap
      }
    }
    return digits >= 8 ? start..<last : nil
  }

  /// 13 to 19 digits with a right check digit, also in groups.
  private static func cardNumber(_ bytes: [UInt8], _ start: Int) -> Range<Int>? {
    var digits: [UInt8] = []
    var found: Int?
    var index = start
    while index < bytes.count, digits.count <= 19 {
      if isDigit(bytes[index]) {
        digits.append(bytes[index] - 48)
        index += 1
        let endsGroup = index == bytes.count || !isDigit(bytes[index])
        if endsGroup, (13...19).contains(digits.count), passesLuhn(digits) { found = index }
      } else {
        let gap = separator(bytes, index)
        if gap == 0 { break }
        index += gap
        guard index < bytes.count, isDigit(bytes[index]) else { break }
      }
    }
    return found.map { start..<$0 }
  }

  private static func passesLuhn(_ digits: [UInt8]) -> Bool {
    guard digits.contains(where: { $0 != 0 }) else { return false }
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() {
      let doubled = place % 2 == 1 ? Int(digit) * 2 : Int(digit)
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return sum % 10 == 0
  }

  /// Two letters, two digits and 11 to 30 more that leave 1 when divided by 97, also in groups.
  private static func iban(_ bytes: [UInt8], _ start: Int) -> Range<Int>? {
    guard start + 15 <= bytes.count, isLetter(bytes[start + 1]), isDigit(bytes[start + 2]),
      isDigit(bytes[start + 3])
    else { return nil }
    var characters: [UInt8] = []
    var found: Int?
    var index = start
    while index < bytes.count, characters.count < 34 {
      if isAlphanumeric(bytes[index]) {
        characters.append(bytes[index])
        index += 1
        let endsGroup = index == bytes.count || !isAlphanumeric(bytes[index])
        if endsGroup, characters.count >= 15, leavesOne(characters) { found = index }
      } else {
        let gap = separator(bytes, index)
        if gap == 0 { break }
        index += gap
        guard index < bytes.count, isAlphanumeric(bytes[index]) else { break }
      }
    }
    return found.map { start..<$0 }
  }

  private static func leavesOne(_ characters: [UInt8]) -> Bool {
    var remainder = 0
    for byte in characters[4...] + characters[..<4] {
      switch byte {
      case 48...57: remainder = (remainder * 10 + Int(byte - 48)) % 97
      case 65...90: remainder = (remainder * 100 + Int(byte - 55)) % 97
      default: remainder = (remainder * 100 + Int(byte - 87)) % 97
      }
    }
    return remainder == 1
  }

  /// How many bytes a blank or dash between groups takes; 0 where there is none.
  private static func separator(_ bytes: [UInt8], _ index: Int) -> Int {
    switch bytes[index] {
    case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."): 1
    // The no-break blank, and the blanks and dashes of the General Punctuation block.
    case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0xA0: 2
    case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80: 3
    default: 0
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
  private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 97 && byte | 0x20 <= 122 }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
  private static func isLocalPart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "'"):
      true
    default: isAlphanumeric(byte) || byte >= 0x80
    }
  }
}
