import CXRCheckpoint
import CXRTensor
import Foundation
import Testing

/// The reference answers under `Fixtures/`, made by `Tests/Fixtures/make_fixtures.py`.
enum Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  static func arrays(_ name: String) throws -> [String: NamedArray] {
    let file = try Checkpoint(path: "\(folder)/\(name).npz")
    return Dictionary(uniqueKeysWithValues: file.arrays.map { ($0.name, $0) })
  }

  static func json<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json"))
    return try JSONDecoder().decode(type, from: data)
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/films/\(name)")))
  }
}

extension NamedArray {
  var tensor: Tensor { Tensor(scalars, shape: Shape(shape)) }
}

/// The bits of numbers, so that −0 differs from 0 and a NaN equals itself.
func bits(_ values: some Sequence<Float>) -> [UInt32] { values.map(\.bitPattern) }

/// ‖a − b‖ / ‖b‖ in Double; infinite for different sizes or anything that is not finite.
func relativeDistance(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    guard x.isFinite, y.isFinite else { return .infinity }
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  return norm > 0 ? (difference / norm).squareRoot() : difference.squareRoot()
}
