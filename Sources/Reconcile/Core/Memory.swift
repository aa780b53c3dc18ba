import CMalloc

/// The memory of this process.
public enum Memory {
  /// Gives back to the machine what is free between the pieces in use. The C library keeps it, for the thread that freed
  /// it, and the next stage of a run would need as much again beside it.
  public static func giveBack() { malloc_trim(0) }
}
