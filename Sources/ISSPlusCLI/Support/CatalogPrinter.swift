import MarketData

/// Prints a catalogue as tab-separated lines: for eyes and for `cut`.
struct CatalogPrinter {
  private let catalogue: Catalogue

  init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  /// Prints all resources, or one of them with its parameters and columns.
  ///
  /// - Throws: a `Failure` with status 64 when there is no such destination.
  func write(_ destination: String?, to text: inout TextBuffer) throws {
    guard let destination else { return writeAll(to: &text) }
    guard let resource = catalogue[destination] else {
      throw Failure(.usage, "no stream or query \(destination)\(hint(destination))")
    }
    write(resource, to: &text)
  }

  private func hint(_ destination: String) -> String {
    let wanted = destination.lowercased()
    let all = catalogue.markets.flatMap { $0.streams + $0.queries }.map(\.destination)
    let near = all.filter { $0.lowercased() == wanted || $0.lowercased().hasPrefix(wanted + ".") }
    return near.isEmpty ? "; `issplus catalog --offline` lists them" : "; there is \(near.joined(separator: ", "))"
  }

  private func writeAll(to text: inout TextBuffer) {
    line(["destination", "command", "parameters", "columns", "key", "caption"], to: &text)
    for market in catalogue.markets {
      for resource in market.streams + market.queries {
        let parameters = resource.parameters.map { $0.isOptional ? "\($0.name)?" : $0.name }
        let schema = Schema(resource)
        let keys = schema.keys.map { schema.columns[$0].name }
        line(
          [
            resource.destination, resource.kind == .stream ? "SUBSCRIBE" : "REQUEST",
            parameters.joined(separator: ","), "\(resource.columns.count)", keys.joined(separator: ","),
            resource.caption?.english ?? "",
          ], to: &text)
      }
    }
  }

  private func write(_ resource: Resource, to text: inout TextBuffer) {
    let kind = resource.kind == .stream ? "SUBSCRIBE" : "REQUEST"
    line([resource.destination, kind, resource.caption?.english ?? ""], to: &text)
    text.append("\n")
    line(["parameter", "type", "needed", "values", "caption"], to: &text)
    for parameter in resource.parameters {
      line(
        [
          parameter.name, parameter.type.rawValue, parameter.isOptional ? "optional" : "required",
          values(parameter.enumeration, resource), parameter.caption?.english ?? "",
        ], to: &text)
    }
    text.append("\n")
    line(["column", "type", "key", "values", "caption"], to: &text)
    let schema = Schema(resource)
    for (place, column) in resource.columns.enumerated() {
      line(
        [
          column.name, column.type?.rawValue ?? "", schema.keys.contains(place) ? "key" : "",
          values(column.enumeration, resource), column.caption?.english ?? "",
        ], to: &text)
    }
  }

  private func values(_ enumeration: String?, _ resource: Resource) -> String {
    guard let enumeration else { return "" }
    let market = catalogue.markets.first { $0.name == resource.market }
    let found = market?.enumerations.first { $0.name == enumeration }
    return (found?.values ?? []).map { $0.id == " " ? "' '" : $0.id }.joined(separator: ",")
  }

  private func line(_ fields: [String], to text: inout TextBuffer) {
    let clean = fields.map { $0.replacing("\t", with: " ").replacing("\n", with: " ") }
    text.append(clean.joined(separator: "\t") + "\n")
  }
}
