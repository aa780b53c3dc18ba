func maskedRecord(_ text: String) -> String { String(text.prefix(2000)) }
