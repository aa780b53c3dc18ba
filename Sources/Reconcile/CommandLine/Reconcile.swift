@main
struct Reconcile {
  static func main() {}
}
