import Testing

/// The names that other programs read, written out: none may be lost, renamed or moved unseen.
@Suite(.serialized) struct DocumentKeyTests {
  private let set: ComparedModels

  init() throws { set = try ComparedModels.shared.get() }

  /// A line is a place and the keys there, parted by spaces; `*` is any item, or any name of the
  /// user's.
  private func expand(_ lines: String) -> Set<String> {
    var paths: Set<String> = []
    for line in lines.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      let place = parts.first.map(String.init) ?? ""
      for key in (parts.last ?? "").split(separator: " ") {
        paths.insert((place == "." ? "" : "/" + place) + "/" + key)
      }
    }
    return paths
  }

  private func expect(
    _ document: JSONTree, named: Set<String>, is lines: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (found, expected) = (document.paths(named: named), expand(lines))
    #expect(
      found.subtracting(expected).sorted() == [], "unknown names", sourceLocation: sourceLocation)
    #expect(
      expected.subtracting(found).sorted() == [], "lost names", sourceLocation: sourceLocation)
  }

  @Test func metrics() throws {
    let point =
      "threshold logit_threshold true_positives false_positives true_negatives false_negatives "
      + RecomputedFigures.Counts.keys.map { "\($0) \($0)_low \($0)_high" }.joined(separator: " ")
    let there = " prevalence ppv_at_prevalence ppv_at_prevalence_low ppv_at_prevalence_high"
    let label =
      "auc auc_low auc_high average_precision average_precision_low average_precision_high "
      + "precision recall f1 support images patients_with patients_without sensitivity specificity "
      + "positives_found_percent negatives_found_percent "
      + "at_half at_operating_point calibration"
    let difference = "difference difference_low difference_high p p_corrected"
    let place =
      "images peak_hits peak_hit_rate peak_hit_rate_low peak_hit_rate_high true_positives "
      + "peak_hit_rate_among_true_positives peak_hit_rate_among_true_positives_low "
      + "peak_hit_rate_among_true_positives_high chance unreachable usual_place coverage"
    let line = ["observed_to_expected", "calibration_intercept", "calibration_slope"]
      .map { "\($0) \($0)_low \($0)_high" }.joined(separator: " ")
    let whole =
      "labels true_positives false_positives true_negatives false_negatives "
      + (RecomputedFigures.Counts.keys + ["accuracy"]).map { "\($0) \($0)_low \($0)_high" }
      .joined(separator: " ") + " f1 mean_sensitivity mean_specificity mean_ppv"
    let share =
      "images first_alone other_alone difference difference_low difference_high p p_corrected"
    func labels(_ path: String, _ point: String, _ line: String) -> String {
      """
      \(path): *
      \(path)/*: \(label)
      \(path)/*/at_half: \(point)
      \(path)/*/at_operating_point: \(point)
      \(path)/*/calibration: none weights platt vector

      """
        + ["none", "weights", "platt", "vector"].map { method in
          "\(path)/*/calibration/\(method): brier brier_skill expected_calibration_error "
            + "expected_calibration_error_by_chance \(line)\n"
        }.joined()
    }
    func differences(_ path: String) -> String {
      """
      \(path): model other mean_auc tested labels
      \(path)/mean_auc: \(difference)
      \(path)/labels: *
      \(path)/labels/*: \(difference)

      """
    }
    expect(
      try set.json("comparison/metrics.json"),
      named: [
        "/models/*/labels", "/models/*/subgroups/*/labels", "/models/*/baseline/labels",
        "/models/*/baseline/difference/labels", "/models/*/localisation/labels",
        "/differences/*/labels", "/differences/*/at_half/labels",
        "/differences/*/at_operating_point/labels", "/models/*/subgroup_differences/*/labels",
      ],
      is: """
        .: subset unit units images patients threshold collection each_film_a_patient labels_without_partner
        .: intervals models differences files
        intervals: level resampled replicates seed
        models/*: name checkpoint loss patients_seen_in_training patients_seen_in_validation
        models/*: mean_auc mean_auc_low mean_auc_high mean_average_precision
        models/*: mean_average_precision_low mean_average_precision_high undefined_auc_labels
        models/*: operating_point equal_score_labels labels positives_found_percent
        models/*: negatives_found_percent binary_accuracy precision recall f1 at_half
        models/*: at_operating_point baseline prevalence_shifts localisation subgroups
        models/*: subgroup_differences
        models/*/at_half: \(whole)
        models/*/at_operating_point: \(whole)
        models/*/subgroup_differences/*: kind group other mean_auc tested labels
        models/*/subgroup_differences/*: mean_auc_of_group mean_auc_of_group_low
        models/*/subgroup_differences/*: mean_auc_of_group_high mean_auc_of_other
        models/*/subgroup_differences/*: mean_auc_of_other_low mean_auc_of_other_high
        models/*/subgroup_differences/*/mean_auc: \(difference)
        models/*/subgroup_differences/*/labels: *
        models/*/subgroup_differences/*/labels/*: \(difference)
        differences/*: at_half at_operating_point
        differences/*/at_half: pooled labels
        differences/*/at_half/pooled: sensitivity specificity
        differences/*/at_half/pooled/sensitivity: \(share)
        differences/*/at_half/pooled/specificity: \(share)
        differences/*/at_half/labels: *
        differences/*/at_half/labels/*: sensitivity specificity
        differences/*/at_half/labels/*/sensitivity: \(share)
        differences/*/at_half/labels/*/specificity: \(share)
        differences/*/at_operating_point: pooled labels
        differences/*/at_operating_point/pooled: sensitivity specificity
        differences/*/at_operating_point/pooled/sensitivity: \(share)
        differences/*/at_operating_point/pooled/specificity: \(share)
        differences/*/at_operating_point/labels: *
        differences/*/at_operating_point/labels/*: sensitivity specificity
        differences/*/at_operating_point/labels/*/sensitivity: \(share)
        differences/*/at_operating_point/labels/*/specificity: \(share)
        models/*/baseline: mean_auc mean_auc_low mean_auc_high labels difference
        models/*/baseline/labels: *
        models/*/baseline/labels/*: auc auc_low auc_high
        models/*/prevalence_shifts/*: label validation here p_corrected
        models/*/localisation: labels all
        models/*/localisation/labels: *
        models/*/localisation/labels/*: \(place)
        models/*/localisation/labels/*/coverage/*: threshold intersection_over_box film_covered
        models/*/localisation/all: \(place)
        models/*/localisation/all/coverage/*: threshold intersection_over_box film_covered
        models/*/subgroups/*: kind name images patients labels

        """ + labels("models/*/labels", point + there, line)
          + labels("models/*/subgroups/*/labels", point, "")
          + differences("models/*/baseline/difference") + differences("differences/*"))
  }

  @Test func explore() throws {
    expect(
      try set.json("explore/explore.json"),
      named: [
        "/labels", "/split/train/labels", "/split/validation/labels", "/split/test/labels",
        "/views", "/views/*/labels", "/other_labels", "/uncertain_labels", "/unknown_labels",
        "/image_sizes", "/labels_per_image", "/split/train/demographics/age",
        "/split/validation/demographics/age", "/split/test/demographics/age",
        "/split/train/demographics/sex", "/split/validation/demographics/sex",
        "/split/test/demographics/sex", "/split/train/demographics/view",
        "/split/validation/demographics/view", "/split/test/demographics/view",
        "/films_per_patient", "/co_occurrence", "/co_occurrence/*",
      ],
      is: """
        .: images patients labels rows studies collection each_film_a_patient rows_left_out
        .: films_in_no_part labels_per_image split class_weights
        .: labels_without_training_positives augmented_training_images other_labels views revision
        .: image_sizes uncertain uncertain_labels unknown_labels audit training_pixels
        .: flow characteristics films_per_patient co_occurrence
        .: label_file_sha256 library_version
        labels: *
        labels_per_image: *
        other_labels: *
        image_sizes: *
        uncertain_labels: *
        unknown_labels: *
        views: *
        views/*: images labels
        views/*/labels: *
        class_weights/*: label negative positive
        training_pixels: mean standard_deviation image_size
        flow/*: step part reason rows images patients
        characteristics/*: kind name all train validation test
        films_per_patient: *
        films_per_patient/*: patients images
        co_occurrence: *
        co_occurrence/*: *
        split: train validation test
        audit: ok missing unreadable without_row duplicate_pixels_across_parts
        audit: duplicate_pixels_across_patients duplicate_pixels unused_bits exif_orientation
        audit: near_constant inverted upside_down rotated mirrored too_dark too_bright not_grey
        audit: wrong_type small narrow bit_depth alpha duplicates contradiction no_labels
        audit: unknown_findings other_separators sex_changes age_falls name_of_other_patient
        audit: study_of_two_patients implausible_age unreadable_age

        """
          + ["train", "validation", "test"].map { part in
            """
            split/\(part): images patients labels patients_sha256 demographics
            split/\(part)/labels: *
            split/\(part)/demographics: age mean_age sex view
            split/\(part)/demographics/age: *
            split/\(part)/demographics/sex: *
            split/\(part)/demographics/view: *

            """
          }.joined()
          + ["all", "train", "validation", "test"].map { part in
            "characteristics/*/\(part): count of mean standard_deviation lower_quartile median "
              + "upper_quartile most\(["all", "train"].contains(part) ? "" : " difference")\n"
          }.joined())
  }

  @Test(arguments: ComparedModels.names) func run(_ name: String) throws {
    expect(
      try set.json(name + "/run.json"), named: [],
      is: """
        .: library_version options device label_file_sha256 collection each_film_a_patient labels
        .: skipped_labels split films mean standard_deviation class_weights initial_weights
        device: blas threads vector_unit
        split: kind seed lists_sha256 train validation test
        split/train: images patients patients_sha256
        split/validation: images patients patients_sha256
        split/test: images patients patients_sha256
        films: training validation augmented_copies missing without_row unreadable
        class_weights/*: label negative positive
        options: csv images loss model architecture epochs batch-size learning-rate decay patience clip-norm
        options: checkpoint-every augment augment-labels operating-point seed labels uncertain
        options: skip-empty-labels split-seed cache cache-check exclude allow-missing
        options: skip-unreadable collection patients each-film-a-patient train-list test-list
        options: validation-list allow-unknown-films rename drop-folders ignore-extensions
        options: image-size resize jpeg-dct depth dicom-range png-bits exif-orientation
        options: pixel-storage dicom-modalities shares accumulate standardisation recalibrate-norm
        options: initial-weights freeze head-only head-learning-rate
        """)
  }

  @Test(arguments: ["best", "last"]) func checkpoint(_ file: String) throws {
    expect(
      try set.checkpoint("zinc", file), named: ["/options"],
      is: """
        .: format_version library_version architecture labels image loss class_weights split
        .: label_file_sha256 seed epoch step options progress validation baseline typical_films
        .: device history unfinished_epoch
        architecture: name channels kernel dropout
        image: size resize jpeg_dct depth dicom_range png_bits applies_exif_orientation storage
        image: mean standard_deviation
        class_weights/*: label negative positive
        split: kind seed lists_sha256 train_patients_sha256 validation_patients_sha256
        split: test_patients_sha256 train_patient_digests validation_patient_digests
        options: *
        progress: best_loss best_epoch epochs_without_improvement finished
        device: blas vector_unit

        """
          + (file == "last"
            ? ""
            : """
            validation: operating_point films patients labels
            validation/labels/*: label films positives effective_films threshold logit_threshold platt
            validation/labels/*: vector
            validation/labels/*/platt: scale shift
            validation/labels/*/vector: scale shift
            baseline: strength
            typical_films: films width height mean contrast feature_films distance
            typical_films/width: least most
            typical_films/height: least most
            typical_films/mean: least most
            typical_films/contrast: least most

            """))
  }

  @Test func everyFileOfAnEvaluation() throws {
    let files = try set.json("comparison/metrics.json").texts("files")
    let names = [
      "headline.csv", "pooled.csv", "labels.csv", "operating_points.csv", "differences.csv",
      "paired_points.csv", "calibration.csv", "reliability.csv", "decision_curves.csv",
      "subgroups.csv", "subgroup_differences.csv", "localisation.csv",
    ]
    let models = ComparedModels.names.flatMap {
      ["predictions-\($0).csv", "logits-\($0).csv", "classification_report-\($0).txt"]
    }
    #expect(files == names + models)
    #expect(try set.page("comparison").links == names)
  }
}
