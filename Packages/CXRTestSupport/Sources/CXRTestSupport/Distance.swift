public func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// ‖a − b‖; infinite for different sizes or anything that is not finite.
@inlinable
public func distance(_ a: some Collection<Float>, _ b: [Double]) -> Double {
  guard a.count == b.count, a.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite) else {
    return .infinity
  }
  return norm(zip(a, b).map { Double($0) - $1 })
}

/// ‖a − b‖ / ‖b‖, or ‖a‖ where b is zero; infinite where the distance is.
@inlinable
public func relativeDistance(_ a: some Collection<Float>, _ b: [Double]) -> Double {
  let (gap, size) = (distance(a, b), norm(b))
  return gap.isFinite && size > 0 ? gap / size : gap
}

@inlinable
public func relativeDistance(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
  relativeDistance(a, b.map(Double.init))
}
