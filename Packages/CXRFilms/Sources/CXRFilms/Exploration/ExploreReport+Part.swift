extension ExploreReport {
  /// The counts of one part of the split.
  public struct Part: Sendable {
    /// `train`, `validation` or `test`.
    public var name: String
    /// Films.
    public var images: Int
    /// Patients.
    public var patients: Int
    /// Positive films a label.
    public var positives: [Int]
    /// Films a label of which it is not known whether they have it; empty where all is known.
    public var unknowns: [Int] = []

    /// Gathers the counts.
    public init(name: String, images: Int, patients: Int, positives: [Int]) {
      (self.name, self.images, self.patients) = (name, images, patients)
      self.positives = positives
    }
  }
}
