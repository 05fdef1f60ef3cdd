import CXRData
import CXREvaluation
import CXRFilms
import CXRImage
import CXRMetrics
import CXRNet
import CXRParallel

extension Evaluation {
  /// What is evaluated, and on what.
  public struct Options: Sendable {
    /// Checkpoints, in the order of the report.
    public var checkpoints: [String]
    /// The networks that may be in them; those of CXRNet unless said otherwise.
    public var architectures = Architectures.standard
    /// Tables of probabilities (see `PredictionsFile`), which follow the checkpoints; none unless said otherwise.
    public var predictions: [String] = []
    /// What stands in these tables; probabilities unless said otherwise.
    public var scoreKind = ScoreKind.probability
    /// For each of ``predictions``, one of validation films, on which thresholds are chosen; or none, the default.
    public var validationPredictions: [String] = []
    /// The label file, the films' folder, and what becomes of absent films. Labels, split and seed
    /// come from the checkpoints.
    public var collection: FilmCollection.Options
    /// Where no collection is described: read the label file as the checkpoint's was read, where the films are of a part of
    /// that, else as the collection that its header tells. It is so unless said otherwise.
    public var recognisesCollection = true
    /// The part to evaluate, the test films unless said otherwise; `nil` for all films. Without checkpoints the films are those
    /// of the first table.
    public var subset: Subset?
    /// The labels to judge, where there are tables alone; `nil`, the default: the first table's columns that the label file
    /// knows.
    public var labels: [String]?
    /// Go on without films that cannot be decoded; unless said otherwise they are an error.
    public var skipsUnreadable: Bool
    /// What uncertain findings count as; `nil`, the default: as in the first checkpoint's training.
    public var uncertain: UncertainPolicy?
    /// How thresholds are chosen; `nil`, the default: as in training, or Youden's where nothing was chosen there.
    public var operatingRule: OperatingRule?
    /// Which DICOM films are taken; CR and DX unless said otherwise.
    public var dicomModalities = DICOMModality.usual
    /// What is judged: films, the default, or what several films are of together.
    public var unit = JudgementUnit.film
    /// Where findings were drawn: does each network look there? `nil`, the default: that is not asked.
    public var boxes: BoxList?
    /// The side of pictures of films on which networks were most sure, in pixels; `nil`, the default, for no pictures.
    public var exampleSide: Int?
    /// Where prepared films are kept; `nil`, the default: they are decoded and not kept.
    public var cacheFolder: String?
    /// What tells whether a prepared film has changed; size and time of its file unless said otherwise.
    public var cacheCheck = FilmCache.SourceCheck.stamp

    /// Processes that evaluate together, each whole batches of films in turn; `nil`, the default: this one alone. All have then
    /// what networks say, and the first alone pictures and maps.
    public var ranks: (any Ranks)?

    /// The test films of a collection, each of which can be decoded, unless said otherwise.
    public init(
      checkpoints: [String], collection: FilmCollection.Options, subset: Subset? = .test,
      skipsUnreadable: Bool = false
    ) {
      self.checkpoints = checkpoints
      self.collection = collection
      self.subset = subset
      self.skipsUnreadable = skipsUnreadable
    }
  }

  /// What goes on, for a person who waits.
  public struct Events: Sendable {
    /// Called once the films are found, before any is decoded; what it throws ends the evaluation.
    public var found: @Sendable (FilmCollection, [CheckpointMetadata]) throws -> Void = { _, _ in }
    /// Called once if another process is preparing films in the cache.
    public var waiting: @Sendable () -> Void = {}
    /// Called with films done and films in all, on any thread.
    public var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    /// Called before thresholds are chosen anew on this many validation films.
    public var fitting: @Sendable (_ films: Int) -> Void = { _ in }

    /// No one waits.
    public init() {}
  }
}
