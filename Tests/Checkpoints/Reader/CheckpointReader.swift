import CXRCheckpoint
import Foundation

/// Answers what `Tests/Checkpoints/judge.py` asks, an object of JSON a line: it writes arrays and reads them back, or
/// says what a file holds.
@main
struct CheckpointReader {
  static func main() throws {
    while let line = readLine() {
      let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
      var answer = Answer()
      do {
        answer = try request.answer()
      } catch {
        (answer.error, answer.isTyped) = ("\(error)", error is CheckpointError)
      }
      print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
      fflush(nil)
    }
  }
}

/// An array with its bits, little-endian.
struct Bits: Codable {
  let name: String
  let shape: [Int]
  let bits: Data

  init(_ array: NamedArray) {
    (name, shape) = (array.name, array.shape)
    bits = array.scalars.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
  }

  var array: NamedArray {
    let scalars = bits.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
    return NamedArray(name: name, shape: shape, scalars: scalars)
  }
}

/// What is said of a file.
struct Answer: Encodable {
  var arrays: [Bits]?
  var metadata: String?
  var error: String?
  var isTyped: Bool?
}

/// One question: to write `arrays` to `file`, if there are any, and to read it.
struct Request: Decodable {
  let file: String
  let arrays: [Bits]?
  let metadata: String?

  func answer() throws -> Answer {
    if let arrays {
      try Checkpoint(arrays: arrays.map(\.array), metadata: metadata ?? "").write(to: file)
    }
    let read = try Checkpoint(path: file)
    return Answer(arrays: read.arrays.map(Bits.init), metadata: read.metadata)
  }
}
