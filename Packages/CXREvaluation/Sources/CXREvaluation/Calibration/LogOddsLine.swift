import CXRTensor
import Foundation

/// A calibration of one label: probability → σ(`scale` · log-odds + `shift`).
public struct LogOddsLine: Sendable, Equatable, Codable {
  /// Steeper than 1 where the network is too cautious.
  public var scale: Double
  /// In nats.
  public var shift: Double

  /// A line.
  public init(scale: Double, shift: Double) { (self.scale, self.shift) = (scale, shift) }

  /// The log-odds of a probability in 0…1, kept within those of 10⁻⁷ and 1 − 10⁻⁷.
  public static func logOdds(_ probability: Double) -> Double {
    let p = min(max(probability, 1e-7), 1 - 1e-7)
    return log(p / (1 - p))
  }

  /// The calibrated probability, 0…1.
  public func callAsFunction(_ probability: Double) -> Double {
    1 / (1 + exp(-(scale * Self.logOdds(probability) + shift)))
  }

  /// One label's log-odds, with what they should have become.
  struct Sample {
    var logOdds: [Double]
    /// Each in 0…1.
    var targets: [Double]
  }

  /// Platt's scaling (Platt, 1999, as mended by Lin, Lin and Weng, Machine Learning 68, 2007): the targets are
  /// (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2), so that even separated films give a finite slope. `nil` unless both kinds
  /// occur.
  public static func platt(probabilities: [Double], labels: [Bool]) -> LogOddsLine? {
    let positives = Double(labels.filter { $0 }.count)
    let negatives = Double(labels.count) - positives
    guard positives > 0, negatives > 0 else { return nil }
    let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
    let sample = Sample(
      logOdds: probabilities.map(logOdds), targets: labels.map { $0 ? high : low })
    return mostLikely([sample], slopeSpread: nil)?[0]
  }

  /// Vector scaling (Guo et al., ICML 2017) for labels that are not exclusive: a line a label, of the largest
  /// likelihood where the slopes are taken to be drawn around their common mean with the standard deviation
  /// `slopeSpread`, and that mean around 1 with a standard deviation of 1. Labels without both kinds are `nil`, and have
  /// no part in it.
  public static func vector(
    _ labels: [(probabilities: [Double], labels: [Bool])], slopeSpread: Double = 0.5
  ) -> [LogOddsLine?] {
    let usable = labels.indices.filter { k in
      labels[k].labels.contains(true) && labels[k].labels.contains(false)
    }
    let samples = usable.map { k in
      Sample(
        logOdds: labels[k].probabilities.map(logOdds),
        targets: labels[k].labels.map { $0 ? 1 : 0 })
    }
    var lines = [LogOddsLine?](repeating: nil, count: labels.count)
    guard let fitted = mostLikely(samples, slopeSpread: slopeSpread) else { return lines }
    for (k, line) in zip(usable, fitted) { lines[k] = line }
    return lines
  }

  /// Newton's method with a Cholesky solve, from the identity; a step that does not help is halved. `nil` without
  /// samples, or where it does not settle.
  static func mostLikely(_ samples: [Sample], slopeSpread: Double?) -> [LogOddsLine]? {
    let count = samples.count
    guard count > 0 else { return nil }
    let pull = slopeSpread.map { 1 / ($0 * $0) } ?? 0
    func cost(_ lines: [LogOddsLine]) -> Double {
      let mean = lines.reduce(0) { $0 + $1.scale } / Double(count)
      var sum = pull > 0 ? (mean - 1) * (mean - 1) / 2 : 0
      for (line, sample) in zip(lines, samples) {
        sum += pull / 2 * (line.scale - mean) * (line.scale - mean)
        for (z, target) in zip(sample.logOdds, sample.targets) {
          let u = line.scale * z + line.shift
          // log(1 + eᵘ) − target·u
          sum += max(u, 0) + log1p(exp(-abs(u))) - target * u
        }
      }
      return sum
    }
    var lines = [LogOddsLine](repeating: LogOddsLine(scale: 1, shift: 0), count: count)
    var current = cost(lines)
    let order = 2 * count
    for _ in 0..<200 {
      let mean = lines.reduce(0) { $0 + $1.scale } / Double(count)
      var gradient = [Double](repeating: 0, count: order)
      var hessian = [Double](repeating: 0, count: order * order)
      for k in 0..<count {
        var (g0, g1, h00, h01, h11) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (z, target) in zip(samples[k].logOdds, samples[k].targets) {
          let p = 1 / (1 + exp(-(lines[k].scale * z + lines[k].shift)))
          let weight = p * (1 - p)
          g0 += (p - target) * z
          g1 += p - target
          h00 += weight * z * z
          h01 += weight * z
          h11 += weight
        }
        gradient[2 * k] = g0 + pull * (lines[k].scale - mean)
        if pull > 0 { gradient[2 * k] += (mean - 1) / Double(count) }
        gradient[2 * k + 1] = g1
        // A grain on the diagonal: all log-odds equal leave the slope open.
        hessian[2 * k * order + 2 * k] = h00 + 1e-9
        hessian[(2 * k + 1) * order + 2 * k] = h01
        hessian[(2 * k + 1) * order + 2 * k + 1] = h11 + 1e-9
        for other in 0...k {
          hessian[2 * k * order + 2 * other] +=
            pull * ((other == k ? 1 : 0) - 1 / Double(count))
          if pull > 0 {
            hessian[2 * k * order + 2 * other] += 1 / Double(count * count)
          }
        }
      }
      let films = Double(samples.reduce(0) { $0 + $1.targets.count })
      if gradient.allSatisfy({ abs($0) < 1e-10 * films }) { return lines }
      guard let step = LAPACK.solve(positiveDefinite: hessian, order: order, rightSides: gradient)
      else { return nil }
      var factor = 1.0
      while true {
        let next = lines.indices.map { k in
          LogOddsLine(
            scale: lines[k].scale - factor * step[2 * k],
            shift: lines[k].shift - factor * step[2 * k + 1])
        }
        let value = cost(next)
        if value < current {
          (lines, current) = (next, value)
          break
        }
        factor /= 2
        // Nothing is left to win: the cost's last bit is reached.
        if factor < 1e-9 { return lines }
      }
    }
    return lines
  }
}
