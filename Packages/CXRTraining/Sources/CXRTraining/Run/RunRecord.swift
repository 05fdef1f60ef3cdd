import CXRFiles
import CXRData
import CXRTensor

/// A training run's record of itself.
public enum RunFile {
  /// The file's name.
  public static let name = "run.json"

  /// The record of a run whose films are not prepared yet: enough to begin it anew.
  public static func beginning(options: [(String, JSONValue)]) -> JSONValue {
    .object([
      ("library_version", .string(LibraryVersion.current)), ("options", .object(options)),
    ])
  }
}

extension TrainingData {
  /// What `run.json` says of a run: all options, versions, hashes, device and counts.
  ///
  /// - Parameters:
  ///   - commandLine: every option with its value, as the user would give it.
  ///   - device: what the run computes with.
  ///   - adoption: what was taken from another network's file.
  public func runRecord(
    commandLine: [(String, JSONValue)], device: DeviceReport,
    adoption: InitialWeights.Adoption? = nil
  ) -> JSONValue {
    func count(_ subset: Subset) -> JSONValue {
      .object([
        ("images", .integer(collection.rows(of: subset).count)),
        ("patients", .integer(collection.split.patients(of: subset).count)),
        ("patients_sha256", .string(collection.split.patientsSHA256(of: subset))),
      ])
    }
    return .object([
      ("library_version", .string(LibraryVersion.current)),
      ("options", .object(commandLine)),
      (
        "device",
        .object([
          ("blas", .string(device.blas)), ("threads", .integer(device.threads)),
          ("vector_unit", .string(device.vectorUnit)),
        ])
      ),
      ("label_file_sha256", .string(collection.file.sha256)),
      ("collection", collection.file.collection?.json ?? .null),
      ("each_film_a_patient", .bool(collection.file.patientSource == .eachFilm)),
      ("labels", .strings(collection.matrix.labels)),
      ("skipped_labels", .strings(skippedLabels)),
      (
        "split",
        .object([
          ("kind", .string(collection.split.kind.rawValue)),
          ("seed", .integer(Int(collection.split.seed))),
          ("lists_sha256", .string(orNull: collection.split.listsSHA256)),
          ("train", count(.train)), ("validation", count(.validation)), ("test", count(.test)),
        ])
      ),
      (
        "films",
        .object([
          ("training", .integer(trainingCount)), ("validation", .integer(validationCount)),
          ("augmented_copies", .integer(samples.copyCount)),
          ("missing", .integer(collection.rowsWithoutFilm.count)),
          ("without_row", .integer(collection.filmsWithoutRow.count)),
          ("unreadable", .strings(skippedFilms.map(\.name))),
        ])
      ),
      ("mean", .number(moments.mean)), ("standard_deviation", .number(moments.standardDeviation)),
      ("class_weights", .array(classWeights.map(\.json))),
      ("initial_weights", adoption?.json ?? .null),
    ])
  }
}
