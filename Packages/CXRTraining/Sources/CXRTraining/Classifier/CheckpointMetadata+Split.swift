import CXRData
import CXRFiles

extension CheckpointMetadata {
  /// Which patients it was trained on.
  public struct Split: Codable, Sendable, Equatable {
    /// Random or official.
    public var kind: PatientSplit.Kind
    /// The seed of the draw.
    public var seed: UInt32
    /// Of the official lists.
    public var listsSHA256: String?
    /// Of the sorted patient identifiers.
    public var trainPatientsSHA256: String
    /// Of the sorted patient identifiers.
    public var validationPatientsSHA256: String
    /// Of the sorted patient identifiers.
    public var testPatientsSHA256: String
    /// The first 16 hexadecimal digits of the SHA-256 of each training patient's identifier, sorted,
    /// so that an evaluation on other films can count the patients that the network has seen.
    public var trainPatientDigests: [String]
    /// The same of the validation patients, on whom thresholds are chosen; `nil` in files of older versions.
    public var validationPatientDigests: [String]?

    enum CodingKeys: String, CodingKey {
      case kind, seed
      case listsSHA256 = "lists_sha256"
      case trainPatientsSHA256 = "train_patients_sha256"
      case validationPatientsSHA256 = "validation_patients_sha256"
      case testPatientsSHA256 = "test_patients_sha256"
      case trainPatientDigests = "train_patient_digests"
      case validationPatientDigests = "validation_patient_digests"
    }

    /// What stands for a patient in ``trainPatientDigests``.
    public static func digest(of patient: PatientID) -> String {
      String(SHA256.hexDigest(of: patient.description).prefix(16))
    }

    /// Describes a split.
    public init(_ split: PatientSplit) {
      kind = split.kind
      seed = split.seed
      listsSHA256 = split.listsSHA256
      trainPatientsSHA256 = split.patientsSHA256(of: .train)
      validationPatientsSHA256 = split.patientsSHA256(of: .validation)
      testPatientsSHA256 = split.patientsSHA256(of: .test)
      trainPatientDigests = split.patients(of: .train).map(Self.digest).sorted()
      validationPatientDigests = split.patients(of: .validation).map(Self.digest).sorted()
    }
  }
}

extension CheckpointMetadata.Split {
  /// As a document.
  var json: JSONValue {
    .object([
      ("kind", .string(kind.rawValue)), ("seed", .integer(Int(seed))),
      ("lists_sha256", .string(orNull: listsSHA256)),
      ("train_patients_sha256", .string(trainPatientsSHA256)),
      ("validation_patients_sha256", .string(validationPatientsSHA256)),
      ("test_patients_sha256", .string(testPatientsSHA256)),
      ("train_patient_digests", .strings(trainPatientDigests)),
      (
        "validation_patient_digests",
        validationPatientDigests.map { .strings($0) } ?? .null
      ),
    ])
  }
}
