import Foundation
import ReconcileCore

/// Where one provider's secrets are, and where the file says so.
struct ProviderKeys: Sendable {
  var key: KeySource?
  var webhookVariable: String?
  var place: String
  var keyPlace: String
  var webhookPlace: String
}

/// A checked configuration without any key.
struct LoadedConfiguration: Sendable {
  /// The absolute path of the file.
  let file: String
  /// Everything but keys: `source` of a network provider holds an empty one until `resolveKeys`.
  let settings: Settings
  /// The providers of `--provider` in alphabetical order; empty means all.
  let selectedProviders: [String]
  /// SHA-256 (hexadecimal) over the settings in force, without secrets.
  let digest: String
  private let keys: [String: ProviderKeys]
  private let environment: [String: String]

  init(
    file: String, settings: Settings, selectedProviders: [String], digest: String,
    keys: [String: ProviderKeys],
    environment: [String: String]
  ) {
    self.file = file
    self.settings = settings
    self.selectedProviders = selectedProviders
    self.digest = digest
    self.keys = keys
    self.environment = environment
  }

  /// Settings that are ready for reading providers.
  struct Resolved: Sendable {
    var settings: Settings
    /// A test key was let through: reports must say TEST DATA.
    var isTestData = false
    /// Sentences for the log; none of them stops the run.
    var warnings: [String] = []
  }

  /// Looks up the keys of the providers that will be read (`names` nil: those of `--provider`, else all),
  /// and the webhook secrets. Throws 78 for the first that is missing, and for a test key without
  /// `--allow-test`.
  func resolveKeys(for names: [String]? = nil, allowTest: Bool) throws(Failure) -> Resolved {
    var result = Resolved(settings: settings)
    let wanted = names ?? (selectedProviders.isEmpty ? settings.providers.map(\.name) : selectedProviders)
    for index in settings.providers.indices {
      let isWanted = wanted.contains(settings.providers[index].name)
      if isWanted { try resolveKey(at: index, allowTest: allowTest, into: &result) }
      // Events are read whichever providers are: an unverified delivery must not slip in with --provider.
      if isWanted || !settings.eventPatterns.isEmpty { try resolveWebhookSecret(at: index, into: &result) }
    }
    return result
  }

  /// Looks up the key of one provider, by its place in `settings.providers`; nothing to do for saved
  /// responses. Throws 78.
  func resolveKey(at index: Int, allowTest: Bool, into result: inout Resolved) throws(Failure) {
    let provider = settings.providers[index]
    guard let places = keys[provider.name], case .network(let baseURL, _) = provider.source else { return }
    let key = try self.key(of: provider, places, &result.warnings)
    if provider.kind == .maxfi, key.hasPrefix("sk_test_") {
      guard allowTest else {
        throw Failure(
          .configurationWrong, "the key of provider \(provider.name) is a test key", at: places.keyPlace,
          remedy: "use the live key (sk_live_…), or give --allow-test to report test data as such")
      }
      result.isTestData = true
    }
    result.settings.providers[index].source = .network(baseURL: baseURL, key: Secret(key))
  }

  /// Looks up the secret that signs one provider's webhooks, where the configuration names one. Throws 78.
  func resolveWebhookSecret(at index: Int, into result: inout Resolved) throws(Failure) {
    let provider = settings.providers[index]
    guard let places = keys[provider.name], let variable = places.webhookVariable else { return }
    let value = try checked(
      environment[variable], what: "the webhook secret of provider \(provider.name)", at: places.webhookPlace,
      remedy: "set the variable that webhook_secret_env names to the secret that signs deliveries")
    result.settings.providers[index].webhookSecret = Secret(value)
  }

  private func key(
    of provider: ProviderSettings, _ places: ProviderKeys, _ warnings: inout [String]
  ) throws(Failure) -> String {
    let what = "the API key of provider \(provider.name)"
    switch places.key {
    case .variable(let name):
      // The name is repeated only if nobody can have put the key itself there.
      let shown = name.utf8.allSatisfy { $0 < 97 } && name.utf8.count <= 40 ? name : "that api_key_env names"
      return try checked(
        environment[name], what: what, at: places.keyPlace,
        remedy: "set the environment variable \(shown), or name a file with api_key_file")
    case .file(let path):
      return try checked(
        contents(of: path, provider.name, places, &warnings), what: what,
        at: "\(places.keyPlace), file \(path)",
        remedy: "write the key, and nothing else, into that file")
    case nil:
      throw Failure(
        .configurationWrong, "\(what) is missing", at: places.place,
        remedy:
          "add api_key_env with the name of an environment variable, or api_key_file with the path of a file")
    }
  }

  private func contents(
    of path: String, _ name: String, _ places: ProviderKeys, _ warnings: inout [String]
  ) throws(Failure) -> String {
    guard let data = contentsOfSmallFile(path, limit: 65_536)
    else {
      throw Failure(
        .configurationWrong, "the key file of provider \(name) does not exist or cannot be read",
        at: "\(places.keyPlace), file \(path)", remedy: "check the path and who may read it: ls -l \(path)")
    }
    // Docker mounts its secrets readable by all, inside a container that has one user; nobody could follow
    // advice there.
    var facts = stat()
    if stat(path, &facts) == 0, facts.st_mode & 0o044 != 0, !path.hasPrefix("/run/secrets/"),
      !path.hasPrefix("/run/credentials/")
    {
      warnings.append(
        "the key file of provider \(name) can be read by others than its owner: chmod 600 \(path)")
    }
    guard var text = String(validating: data, as: UTF8.self) else { return "\u{FFFD}" }
    while let last = text.unicodeScalars.last, last == "\n" || last == "\r" {
      text.unicodeScalars.removeLast()
    }
    return text
  }

  /// A secret that can stand in a header: printable ASCII without blanks around it. Its value is in no error.
  private func checked(
    _ value: String?, what: String, at place: String, remedy: String
  ) throws(Failure) -> String {
    func wrong(_ problem: String) -> Failure {
      Failure(.configurationWrong, "\(what) \(problem)", at: place, remedy: remedy)
    }
    guard let value else { throw wrong("is missing") }
    guard !value.isEmpty else { throw wrong("is empty") }
    guard value.utf8.allSatisfy({ (32...126).contains($0) }) else {
      throw wrong("contains a control character or one that is not ASCII")
    }
    guard value.first != " ", value.last != " " else { throw wrong("begins or ends with a blank") }
    return value
  }
}
