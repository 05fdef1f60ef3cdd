import CXRMetrics

/// The page and pictures of an evaluation: any number of models on the same films.
public struct EvaluationReport: Sendable {
  /// One way of reading a model's output as a probability.
  public struct Calibration: Sendable {
    /// In words, such as `as it is` or `Platt`.
    public var name: String
    /// `nil` without films.
    public var brier: Double?
    /// The expected calibration error; `nil` of too few films.
    public var expectedError: Double?
    /// Groups of films by rising probability.
    public var curve: ReliabilityCurve

    /// Gathers figures.
    public init(name: String, brier: Double?, expectedError: Double?, curve: ReliabilityCurve) {
      (self.name, self.brier, self.curve) = (name, brier, curve)
      self.expectedError = expectedError
    }
  }

  /// The figures of one label.
  public struct Label: Sendable {
    /// The label.
    public var name: String
    /// `[N]`.
    public var scores: [Double]
    /// `[N]`.
    public var truths: [Bool]
    /// Of patients with the finding.
    public var patientsWith: Int
    /// `nil` is undefined.
    public var auc: Estimate
    /// `nil` is undefined.
    public var averagePrecision: Estimate
    /// The AUC of a regression on thumbnails; `nil` where there is none.
    public var baseline: Estimate?
    /// At 0.5.
    public var half: OperatingFigures
    /// At the threshold chosen on validation films; `nil` where none was.
    public var fitted: OperatingFigures?
    /// Validation films with the finding, on which the threshold was chosen; `nil` where none was.
    public var validationPositives: Int?
    /// How common the finding is where the model will be used; `nil` where that was not said.
    public var prevalence: Double?
    /// At 0.5.
    public var detection: DetectionRates
    /// Each way of reading the output.
    public var calibrations: [Calibration]
    /// Of the ROC curve.
    public var rocBand: [BandPoint]
    /// Of the precision-recall curve.
    public var precisionBand: [BandPoint]

    /// Gathers a label's figures.
    public init(
      name: String, scores: [Double], truths: [Bool], patientsWith: Int, auc: Estimate,
      averagePrecision: Estimate, baseline: Estimate? = nil, half: OperatingFigures,
      fitted: OperatingFigures? = nil, validationPositives: Int? = nil,
      prevalence: Double? = nil, detection: DetectionRates,
      calibrations: [Calibration] = [], rocBand: [BandPoint] = [], precisionBand: [BandPoint] = []
    ) {
      (self.name, self.scores, self.truths) = (name, scores, truths)
      (self.patientsWith, self.auc, self.averagePrecision) = (patientsWith, auc, averagePrecision)
      (self.baseline, self.half, self.fitted, self.prevalence) = (
        baseline, half, fitted, prevalence
      )
      (self.detection, self.calibrations) = (detection, calibrations)
      self.validationPositives = validationPositives
      (self.rocBand, self.precisionBand) = (rocBand, precisionBand)
    }

    var counts: ConfusionCounts { half.counts }
  }

  /// Films that have something in common.
  public struct Subgroup: Sendable {
    /// Such as `view PA`.
    public var name: String
    /// How many.
    public var images: Int
    /// Whose.
    public var patients: Int
    /// Over the labels with enough patients.
    public var meanAUC: Estimate
    /// A label; `nil` where there are too few patients.
    public var labels: [Label?]

    /// A label's figures within the group.
    public struct Label: Sendable {
      /// The area.
      public var auc: Estimate
      /// Of the films with the finding, those called positive; at the fitted threshold, or 0.5.
      public var sensitivity: Estimate
      /// Of the films without it, those called negative.
      public var specificity: Estimate
      /// The expected calibration error after Platt's line, or of the output as it is where there is none.
      public var calibrationError: Double?

      /// Gathers figures.
      public init(
        auc: Estimate, sensitivity: Estimate, specificity: Estimate, calibrationError: Double?
      ) {
        (self.auc, self.sensitivity, self.specificity) = (auc, sensitivity, specificity)
        self.calibrationError = calibrationError
      }
    }

    /// Gathers figures.
    public init(
      name: String, images: Int, patients: Int, meanAUC: Estimate, labels: [Label?]
    ) {
      (self.name, self.images, self.patients) = (name, images, patients)
      (self.meanAUC, self.labels) = (meanAUC, labels)
    }
  }

  /// Whether a network looks where a finding was drawn.
  public struct Place: Sendable {
    /// The label, or `all`.
    public var label: String
    /// Films whose map's peak lies in a box.
    public var hits: PatientProportion
    /// The same among films called positive.
    public var hitsAmongTruePositives: PatientProportion
    /// The mean share of the film in boxes.
    public var chance: Double?
    /// How often the other films' peaks of the label would have hit.
    public var usualPlace: Double?
    /// By threshold: the share of the box and of the film that is pointed at.
    public var coverage: [(threshold: Double, ofBox: Double?, ofFilm: Double?)]

    /// Gathers figures.
    public init(
      label: String, hits: PatientProportion, hitsAmongTruePositives: PatientProportion,
      chance: Double?, usualPlace: Double?,
      coverage: [(threshold: Double, ofBox: Double?, ofFilm: Double?)]
    ) {
      (self.label, self.hits, self.chance) = (label, hits, chance)
      self.usualPlace = usualPlace
      (self.hitsAmongTruePositives, self.coverage) = (hitsAmongTruePositives, coverage)
    }
  }

  /// A film on which a model was sure.
  public struct Example: Sendable {
    /// The label.
    public var label: String
    /// Such as `missed, the lowest score`.
    public var kind: String
    /// The film's name and what the model says.
    public var detail: String
    /// The film beside the film with its map, as a JPEG or PNG file.
    public var picture: [UInt8]

    /// Gathers an example.
    public init(label: String, kind: String, detail: String, picture: [UInt8]) {
      (self.label, self.kind, self.detail, self.picture) = (label, kind, detail, picture)
    }
  }

  /// One model's areas less another's.
  public struct Difference: Sendable {
    /// The model.
    public var name: String
    /// The other.
    public var other: String
    /// A row a label.
    public var labels: [Row]
    /// Of the mean areas.
    public var mean: Row

    /// One comparison.
    public struct Row: Sendable {
      /// Of the areas.
      public var auc: Estimate
      /// That there is none.
      public var pValue: Double?
      /// After Holm's correction.
      public var corrected: Double?

      /// Gathers figures.
      public init(auc: Estimate, pValue: Double?, corrected: Double?) {
        (self.auc, self.pValue, self.corrected) = (auc, pValue, corrected)
      }
    }

    /// Gathers comparisons.
    public init(name: String, other: String, labels: [Row], mean: Row) {
      (self.name, self.other, self.labels, self.mean) = (name, other, labels, mean)
    }
  }

  /// One model.
  public struct Model: Sendable {
    /// Unique among the models; part of file names.
    public var name: String
    /// In words, such as `weighted-bce, epoch 7`.
    public var note: String
    /// Of the patients, how many the model was trained on; `nil` where that is not known.
    public var patientsSeenInTraining: Int?
    /// Of the patients, on how many its thresholds and calibrations were chosen.
    public var patientsSeenInValidation: Int
    /// How the thresholds were chosen; `nil` where none were.
    public var operatingPoint: String?
    /// Labels for which none could be chosen, because all validation films score alike.
    public var labelsOfEqualScores: [String]
    /// In column order.
    public var labels: [Label]
    /// Over the defined ones.
    public var meanAUC: Estimate
    /// Over the defined ones.
    public var meanAveragePrecision: Estimate
    /// The mean area of a regression on thumbnails; `nil` where there is none.
    public var baseline: Estimate?
    /// The mean area less that of the regression.
    public var overBaseline: Estimate?
    /// Labels more or less common here than on the validation films, with both shares.
    public var shifts: [(label: String, validation: Double, here: Double)]
    /// By view, sex and age.
    public var subgroups: [Subgroup]
    /// Where it looks; empty without boxes.
    public var places: [Place]
    /// Films on which it was sure.
    public var examples: [Example]
    /// scikit-learn's report.
    public var reportText: String

    /// Gathers a model's figures.
    public init(
      name: String, note: String, patientsSeenInTraining: Int?, patientsSeenInValidation: Int = 0,
      operatingPoint: String? = nil, labelsOfEqualScores: [String] = [],
      labels: [Label], meanAUC: Estimate, meanAveragePrecision: Estimate = Estimate(nil),
      baseline: Estimate? = nil, overBaseline: Estimate? = nil,
      shifts: [(label: String, validation: Double, here: Double)] = [],
      subgroups: [Subgroup] = [], places: [Place] = [], examples: [Example] = [],
      reportText: String
    ) {
      (self.name, self.note, self.labels) = (name, note, labels)
      (self.patientsSeenInTraining, self.operatingPoint) = (patientsSeenInTraining, operatingPoint)
      self.patientsSeenInValidation = patientsSeenInValidation
      self.labelsOfEqualScores = labelsOfEqualScores
      (self.meanAUC, self.meanAveragePrecision) = (meanAUC, meanAveragePrecision)
      (self.baseline, self.overBaseline, self.shifts) = (baseline, overBaseline, shifts)
      (self.subgroups, self.places, self.examples) = (subgroups, places, examples)
      self.reportText = reportText
    }

    var counts: ConfusionCounts { labels.reduce(ConfusionCounts()) { $0 + $1.half.counts } }
    var fittedCounts: ConfusionCounts? {
      let counts = labels.compactMap(\.fitted?.counts)
      return counts.isEmpty ? nil : counts.reduce(ConfusionCounts(), +)
    }
    var detection: DetectionRates { labels.reduce(DetectionRates()) { $0 + $1.detection } }
  }

  /// `test` or another part.
  public var subset: String
  /// Films.
  public var images: Int
  /// Patients.
  public var patients: Int
  /// How often patients were drawn for the intervals.
  public var replicates: Int
  /// In the order given.
  public var models: [Model]
  /// Each model with each that follows.
  public var differences: [Difference]
  /// Of the maps, from the least to the most.
  public var mapColours: [ColourStop]
  /// The tables' files beside the page.
  public var tables: [String]
  /// What a reader must know of the films before any figure.
  public var warnings: [String] = []
  /// What of the label file is not used.
  public var notes: [String] = []

  /// Gathers what the page shows.
  public init(
    subset: String, images: Int, patients: Int, replicates: Int, models: [Model],
    differences: [Difference] = [], mapColours: [ColourStop] = [], tables: [String] = []
  ) {
    (self.subset, self.images, self.patients) = (subset, images, patients)
    (self.replicates, self.models, self.differences) = (replicates, models, differences)
    (self.mapColours, self.tables) = (mapColours, tables)
  }

  var labels: [String] { models.first?.labels.map(\.name) ?? [] }

  /// The models' names as parts of file names, unique.
  var fileNames: [String] {
    // The pictures of all models by finding have names of their own.
    var used: Set<String> = ["by-finding"]
    return models.map { model in
      let base = safeFileName(model.name)
      var (name, number) = (base, 1)
      while !used.insert(name).inserted {
        number += 1
        name = "\(base)-\(number)"
      }
      return name
    }
  }
}
