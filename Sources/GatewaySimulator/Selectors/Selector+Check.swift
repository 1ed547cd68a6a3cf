internal import MarketData

extension Selector {
  /// Says what is wrong with the terms for a stream or query; nil when nothing is.
  ///
  /// Of undeclared names only LANGUAGE is let through, as the official samples use it (protocol facts, 3.4).
  func complaint(for resource: Resource, enumerations: [Enumeration]) -> String? {
    for term in terms {
      let name = term.name.lowercased()
      guard let parameter = resource.parameters.first(where: { $0.name.lowercased() == name }) else {
        if name == "language" { continue }
        return "\(resource.destination) has no parameter \(term.name)"
      }
      if let complaint = Selector.complaint(term.value, for: parameter, enumerations) { return complaint }
    }
    for parameter in resource.parameters where !parameter.isOptional && self[parameter.name] == nil {
      return "the parameter \(parameter.name) is missing"
    }
    return nil
  }

  private static func complaint(_ value: String, for parameter: Parameter, _ enumerations: [Enumeration]) -> String? {
    let isGood =
      switch parameter.type {
      case .string: true
      case .integer: Int64(value) != nil
      case .fixed, .float: Double(value) != nil
      case .bool: ["true", "false", "1", "0"].contains(value.lowercased())
      case .date, .datetime: CivilDate.seconds(ofDatetime: value) != nil
      case .time: CivilDate.seconds(ofDatetime: "1970-01-01 " + value) != nil
      case .enumeration:
        enumerations.first { $0.name == parameter.enumeration }?.values.contains { $0.id == value } ?? true
      }
    return isGood ? nil : "\"\(value)\" is no \(parameter.type.rawValue) for \(parameter.name)"
  }

  /// Whether a parameter of type bool is set.
  func isSet(_ name: String) -> Bool {
    switch self[name]?.lowercased() {
    case "true", "1": true
    case nil, .some: false
    }
  }

  /// The language asked for, else the one given.
  func language(else fallback: Language) -> Language {
    switch self["language"] {
    case "ru": .russian
    case "en": .english
    case nil, .some: fallback
    }
  }
}

/// The languages of titles.
enum Language: String, Sendable, Hashable {
  case english = "en"
  case russian = "ru"
}
