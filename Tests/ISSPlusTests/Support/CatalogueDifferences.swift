import MarketData

/// Where two catalogues differ, member by member and in order; captions and other words are left out.
func differences(_ one: Catalogue, _ other: Catalogue) -> [String] {
  let (one, other) = (lines(one), lines(other))
  var found = zip(one, other).filter { $0 != $1 }.map { "\($0) | \($1)" }
  if one.count != other.count { found.append("\(one.count) | \(other.count) lines") }
  return found
}

/// A line for every market, id, resource, column and parameter.
private func lines(_ catalogue: Catalogue) -> [String] {
  var lines: [String] = []
  for market in catalogue.markets {
    lines.append("market \(market.name)")
    for enumeration in market.enumerations {
      lines.append("enumeration \(enumeration.name)")
      for value in enumeration.values { lines.append("id <\(value.id)>") }
    }
    for resource in market.streams + market.queries {
      lines.append("\(resource.kind) \(resource.destination) \(resource.name) \(resource.access)")
      for column in resource.columns { lines.append(line(column)) }
      for parameter in resource.parameters { lines.append(line(parameter)) }
    }
  }
  return lines
}

private func line(_ column: Column) -> String {
  "column \(column.name) \(column.type?.rawValue ?? "-") key: \(column.isKey) length: \(column.length ?? -1)"
    + " enum: \(column.enumeration ?? "-") system: \(column.isSystem) percent: \(column.isPercent)"
    + " hidden: \(column.isHidden)"
}

private func line(_ parameter: Parameter) -> String {
  "parameter \(parameter.name) \(parameter.type.rawValue) optional: \(parameter.isOptional)"
    + " length: \(parameter.length ?? -1) enum: \(parameter.enumeration ?? "-")"
}
