import ArgumentParser

/// How common findings are: one share for all, or `NAME=SHARE` for some.
struct PrevalenceOption {
  private var all: Double?
  private var named: [(name: String, share: Double)] = []

  /// - Throws: `ValidationError` naming what cannot be read.
  init(parsing argument: String) throws {
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      // A finding's name may hold an equals sign; a share does not.
      let sign = part.lastIndex(of: "=")
      let text = (sign.map { part[part.index(after: $0)...] } ?? part).trimmed
      guard let share = Double(text), share > 0, share < 1 else {
        throw ValidationError(
          "--prevalence: \"\(text)\" is no share; a number between 0 and 1 is needed, as in 0.02 or Mass=0.05"
        )
      }
      let name = sign.map { part[..<$0].trimmed }
      if name == nil ? all != nil : named.contains(where: { $0.name == name }) {
        throw ValidationError(
          "--prevalence: a share for \(name ?? "all findings") stands there twice; give it once")
      }
      if let name { named.append((name, share)) } else { all = share }
    }
  }

  /// - Throws: `ValidationError` for a finding that is not among `labels`.
  func shares(of labels: [String]) throws -> [String: Double] {
    var shares: [String: Double] = [:]
    if let all { for label in labels { shares[label] = all } }
    for (name, share) in named {
      guard labels.contains(name) else {
        throw ValidationError(
          "--prevalence: \(name) is not among the findings \(labels.joined(separator: ", "))")
      }
      shares[name] = share
    }
    return shares
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
