import Testing

@testable import ISSPlus

/// The index of routes against a dictionary, also when all hashes begin at one place and when it is over its bound.
@Suite struct RouteIndexTests {
  @Test(arguments: [1 as UInt64, 64, 1 << 20, 0x9E37_79B9_7F4A_7C15]) func findsWhatWasEntered(step: UInt64) {
    var routes = RouteIndex()
    #expect(routes[0] == nil && routes[step] == nil)
    for number in 0..<1500 {
      routes.insert(number, UInt64(number) &* step)
      #expect(routes[UInt64(number) &* step] == number)
    }
    for number in 0..<1500 { #expect(routes[UInt64(number) &* step] == number) }
    for number in 1500..<1600 { #expect(routes[UInt64(number) &* step] == nil) }
    // The later one counts.
    routes.insert(7, 5 &* step)
    #expect(routes[5 &* step] == 7 && routes[4 &* step] == 4)
    routes.removeAll()
    for number in 0..<1500 { #expect(routes[UInt64(number) &* step] == nil) }
  }

  @Test func forgetsAllWhenThereAreTooMany() {
    var routes = RouteIndex()
    let bound = 1 << 15
    for number in 0..<bound { routes.insert(number, UInt64(number)) }
    for number in 0..<bound { #expect(routes[UInt64(number)] == number) }
    routes.insert(bound, UInt64(bound))
    #expect(routes[UInt64(bound)] == bound)
    for number in 0..<bound { #expect(routes[UInt64(number)] == nil) }
  }
}
