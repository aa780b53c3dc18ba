import Foundation

/// Writes a `reconcile.toml` that points at a running sandbox.
struct ConfigurationWriter {
  var providers: [(name: String, kind: ProviderKind)]
  /// Scheme, host and port by provider.
  var origins: [String: String]
  /// The `ca_file` of those that are at an https address.
  var authority: String?
  /// The folder of saved responses: merchant files beside it or in it are named in the configuration.
  var directory: String

  func text() -> String {
    var out = """
      # Reads from reconcile-sandbox. Keys come from the environment:
      #   \(providers.map { "export \(Self.keyVariable($0.name))=…" }.joined(separator: "\n#   "))


      """
    for section in ["orders", "refunds", "events"] {
      let files = merchantFiles(section)
      if !files.isEmpty {
        out += "[\(section)]\nfiles = [\(files.map(jsonString).joined(separator: ", "))]\n\n"
      } else if section == "orders" {
        out += "[orders]\nfiles = [\"orders/*.csv\"]\n\n"
      }
    }
    for provider in providers {
      let origin = origins[provider.name] ?? ""
      let authority = authority.flatMap { origin.hasPrefix("https:") ? "\nca_file = \(jsonString($0))" : nil }
      out += """
        [providers.\(provider.name)]
        kind = "\(provider.kind.rawValue)"
        base_url = "\(origin)/\(provider.name)\(provider.kind.basePath)"
        api_key_env = "\(Self.keyVariable(provider.name))"\(authority ?? "")


        """
    }
    return out
  }

  /// `SANDBOX_MAXFI_KEY` for `maxfi`.
  static func keyVariable(_ name: String) -> String {
    let word = name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return "SANDBOX_\(String(word))_KEY"
  }

  private func merchantFiles(_ section: String) -> [String] {
    let base = URL(fileURLWithPath: directory).standardizedFileURL
    let folders = [base.path, base.deletingLastPathComponent().path]
    let endings = section == "events" ? [".jsonl"] : [".csv"]
    let names = section == "events" ? ["events", "webhooks"] : [section]
    for folder in folders {
      for name in names {
        for ending in endings {
          if FileManager.default.fileExists(atPath: "\(folder)/\(name)\(ending)") {
            return ["\(folder)/\(name)\(ending)"]
          }
          let inner = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []
          if inner.contains(where: { $0.hasSuffix(ending) }) { return ["\(folder)/\(name)/*\(ending)"] }
        }
      }
    }
    return []
  }
}
