import CXRData

extension PhantomSet {
  /// What is made.
  public struct Options: Sendable {
    /// The number of films, from that of patients to a million; 800 unless said otherwise.
    public var images: Int
    /// The number of patients, from 24 to that of films; 300 unless said otherwise.
    public var patients: Int
    /// The side of a film, 32…8192 pixels; 1024 unless said otherwise.
    public var size: Int
    /// How films are encoded; as PNG unless said otherwise.
    public var format: Format
    /// How many different films are drawn, from 15 to the number of films; the other names are hard links to them, with their
    /// findings. `nil`, the default: each film is drawn. With it a set of any number of rows fits on any disk.
    public var distinct: Int?
    /// Of everything; 0 unless said otherwise.
    public var seed: UInt64

    /// 800 films of 300 patients, 1024 pixels, PNG, all different unless said otherwise.
    public init(
      images: Int = 800, patients: Int = 300, size: Int = 1024, format: Format = .png,
      distinct: Int? = nil, seed: UInt64 = 0
    ) {
      self.distinct = distinct
      self.images = images
      self.patients = patients
      self.size = size
      self.format = format
      self.seed = seed
    }

    /// Checks ranges.
    /// - Throws: ``PhantomError/invalidOption(_:)``.
    public func validate() throws {
      let least = PhantomSet.leastPatients
      func refuse(_ name: String, _ value: Int, _ needed: String) -> PhantomError {
        .invalidOption(InvalidOption(name, "\(value)", needed: needed))
      }
      guard patients >= 2 * least else {
        throw refuse(
          "patients", patients,
          "at least \(2 * least) are needed, so that each finding has \(least) patients and others are without it"
        )
      }
      guard images >= patients else {
        throw refuse("images", images, "at least \(patients) are needed, one a patient")
      }
      if let distinct, !(LabelSet.nih14.count + 1...images).contains(distinct) {
        throw refuse(
          "distinct", distinct,
          "a number from \(LabelSet.nih14.count + 1), one a finding and one without, to \(images), that of films, is "
            + "needed")
      }
      guard images <= 1_000_000 else {
        throw refuse("images", images, "at most a million films can be made")
      }
      guard (32...8192).contains(size) else {
        throw refuse("size", size, "a film's side is from 32 to 8192 pixels")
      }
    }
  }

  /// How films are encoded.
  public enum Format: String, Sendable, CaseIterable {
    /// Grey PNG.
    case png
    /// Grey JPEG of quality 90.
    case jpeg
    var fileExtension: String { self == .png ? "png" : "jpg" }
  }
}
