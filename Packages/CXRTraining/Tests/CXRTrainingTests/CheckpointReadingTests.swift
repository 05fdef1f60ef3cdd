import CXRCheckpoint
import Foundation
import Testing

@testable import CXRTraining

/// A checkpoint that says how its label file was read, in words that are not known, is refused: films would be judged by
/// other labels than it was trained on.
@Suite struct CheckpointReadingTests {
  @Test(arguments: [
    ("\"uncertain\": \"ignore\"", "\"uncertain\": \"halves\""),
    ("\"uncertain\": \"ignore\"", "\"uncertain\": \"ignore\", \"rename\": \"[1]\""),
    ("\"uncertain\": \"ignore\"", "\"uncertain\": \"ignore\", \"collection\": \"{}\""),
  ])
  func unknownWordsAreRefused(said: String, changed: String) throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("run", options)
    let path = set.folder + "/run/best.npz"
    let file = try Checkpoint(path: path)
    #expect(throws: Never.self) { try ChestClassifier(path: path) }
    let metadata = file.metadata.replacingOccurrences(of: said, with: changed)
    try #require(metadata != file.metadata)
    try Checkpoint(arrays: file.arrays, metadata: metadata).write(to: path)
    do {
      _ = try ChestClassifier(path: path)
      Issue.record("\(changed) was read")
    } catch TrainingError.unusableCheckpoint(_, let reason) {
      #expect(reason.contains("how its label file was read"), "\(reason)")
    }
  }
}
