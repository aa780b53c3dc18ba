import ReconcileCore
import ReconcileMatching
import Testing

@Suite("What a payment collected")
struct CollectedTests {
  private func collected(
    _ kind: ProviderKind, _ status: PaymentStatus, received: Int64? = nil, event: Int64? = nil,
    net: Bool = false
  ) -> Int64? {
    Collected.minorUnits(
      kind: kind, status: status, amount: 100, received: received, eventReceived: event, amountIsNet: net)
  }

  @Test(
    "a payment that succeeded collected what was received, else its amount", arguments: ProviderKind.allCases)
  func succeeded(kind: ProviderKind) {
    for status in [PaymentStatus.succeeded, .refunded, .partiallyRefunded] {
      #expect(collected(kind, status) == 100)
      #expect(collected(kind, status, received: 70) == 70)
    }
  }

  @Test("an overpaid payment without the amount received is unknown at Dapit only")
  func overpaid() {
    #expect(collected(.dapit, .overpaid) == nil)
    #expect(collected(.dapit, .overpaid, received: 120) == 120)
    #expect(collected(.dapit, .overpaid, received: 0) == nil)
    #expect(collected(.dapit, .overpaid, event: 130) == 130)
    #expect(collected(.gate, .overpaid) == 100)
  }

  @Test("Dapit: nothing received on a confirmed payment counts as not given, and the event is asked next")
  func zeroReceived() {
    #expect(collected(.dapit, .succeeded, received: 0) == 100)
    #expect(collected(.dapit, .succeeded, received: 0, event: 90) == 90)
    #expect(collected(.dapit, .succeeded, received: 0, event: 0) == 100)
    #expect(collected(.dapit, .succeeded, received: 80, event: 90) == 80)
    #expect(collected(.gate, .succeeded, received: 0) == 0)
  }

  @Test("a partial payment collected what was received, else it is unknown", arguments: ProviderKind.allCases)
  func partial(kind: ProviderKind) {
    #expect(collected(kind, .partial) == nil)
    #expect(collected(kind, .partial, received: 0) == 0)
    #expect(collected(kind, .partial, received: 40) == 40)
    #expect(collected(kind, .partial, event: 30) == (kind == .dapit ? 30 : nil))
  }

  @Test("money on a payment that failed counts at Dapit only", arguments: ProviderKind.allCases)
  func failed(kind: ProviderKind) {
    for status in [PaymentStatus.failed, .cancelled, .expired] {
      #expect(collected(kind, status) == 0)
      #expect(collected(kind, status, received: 60) == (kind == .dapit ? 60 : 0))
      #expect(collected(kind, status, event: 60) == (kind == .dapit ? 60 : 0))
    }
  }

  @Test("open and unknown payments collected nothing", arguments: ProviderKind.allCases)
  func open(kind: ProviderKind) {
    for status in [PaymentStatus.pending, .authorized, .unknown] {
      #expect(collected(kind, status, received: 60, event: 70) == 0)
    }
  }

  @Test("an amount after fees says nothing about what was paid")
  func net() {
    #expect(collected(.inflow, .succeeded, net: true) == nil)
    #expect(collected(.inflow, .refunded, net: true) == nil)
    #expect(collected(.inflow, .failed, net: true) == 0)
    #expect(collected(.inflow, .pending, net: true) == 0)
  }
}
