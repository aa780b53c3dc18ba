import ReconcileCore
import ReconcileWarehouse

/// What the commands beside the runs work with: the configuration, and a warehouse that is there already.
struct Workplace {
  let settings: Settings
  let console: Console

  /// Finds and loads the configuration as a run does.
  init(_ place: PlaceOptions, _ speech: OutputOptions) throws(Failure) {
    console = try Console(speech)
    var overrides = Overrides()
    overrides.warehouse = place.warehouse
    settings = try ConfigurationLoader().load(config: place.config, overrides: overrides).settings
  }

  /// The warehouse, to look at; throws 74 when there is none.
  func warehouseToRead() throws -> Warehouse { try Warehouse(path: settings.warehousePath, access: .read) }

  /// Slow work on the warehouse with progress lines and a heartbeat; a signal stops it at once.
  func work<Result>(
    on warehouse: Warehouse, step: String, _ body: () throws -> Result
  ) async throws -> Result {
    let heartbeat = console.progress.startHeartbeat()
    defer {
      heartbeat?.cancel()
      console.progress.close()
    }
    console.progress.update("warehouse", step: step, done: 0)
    do {
      return try await withTaskCancellationHandler(operation: body, onCancel: warehouse.interrupt)
    } catch {
      try Interruption.check()
      throw error
    }
  }

  /// The warehouse, to write a decision into; throws 74 when there is none and 75 while a run holds it.
  func warehouseToChange() throws -> Warehouse { try .toChange(at: settings.warehousePath) }
}

extension Warehouse {
  /// Opens a warehouse that is there already for writing. Only an import begins a new one: a path with a
  /// mistake in it must not look like an empty warehouse.
  static func toChange(at path: String) throws -> Warehouse {
    guard exists(at: path) else {
      throw Failure(
        .warehouseFailed, "there is no warehouse yet", at: path,
        remedy: "run `reconcile --from … --to …` first, or check [warehouse] path")
    }
    return try Warehouse(path: path, access: .write)
  }
}
