import CXREvaluation
import CXRFilms
import CXRParallel
import CXRArchive
import CXRImage
import CXRMetrics
import CXRNet
import CXRTensor
import Synchronization

/// A trained network that is asked about single films.
///
/// ```swift
/// let predictor = try FilmPredictor(path: "best.npz")
/// for result in try predictor.answers(films: ["film.png"]) { print(try result.get().findings) }
/// ```
public struct FilmPredictor: Sendable {
  /// The network with what belongs to it.
  public let classifier: ChestClassifier
  /// How its output becomes a probability of the finding.
  public let calibration: CalibrationMethod
  /// Which DICOM films are taken.
  public var dicomModalities = DICOMModality.usual
  private let path: String

  /// What is said of one finding.
  public struct Finding: Sendable {
    /// The finding.
    public let label: String
    /// The network's output, 0…1.
    public let probability: Float
    /// The probability of the finding among films like those of training, 0…1; `nil` where it cannot be told, as of an
    /// output under a weighted loss that is not calibrated.
    public let calibrated: Double?
    /// Above which (strictly) ``probability`` is a yes; `nil` where none was chosen.
    public let threshold: Double?
    /// The network's log-odds, in nats, of which ``probability`` is the logistic function.
    public let logit: Float
    /// Above which (strictly) ``logit`` is a yes; `nil` where the threshold was chosen on probabilities, or none was.
    public let logitThreshold: Double?
    /// Yes or no; `nil` without a threshold.
    public var isPositive: Bool? {
      if let logitThreshold { return isCalledPositive(Double(logit), above: logitThreshold) }
      return threshold.map { isCalledPositive(Double(probability), above: $0) }
    }
  }

  /// What is said of one film.
  public struct Answer: Sendable {
    /// The film's path.
    public let path: String
    /// In the network's order.
    public let findings: [Finding]
    /// In what the film is unlike the films that the network knows.
    public let warnings: [String]
    /// What an audit of films would warn of: a film that is nearly constant, not grey, inverted, turned, lateral, …
    public let problems: [AuditProblem]
    /// How far the network's features of it are from the typical ones, in standard deviations (Mahalanobis); `nil`
    /// where the checkpoint does not say what is typical.
    public let distance: Double?
    /// As decoded.
    public let film: GreyFilm
    /// A map a finding.
    public let maps: [FindingMap]
  }

  private struct Decoded {
    let film: GreyFilm
    let levels: [Float]
    let moments: PixelMoments
    let problems: [AuditProblem]
  }

  /// Reads a checkpoint.
  ///
  /// - Parameters:
  ///   - path: the checkpoint's.
  ///   - calibration: `nil` for Platt's where the checkpoint has it, else for the network's own output.
  ///   - architectures: the networks that may be in it.
  /// - Throws: `CheckpointError`, ``TrainingError``: also where the checkpoint lacks what `calibration` needs.
  public init(
    path: String, calibration: CalibrationMethod? = nil, architectures: Architectures = .standard
  ) throws {
    classifier = try ChestClassifier(path: path, architectures: architectures)
    self.path = path
    let metadata = classifier.metadata
    func isThere(_ method: CalibrationMethod) -> Bool {
      switch method {
      case .none, .weights: true
      case .platt: metadata.validation?.labels.contains { $0.platt != nil } ?? false
      case .vector: metadata.validation?.labels.contains { $0.vector != nil } ?? false
      }
    }
    if calibration == .weights, !LossKind.standard.contains(where: { $0.name == metadata.loss }) {
      throw TrainingError.invalidOption(
        "calibration", "weights",
        needed:
          "\(path) was trained by the loss \(metadata.loss), of which it is not known what class "
          + "weights do to its outputs; use none, or platt")
    }
    if let calibration, !isThere(calibration) {
      throw TrainingError.invalidOption(
        "calibration", calibration.rawValue,
        needed:
          "\(path) holds none, as only best.npz of a training run does; use that file, or none")
    }
    self.calibration = calibration ?? (isThere(.platt) ? .platt : .none)
  }

  /// Asks about films, together, on all threads; at most a few dozen at a time, as all are held in memory.
  ///
  /// - Parameters:
  ///   - paths: of films, also of members of archives (see `ArchivedPath`).
  ///   - files: what reads archives, kept from call to call so that each is read once.
  /// - Returns: an answer a film, or why there is none, in order.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` where an output is not a number.
  public func answers(
    films paths: [String], from files: FilmFiles = FilmFiles()
  ) throws -> [Result<Answer, FilmFailure>] {
    var preparation = classifier.metadata.preparation
    preparation.dicomModalities = dicomModalities
    let chosen = preparation
    let sources = paths.map { path -> Result<[UInt8], any Error>? in
      ArchivedPath(path) == nil ? nil : Result { try files.bytes(of: path) }
    }
    let slots = Mutex([Result<Decoded, FilmFailure>?](repeating: nil, count: paths.count))
    Parallel.forEach(paths.count) { i in
      let result: Result<Decoded, FilmFailure>
      do {
        let film = try PreparedFilm(
          path: paths[i], source: sources[i]?.get(), preparation: chosen)
        let plane = chosen.plane(film.stored)
        result = .success(
          Decoded(
            film: film.decoded, levels: plane.values, moments: film.moments,
            problems: problems(of: film, plane, path: paths[i])))
      } catch {
        result = .failure(FilmFailure(film: UnreadableFilm(name: paths[i], error)))
      }
      slots.withLock { $0[i] = result }
    }
    // Each call has filled its place.
    let decoded = slots.withLock { $0.compactMap { $0 } }
    return try zip(paths, decoded).map { path, result in
      switch result {
      case .failure(let failure): .failure(failure)
      case .success(let film): .success(try answer(film, path: path))
      }
    }
  }

  /// What an audit would warn of, of a film by itself and beside training films.
  private func problems(
    of film: PreparedFilm, _ plane: FilmPlane, path: String
  ) -> [AuditProblem] {
    let preparation = classifier.metadata.preparation
    var found = FilmExamination(film, preparation: preparation)
      .problems(name: path, smallest: preparation.imageSize, canChoose: false)
      // Grey levels are compared with those of training instead.
      .filter { $0.severity != .note && !["too_dark", "too_bright"].contains($0.kind) }
    if classifier.metadata.isOfOtherDICOM, FilmHeader.isDICOM(film.source) {
      found.append(
        AuditProblem(
          image: path, kind: "other_grey_levels", severity: .warning,
          detail: CheckpointMetadata.otherDICOM))
    }
    let saysNothing = found.contains { ["near_constant", "unused_bits"].contains($0.kind) }
    if !saysNothing, let (kind, detail) = classifier.frontalTemplate?.oddity(of: plane) {
      found.append(AuditProblem(image: path, kind: kind, severity: .warning, detail: detail))
    }
    return found
  }

  /// Asks about one film alone: in a batch its last bits would depend on its company.
  private func answer(_ film: Decoded, path: String) throws -> Answer {
    let size = classifier.metadata.preparation.imageSize
    let reading = classifier.model.reading(
      Tensor(classifier.standardised(film.levels), shape: [1, size, size, 1]))
    guard reading.logits.scalars.allSatisfy(\.isFinite) else {
      throw TrainingError.unusableCheckpoint(path: self.path, reason: Networks.notANumber)
    }
    let (logits, probabilities) = (
      Array(reading.logits.scalars), Array(reading.probabilities.scalars)
    )
    let look = TypicalFilms.Film(
      width: film.film.width, height: film.film.height, mean: film.moments.mean,
      contrast: film.moments.standardDeviation, features: Array(reading.features.scalars))
    return Answer(
      path: path,
      findings: probabilities.indices.map {
        finding($0, logit: logits[$0], probability: probabilities[$0])
      },
      warnings: classifier.typicalFilms?.differences(of: look) ?? [],
      problems: film.problems,
      distance: classifier.typicalFilms?.squaredDistance(look.features)?.squareRoot(),
      film: film.film, maps: classifier.findingMaps(reading)[0])
  }

  private func finding(_ column: Int, logit: Float, probability: Float) -> Finding {
    let metadata = classifier.metadata
    let fit = metadata.validation?.labels[column]
    let ratio = calibration == .weights ? metadata.weightRatio(of: column) ?? 1 : nil
    let map = calibration.map(fit: fit, weightRatio: ratio)
    let isProbability = calibration != .none || metadata.weightRatio(of: column) == nil
    return Finding(
      label: metadata.labels[column], probability: probability,
      calibrated: isProbability ? map?(Double(probability)) : nil,
      threshold: metadata.validation?.threshold(of: column), logit: logit,
      logitThreshold: fit?.logitThreshold)
  }
}
