import Foundation
import ReconcileCore
import ReconcileWarehouse

extension Diagnosis {
  /// The warehouse file, what it holds, and the room around it.
  mutating func examineWarehouse(_ path: String) {
    var facts = stat()
    if Warehouse.exists(at: path) {
      stat(path, &facts)
      do {
        let problems = try Warehouse(path: path, access: .read).check(deep: false)
        for problem in problems {
          add(
            .fail(
              "warehouse",
              Failure(
                .warehouseFailed, problem, at: path,
                remedy: "keep this file and restore the newest backup in its place")))
        }
        if problems.isEmpty { add(.ok("warehouse", "\(path) passes its check")) }
      } catch {
        add(.fail("warehouse", error))
      }
      if facts.st_mode & S_IFMT == S_IFREG, facts.st_mode & 0o044 != 0 {
        add(
          .warn(
            "warehouse", "the file can be read by others than its owner", at: path,
            remedy: "if that is not meant: chmod 600 \(path)"))
      }
      if access(path, W_OK) != 0 {
        add(
          .fail(
            "warehouse",
            Failure(
              .warehouseFailed, "this user may not write the file", at: path,
              remedy: "run as its owner, or change its owner or permissions")))
      }
    } else {
      add(.ok("warehouse", "\(path), which the first import begins"))
    }
    examineRoom(of: path, size: facts.st_size)
  }

  private mutating func examineRoom(of path: String, size: Int) {
    let folder = Folder(of: path).path
    var system = statvfs()
    guard access(folder, W_OK | X_OK) == 0, statvfs(folder, &system) == 0 else {
      return add(
        .fail(
          "disk",
          Failure(
            .warehouseFailed, "the folder of the warehouse does not exist or may not be written", at: folder,
            remedy: "make the folder, or change [warehouse] path")))
    }
    let free = UInt64(system.f_bavail) * UInt64(system.f_frsize)
    let words = "\(free >> 20) MiB are free in \(folder)"
    if free < 16 << 20 {
      add(.fail("disk", Failure(.warehouseFailed, words, remedy: "free space; a run needs some hundred MiB")))
    } else if free < max(256 << 20, UInt64(max(0, size))) {
      add(.warn("disk", words, remedy: "free space: a run can need as much as the warehouse takes"))
    } else {
      add(.ok("disk", words))
    }
  }
}
