import CXRCheckpoint
import CXRData
import CXRNet
import CXRTensor
import Foundation

/// Weights of another network that a run begins with: every array whose name and shape fit, the rest fresh.
public struct InitialWeights: Sendable {
  /// The file.
  public let path: String
  /// Of its bytes.
  public let sha256: String
  private let arrays: [NamedArray]

  /// What became of the arrays of both sides.
  public struct Adoption: Sendable, Equatable {
    /// Paths of the network's parameters that the file gave.
    public let taken: [String]
    /// Paths of those that stay fresh, and why.
    public let fresh: [(path: String, reason: String)]
    /// Names in the file that the network has not; what a run keeps beside the network is not counted.
    public let unused: [String]

    public static func == (left: Self, right: Self) -> Bool {
      left.taken == right.taken && left.unused == right.unused
        && left.fresh.elementsEqual(right.fresh) { $0 == $1 }
    }
  }

  /// Reads a checkpoint of a training run, or any file of named arrays.
  /// - Throws: `CheckpointError`, ``TrainingError/unusableCheckpoint(path:reason:)`` where an array is not finite.
  public init(path: String) throws {
    let checkpoint = try Checkpoint(path: path, limits: Checkpoint.networkLimits)
    self.path = path
    sha256 = try Self.digest(of: path)
    arrays = checkpoint.arrays.filter { array in
      !ChestClassifier.otherPrefixes.contains { array.name.hasPrefix($0) }
    }
    if let array = arrays.first(where: { !$0.scalars.allSatisfy(\.isFinite) }) {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "\(array.name) holds numbers that are not finite")
    }
  }

  /// The SHA-256 of a file.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` where it cannot be read.
  public static func digest(of path: String) throws -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw TrainingError.unusableCheckpoint(path: path, reason: "cannot be read")
    }
    return SHA256.hexDigest(of: [UInt8](bytes))
  }

  /// Sets the parameters that fit; averages of a normalisation come with it or not at all.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` where none fits; the network is then as it was.
  public func adopt(into model: inout some FilmClassifier) throws -> Adoption {
    let given = Dictionary(arrays.map { ($0.name, $0) }) { first, _ in first }
    let own = model.parameters
    var (taken, fresh) = ([String](), [(path: String, reason: String)]())
    for (path, parameter) in own {
      let (name, shape) = (path.description, parameter.value.shape.dimensions)
      if let array = given[name] {
        if array.shape == shape {
          taken.append(name)
        } else {
          fresh.append((name, "the file's is \(array.shape), the network's \(shape)"))
        }
      } else {
        fresh.append((name, "not in the file"))
      }
    }
    guard !taken.isEmpty else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason:
          "no array fits the network, which has \(Self.some(own.map(\.path.description))); the file has "
          + "\(Self.some(arrays.map(\.name))). Choose a file of the same kind of network")
    }
    model.forEachParameter(at: .root) { path, parameter in
      guard let array = given[path.description],
        array.shape == parameter.value.shape.dimensions
      else { return }
      parameter.value = Tensor(array.scalars, shape: Shape(array.shape))
    }
    let names = Set(own.map(\.path.description))
    return Adoption(
      taken: taken, fresh: fresh, unused: arrays.map(\.name).filter { !names.contains($0) })
  }

  private static func some(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
  }
}
