import ArgumentParser

/// Where configuration and warehouse lie.
struct PlaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The configuration file.", valueName: "path"))
  var config: String?
  @Option(help: ArgumentHelp("The warehouse file.", valueName: "path"))
  var warehouse: String?
}

/// How much a command says.
struct OutputOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Neither progress nor summary, only what is wrong.")
  var quiet = false
  @Flag(name: .shortAndLong, help: "More log lines.")
  var verbose = false
  @Option(name: .customLong("log-format"), help: ArgumentHelp("text or json.", valueName: "format"))
  var logFormat: String?
}
