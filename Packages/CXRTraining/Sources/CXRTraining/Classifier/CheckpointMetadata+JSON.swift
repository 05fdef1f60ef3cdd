import CXRFiles
import CXRNet

extension CheckpointMetadata {
  /// The document, with explicit nulls and sorted keys.
  public var json: JSONValue {
    .object([
      ("format_version", .integer(formatVersion)), ("library_version", .string(libraryVersion)),
      ("architecture", architecture.json),
      ("labels", .strings(labels)),
      ("image", image.json),
      ("loss", .string(loss)), ("class_weights", .array(classWeights.map(\.json))),
      ("split", split.json),
      ("label_file_sha256", .string(labelFileSHA256)), ("seed", .unsigned(seed)),
      ("epoch", .integer(epoch)), ("step", .integer(step)),
      (
        "options", .object(options.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
      ),
      ("progress", progress.json),
      ("validation", validation?.json ?? .null),
      (
        "baseline",
        baseline.map { .object([("strength", .number($0.strength))]) } ?? .null
      ),
      ("typical_films", typicalFilms?.json ?? .null),
      (
        "device",
        device.map {
          .object([("blas", .string($0.blas)), ("vector_unit", .string($0.vectorUnit))])
        } ?? .null
      ),
      ("history", .string(orNull: history)),
      ("unfinished_epoch", unfinishedEpoch?.json ?? .null),
    ])
  }
}

extension Architecture {
  /// The record as a document.
  public var json: JSONValue {
    .object(
      [("name", .string(name))]
        + settings.sorted { $0.key < $1.key }.map { key, value in
          switch value {
          case .integer(let whole): (key, .integer(whole))
          case .integers(let list): (key, .array(list.map { .integer($0) }))
          case .number(let number): (key, .number(number))
          case .text(let text): (key, .string(text))
          }
        })
  }
}
