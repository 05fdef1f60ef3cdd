import ArgumentParser
import CXRCommandLine
import CXRFiles
import CXRNet
import CXRTraining

@main
struct Inspect: Program {
  static let configuration = CommandConfiguration(
    commandName: "cxr-inspect",
    abstract:
      "Tells what a checkpoint is: its network, how films become its input, what it was trained on, its thresholds.",
    discussion: """
      The network is built from the file, and its weights are read and checked, so that a file that is damaged, or of another \
      program, is refused as by an evaluation. Of patients a checkpoint holds digests alone, which json lists.

      Examples:
        cxr-inspect weighted/best.npz
        cxr-inspect weighted/best.npz --layers
        cxr-inspect weighted/best.npz --format json > card.json
      """,
    version: LibraryVersion.current)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(
    help: ArgumentHelp("The checkpoint, such as best.npz of a run.", valueName: "file"),
    completion: .file())
  var checkpoint: String
  @Option(help: "The form: text, or json, the metadata as this version reads it.")
  var format: Format = .text
  @Flag(help: "Every layer of the network too, with its output and its parameters.")
  var layers = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard format == .text || !layers else {
      throw ValidationError("--layers is a table for people; leave it out, or --format json")
    }
  }

  func work() throws {
    let classifier = try ChestClassifier(path: checkpoint)
    guard format == .text else { return Console.result(classifier.metadata.json.text) }
    for line in facts(classifier) { Console.result(line) }
    Console.result("")
    findings(classifier.metadata)
    if layers { Console.result("\n\(classifier.model.summary)") }
  }

  private func facts(_ classifier: ChestClassifier) -> [String] {
    let metadata = classifier.metadata
    let (image, split) = (metadata.image, metadata.split)
    return [
      "network        \(metadata.architecture), \(classifier.model.parameterCount) weights",
      "written by     version \(metadata.libraryVersion)"
        + (metadata.device.map { ", on \($0.blas), \($0.vectorUnit)" } ?? ""),
      "films          \(image.size) × \(image.size) pixels, \(image.resize.rawValue), depth \(image.depth); mean "
        + "\(fixedPoint(image.mean, digits: 2)), deviation "
        + "\(fixedPoint(image.standardDeviation, digits: 2)) grey levels",
      "decoded        JPEG \(image.jpegDCT.rawValue), PNG bits \(image.pngBits ?? 16), EXIF orientation "
        + (image.appliesOrientation == true ? "applied" : "ignored")
        + (image.dicomRange.map { ", DICOM range \($0.rawValue)" } ?? ""),
      "trained        \(metadata.loss), seed \(metadata.seed), epoch \(metadata.epoch), step \(metadata.step)"
        + (metadata.unfinishedEpoch == nil ? "" : ", in the midst of an epoch"),
      "on             \(split.trainPatientDigests.count) patients"
        + (split.validationPatientDigests.map { ", chosen on \($0.count) others" } ?? "")
        + "; split \(split.kind.rawValue), seed \(split.seed)",
      "label file     SHA-256 \(metadata.labelFileSHA256)",
      "thresholds     "
        + (metadata.validation.map {
          "\($0.operatingPoint), on \($0.films) films of \($0.patients) patients"
        } ?? "none: it is no best.npz, or its validation films had none"),
      "holds too      "
        + [
          classifier.baseline == nil ? nil : "the regression on thumbnails it is held against",
          classifier.typicalFilms == nil ? nil : "what its films look like",
          classifier.knowsPoses ? "what frontal films look like" : nil,
        ].compactMap { $0 }.joined(separator: "; ").orNothing,
    ]
  }

  private func findings(_ metadata: CheckpointMetadata) {
    func number(_ value: Double?, _ digits: Int) -> String { fixedPoint(value, digits: digits) }
    Console.table(
      header: [
        "finding", "weight without", "weight with", "threshold", "validation films", "with it",
      ],
      rows: metadata.labels.indices.map { k in
        let (weight, fit) = (metadata.classWeights[k], metadata.validation?.labels[k])
        return [
          metadata.labels[k], number(weight.negative, 3), number(weight.positive, 3),
          number(fit?.threshold, 3), fit.map { "\($0.films)" } ?? "n/a",
          fit.map { "\($0.positives)" } ?? "n/a",
        ]
      })
  }
}

extension String {
  fileprivate var orNothing: String { isEmpty ? "nothing else" : self }
}
