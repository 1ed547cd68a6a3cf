import GatewaySimulator
import Testing

/// The registry of switches.
struct SwitchTests {
  @Test func defaultsAreAllowedValues() throws {
    for one in SimulatorSwitch.all {
      guard let value = one.defaultValue else { continue }
      let switches = try SimulatorSwitches(["\(one.name)=\(value)"])
      #expect(switches == SimulatorSwitches())
      #expect(SimulatorSwitches()[one.name] == value)
    }
    #expect(Set(SimulatorSwitch.all.map(\.name)).count == SimulatorSwitch.all.count)
  }

  @Test(arguments: [
    "subprotocol=other:v12.stomp", "receipt=never", "heartbeat=250ms", "book-cadence=1s", "candle-cadence=1m",
    "fragment=100", "unknown-command=7", "book-depth=0", "error=gateway.timeout@MXSE.securities", "silent=CONNECT",
  ])
  func takes(_ text: String) throws {
    let switches = try SimulatorSwitches([text])
    #expect(switches != SimulatorSwitches())
  }

  @Test(arguments: [
    "", "receipt", "nonsense=1", "receipt=maybe", "heartbeat=0ms", "heartbeat=5", "book-cadence=off", "fragment=0",
    "error=gateway.timeout", "error=gateway.other@X", "error=gateway.timeout@", "silent=", "subprotocol=other:",
    "book-depth=11", "=x", "fragment=-1",
  ])
  func refuses(_ text: String) {
    #expect(throws: SimulatorSwitches.Fault.self) { try SimulatorSwitches([text]) }
  }

  @Test func whatIsUnknownNamesWhatIsKnown() {
    var switches = SimulatorSwitches()
    let fault = #expect(throws: SimulatorSwitches.Fault.self) { try switches.set("recept=never") }
    for one in SimulatorSwitch.all { #expect(fault?.description.contains(one.name) == true) }
    let value = #expect(throws: SimulatorSwitches.Fault.self) { try switches.set("receipt=often") }
    #expect(value?.description.contains("before|after|never") == true)
  }

  @Test func listHasALineForEach() {
    let lines = SimulatorSwitches.list.split(separator: "\n")
    #expect(lines.count == SimulatorSwitch.all.count)
    #expect(lines[0].hasPrefix("subprotocol=echo|none|other:NAME "))
    #expect(lines[0].hasSuffix("(default echo)"))
  }
}
