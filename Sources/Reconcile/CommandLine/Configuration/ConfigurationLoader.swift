import Foundation
import ReconcileCore

/// Finds, reads and checks `reconcile.toml`, then lets the environment and the command line have their say.
///
/// Loading needs no key: reports of what is already in the warehouse can be made where no secret is at
/// hand. Keys are looked up by `LoadedConfiguration.resolveKeys` just before providers are read.
struct ConfigurationLoader: Sendable {
  private let environment: [String: String]
  private let workingDirectory: Folder

  /// A loader for this process.
  init() {
    self.init(
      environment: ProcessInfo.processInfo.environment,
      workingDirectory: FileManager.default.currentDirectoryPath)
  }

  /// A loader with the environment and the working directory handed in.
  init(environment: [String: String], workingDirectory: String) {
    self.environment = environment
    self.workingDirectory = Folder(workingDirectory)
  }

  /// The absolute path of the configuration file: `--config`, else `$RECONCILE_CONFIG`, else
  /// `./reconcile.toml`, else `$XDG_CONFIG_HOME/reconcile/reconcile.toml`. A named one that is missing is
  /// 66; none at all is 78.
  func find(named option: String? = nil) throws(Failure) -> String {
    if let option { return try existing(option, named: "--config") }
    if let variable = value("RECONCILE_CONFIG") { return try existing(variable, named: "RECONCILE_CONFIG") }
    var places = [workingDirectory.absolute("reconcile.toml")]
    // The XDG rules say that a relative path there is to be ignored.
    if let home = value("XDG_CONFIG_HOME"), home.hasPrefix("/") {
      places.append(Folder(home).absolute("reconcile/reconcile.toml"))
    } else if let home = value("HOME"), home.hasPrefix("/") {
      places.append(Folder(home).absolute(".config/reconcile/reconcile.toml"))
    }
    for place in places where access(place, F_OK) == 0 { return place }
    throw Failure(
      .configurationWrong, "no configuration was found", at: places.joined(separator: " and "),
      remedy: "`reconcile init` writes one here; --config names another")
  }

  /// Finds and loads the configuration.
  func load(config: String? = nil, overrides: Overrides = Overrides()) throws(Failure) -> LoadedConfiguration
  {
    let file = try find(named: config)
    return try load(bytes: contents(of: file), file: file, overrides: overrides)
  }

  /// Loads a configuration from bytes; `file` is its absolute path, for relative paths and errors.
  func load(
    bytes: [UInt8], file: String, overrides: Overrides = Overrides()
  ) throws(Failure) -> LoadedConfiguration {
    let document = try ConfigurationDocument(file: file, bytes: bytes)
    var reader = ConfigurationReader(document: document, folder: Folder(of: file))
    try reader.read()
    try overrides.apply(to: &reader.settings, environment: environment, workingDirectory: workingDirectory)
    reader.settings.assumptions = reader.assumptions()
    return LoadedConfiguration(
      file: file, settings: reader.settings,
      selectedProviders: reader.settings.providers.map(\.name).filter(overrides.providers.contains),
      digest: ConfigurationDigest.of(reader.settings, folder: Folder(of: file)),
      keys: reader.keys, environment: environment)
  }

  private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  private func existing(_ path: String, named name: String) throws(Failure) -> String {
    let file = workingDirectory.absolute(path)
    guard !path.isEmpty, access(file, F_OK) == 0 else {
      throw Failure(
        .inputMissing, "the configuration file does not exist", at: "\(file), named by \(name)",
        remedy: "check the path; `reconcile init` writes a new configuration")
    }
    return file
  }

  private func contents(of file: String) throws(Failure) -> [UInt8] {
    // More than the document allows: its own message tells of files that are too large.
    if let bytes = contentsOfSmallFile(file, limit: ConfigurationDocument.largestFile * 16) { return bytes }
    throw Failure(
      .inputMissing, "the configuration file cannot be read", at: file,
      remedy: "check that it is a file, and who may read it: ls -ld \(file)")
  }
}
