import CMalloc

/// The memory of this process.
public enum Memory {
  /// Gives what is free between the pieces in use back to the machine. The C library keeps it for the thread that freed
  /// it, and the threads of the next stage would take more beside it.
  public static func giveBack() { malloc_trim(0) }
}
