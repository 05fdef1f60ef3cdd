import CXRCommandLine
import CXRData
import CXRFetch

extension Fetch {
  /// Says what to run now.
  func tellNext(_ folder: FetchFolder) {
    let labels = [NIHLabelFile.findings(.pneumonia1431), .findings(.pneumonia1353)].map(\.name)
      .first(where: folder.has)
    guard let labels else {
      if set == FetchCatalogue.nih.name {
        Console.result(
          "labels: save NIH's files from \(FetchCatalogue.labelsPage) with a browser, then run this again with "
            + "--labels-from FILE for each")
      } else {
        Console.result(
          "next: cxr-explore --csv LABELS --images \(Self.word(folder.path)) --cache cache --output explore, where "
            + "LABELS is the collection's label file; NIH's lie at \(FetchCatalogue.labelsPage)")
      }
      return
    }
    let lists = [
      ("--train-list", NIHLabelFile.trainingList.name), ("--test-list", NIHLabelFile.testList.name),
    ]
    let official =
      lists.allSatisfy { folder.has($0.1) }
      ? lists.map { " \($0) \(Self.word(folder.file($1)))" }.joined() : ""
    Console.result(
      "next: cxr-explore --csv \(Self.word(folder.file(labels))) --images \(Self.word(folder.path))"
        + official + " --cache cache --output explore")
  }

  /// A path as a shell takes it for one word.
  private static func word(_ path: String) -> String {
    let isPlain = path.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./".unicodeScalars.contains($0)
    }
    return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }
}
