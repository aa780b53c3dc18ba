import Foundation
import Importers
import ReconcileCore

extension Diagnosis {
  /// Looks up each provider's secrets; returns the providers that can be asked, with their keys.
  mutating func examineSecrets(_ configuration: LoadedConfiguration, allowTest: Bool) -> [ProviderSettings] {
    var resolved = LoadedConfiguration.Resolved(settings: configuration.settings)
    var ready: [ProviderSettings] = []
    for (index, provider) in configuration.settings.providers.enumerated() {
      let topic = "provider \(provider.name)"
      resolved.isTestData = false
      do {
        try configuration.resolveKey(at: index, allowTest: allowTest, into: &resolved)
        if case .network = provider.source { add(.ok(topic, "the key is there")) }
        ready.append(resolved.settings.providers[index])
      } catch { add(.fail(topic, error)) }
      do {
        try configuration.resolveWebhookSecret(at: index, into: &resolved)
        if resolved.settings.providers[index].webhookSecret != nil {
          add(.ok(topic, "the webhook secret is there"))
        }
      } catch { add(.fail(topic, error)) }
      if resolved.isTestData {
        add(.warn(topic, "the key is a test key: reports will say TEST DATA", remedy: "use the live key"))
      }
      for warning in resolved.warnings { add(.warn(topic, warning, remedy: nil)) }
      resolved.warnings = []
    }
    return ready
  }

  /// Asks the providers side by side, with the cheapest requests there are.
  mutating func examineReach(_ providers: [ProviderSettings], progress: ProgressReporter) async {
    let network: NetworkEnvironment
    do {
      network = NetworkEnvironment(sender: try HTTPClient(version: toolVersion))
    } catch {
      return add(
        .fail(
          "network",
          Failure(
            .defect, "libcurl cannot be started", remedy: "check the installed libcurl: \(error)")))
    }
    let found = await withTaskGroup(of: (String, [ProbeFinding]).self) { group in
      for provider in providers {
        guard case .network = provider.source else { continue }
        progress.update(provider.name, step: "asking", done: 0)
        group.addTask {
          let probe = ProviderProbe(
            Self.impatient(provider), reader: ProviderRegistry.reader(for: provider), environment: network)
          return (provider.name, await probe.findings())
        }
      }
      var found: [String: [ProbeFinding]] = [:]
      for await (name, findings) in group { found[name] = findings }
      return found
    }
    for provider in providers {
      if case .directory(let path) = provider.source { examineSaved(path, of: provider.name) }
      for finding in found[provider.name] ?? [] { add(Self.finding(finding, of: provider.name)) }
    }
  }

  /// Somebody waits for the answer: what takes longer than this is trouble.
  private static func impatient(_ provider: ProviderSettings) -> ProviderSettings {
    var settings = provider
    settings.timeoutSeconds = min(settings.timeoutSeconds, 10)
    settings.deadlineSeconds = min(settings.deadlineSeconds, 45)
    return settings
  }

  private static func finding(_ found: ProbeFinding, of provider: String) -> DoctorFinding {
    let topic = "provider \(provider)"
    switch found.level {
    case .good: return .ok(topic, found.what)
    case .notice: return .warn(topic, found.what, remedy: found.remedy)
    case .problem, .refused:
      return .fail(
        topic,
        Failure(
          found.level == .refused ? .credentialsRefused : .providerIncomplete, found.what,
          remedy: found.remedy ?? "try again; if it stays, ask the provider"))
    }
  }

  private mutating func examineSaved(_ folder: String, of provider: String) {
    let topic = "provider \(provider)"
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    let bodies = (names ?? []).count { $0.hasSuffix(".json") || $0.hasSuffix(".jsonl") }
    guard bodies > 0 else {
      return add(
        .fail(
          topic,
          Failure(
            .providerIncomplete,
            names == nil
              ? "the folder of saved responses cannot be read" : "the folder holds no saved responses",
            at: folder, remedy: "check `directory` of [providers.\(provider)]")))
    }
    add(.ok(topic, "reads \(bodies) \(bodies == 1 ? "file" : "files") of saved responses in \(folder)"))
  }
}
