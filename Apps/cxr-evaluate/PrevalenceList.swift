import ArgumentParser
import CXRTraining

/// How common findings are: one share for all, or `NAME=SHARE` for some.
struct PrevalenceList: ExpressibleByArgument {
  private let all: Double?
  private let named: [(name: String, share: Double)]

  init?(argument: String) {
    var all: Double?
    var named: [(name: String, share: Double)] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      // A finding's name may hold an equals sign; a share does not.
      let sign = part.lastIndex(of: "=")
      let text = sign.map { part[part.index(after: $0)...] } ?? part
      guard let share = Double(text), share > 0, share < 1 else { return nil }
      if let sign {
        named.append((String(part[..<sign]), share))
      } else {
        guard all == nil else { return nil }
        all = share
      }
    }
    (self.all, self.named) = (all, named)
  }

  /// - Throws: `TrainingError.invalidOption` for a finding that is not among `labels`.
  func shares(of labels: [String]) throws -> [String: Double] {
    var shares: [String: Double] = [:]
    if let all { for label in labels { shares[label] = all } }
    for (name, share) in named {
      guard labels.contains(name) else {
        throw TrainingError.invalidOption(
          "--prevalence: \(name) is not among the findings \(labels.joined(separator: ", "))")
      }
      shares[name] = share
    }
    return shares
  }
}
