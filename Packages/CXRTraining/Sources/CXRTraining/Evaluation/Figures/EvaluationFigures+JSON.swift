import CXRFiles
import CXRMetrics

extension EvaluationFigures {
  /// The document `metrics.json`; undefined numbers are `null`.
  ///
  /// - Parameters:
  ///   - evaluation: models and films.
  ///   - localisations: a model; empty where no boxes are given.
  ///   - files: names of the tables and texts beside the document, for a later evaluation to replace.
  public func json(
    _ evaluation: Evaluation, localisations: [Localisation?] = [], files: [String] = []
  ) -> JSONValue {
    .object([
      ("subset", .string(evaluation.partName)),
      ("images", .integer(evaluation.rows.count)), ("patients", .integer(evaluation.patientCount)),
      ("threshold", .number(0.5)),
      ("collection", evaluation.collection.file.collection?.json ?? .null),
      ("each_film_a_patient", .bool(evaluation.collection.file.patientSource == .eachFilm)),
      ("labels_without_partner", .strings(evaluation.collection.labelsWithoutPartner)),
      (
        "intervals",
        .object([
          ("level", .number(0.95)), ("resampled", .string("patients")),
          ("replicates", .integer(options.replicates)), ("seed", .unsigned(options.seed)),
        ])
      ),
      (
        "models",
        .array(
          models.indices.map { m in
            modelJSON(
              models[m], evaluation.models[m], shifts: shifts[m],
              localisation: localisations.indices.contains(m) ? localisations[m] : nil)
          })
      ),
      ("differences", .array(differences.map(\.json))), ("files", .strings(files)),
    ])
  }

  private func modelJSON(
    _ figures: ModelFigures, _ model: Evaluation.Model, shifts: [PrevalenceShift],
    localisation: Localisation?
  ) -> JSONValue {
    .object(
      [
        ("name", .string(model.name)), ("checkpoint", .string(model.path)),
        ("loss", .string(orNull: model.metadata?.loss)),
        (
          "patients_seen_in_training",
          model.patientsSeenInTraining.map { .integer($0) } ?? .null
        ),
        (
          "patients_seen_in_validation",
          model.patientsSeenInValidation.map { .integer($0) } ?? .null
        ),
      ] + figures.meanAUC.json("mean_auc")
        + figures.meanAveragePrecision.json("mean_average_precision") + [
          ("undefined_auc_labels", .strings(figures.undefinedLabels)),
          ("operating_point", .string(orNull: model.fit?.operatingPoint)),
          ("equal_score_labels", .strings(figures.labelsOfEqualScores)),
          (
            "labels",
            .object(figures.labels.map { ($0.name, $0.json(prevalences: options.prevalences)) })
          ),
          (
            "positives_found_percent",
            .number(orNull: figures.detection.positivesFoundPercent)
          ),
          (
            "negatives_found_percent",
            .number(orNull: figures.detection.negativesFoundPercent)
          ),
          ("binary_accuracy", .number(orNull: figures.counts.accuracy)),
          ("precision", .number(orNull: figures.counts.precision)),
          ("recall", .number(orNull: figures.counts.recall)),
          ("f1", .number(orNull: figures.counts.f1)),
          (
            "at_operating_point",
            figures.fittedCounts.map { counts in
              .object([
                ("sensitivity", .number(orNull: counts.recall)),
                ("specificity", .number(orNull: counts.specificity)),
                ("precision", .number(orNull: counts.precision)),
                ("f1", .number(orNull: counts.f1)),
              ])
            } ?? .null
          ),
          (
            "baseline",
            figures.baseline.map { baseline in
              .object(
                baseline.meanAUC.json("mean_auc") + [
                  (
                    "labels",
                    .object(
                      zip(figures.labels, baseline.auc).map { ($0.name, .object($1.json("auc"))) })
                  ),
                  ("difference", figures.overBaseline?.json ?? .null),
                ])
            } ?? .null
          ),
          (
            "prevalence_shifts",
            .array(
              shifts.map { shift in
                .object([
                  ("label", .string(shift.label)), ("validation", .number(shift.validation)),
                  ("here", .number(shift.here)), ("p_corrected", .number(shift.corrected)),
                ])
              })
          ),
          ("localisation", localisation?.json ?? .null),
          (
            "subgroups",
            .array(
              figures.subgroups.map { group in
                .object(
                  [
                    ("kind", .string(group.kind)), ("name", .string(group.name)),
                    ("images", .integer(group.films)), ("patients", .integer(group.patients)),
                  ] + group.meanAUC.json("mean_auc") + [
                    (
                      "labels",
                      .object(
                        group.labels.map { label in
                          (
                            label.name,
                            group.isTelling(label)
                              ? label.json(prevalences: [:])
                              : .object([
                                ("images", .integer(label.films)),
                                ("support", .integer(label.positives)), ("auc", .null),
                              ])
                          )
                        })
                    )
                  ])
              })
          ),
        ])
  }
}

extension Estimate {
  /// `key`, `key_low` and `key_high`.
  func json(_ key: String) -> [(String, JSONValue)] {
    [
      (key, .number(orNull: value)), (key + "_low", .number(orNull: interval?.low)),
      (key + "_high", .number(orNull: interval?.high)),
    ]
  }
}

extension PatientProportion {
  func json(_ key: String) -> [(String, JSONValue)] {
    Estimate(value, interval()).json(key)
  }
}

extension OperatingFigures {
  func json(prevalence: Double?) -> JSONValue {
    .object(
      [
        ("threshold", .number(threshold)),
        ("true_positives", .integer(counts.truePositives)),
        ("false_positives", .integer(counts.falsePositives)),
        ("true_negatives", .integer(counts.trueNegatives)),
        ("false_negatives", .integer(counts.falseNegatives)),
      ] + sensitivity.json("sensitivity") + specificity.json("specificity") + ppv.json("ppv")
        + npv.json("npv")
        + (prevalence.map { prevalence in
          [("prevalence", .number(prevalence))]
            + Estimate(
              ppv(prevalence: prevalence), ppvInterval(prevalence: prevalence)
            ).json("ppv_at_prevalence")
        } ?? []))
  }
}

extension LabelFigures {
  func json(prevalences: [String: Double]) -> JSONValue {
    let fitted = fitted?.json(prevalence: prevalences[name]) ?? .null
    return .object(
      auc.json("auc") + averagePrecision.json("average_precision") + [
        ("precision", .number(orNull: half.counts.precision)),
        ("recall", .number(orNull: half.counts.recall)),
        ("f1", .number(orNull: half.counts.f1)), ("support", .integer(positives)),
        ("images", .integer(films)), ("patients_with", .integer(patientsWith)),
        ("patients_without", .integer(patientsWithout)),
        ("sensitivity", .number(orNull: half.counts.recall)),
        ("specificity", .number(orNull: half.counts.specificity)),
        ("positives_found_percent", .number(orNull: detection.positivesFoundPercent)),
        ("negatives_found_percent", .number(orNull: detection.negativesFoundPercent)),
      ] + Estimate(auc.value, deLong).json("delong_by_film").dropFirst()
        + Estimate(auc.value, deLongByPatient).json("delong_by_patient").dropFirst() + [
          ("at_half", half.json(prevalence: prevalences[name])), ("at_operating_point", fitted),
          (
            "calibration",
            .object(
              calibrations.map { calibration in
                (
                  calibration.method.rawValue,
                  .object([
                    ("brier", .number(orNull: calibration.brier)),
                    ("expected_calibration_error", .number(orNull: calibration.expectedError)),
                  ])
                )
              })
          ),
        ])
  }
}

extension ModelDifference {
  var json: JSONValue {
    .object([
      ("model", .string(name)), ("other", .string(other)), ("mean_auc", mean.json),
      ("labels", .object(labels.map { ($0.label, $0.json) })),
    ])
  }
}

extension ModelDifference.Row {
  var json: JSONValue {
    .object(
      auc.json("difference") + [
        ("p", .number(orNull: pValue)), ("p_corrected", .number(orNull: corrected)),
        ("p_delong_by_patient", .number(orNull: deLong)),
      ])
  }
}
