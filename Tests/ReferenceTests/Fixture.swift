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
