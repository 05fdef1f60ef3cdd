import CXRParallel
import CXRData
import CXRImage
import Foundation
import Synchronization

extension PhantomSet {
  /// Draws all films on all threads and writes them with `Data_Entry_2017.csv` and
  /// `BBox_List_2017.csv`.
  ///
  /// - Parameters:
  ///   - folder: where; it is made.
  ///   - progress: called with films done, on any thread.
  /// - Throws: ``PhantomError/unwritable(path:reason:)``, `ImageError`.
  public func write(to folder: String, progress: @escaping @Sendable (Int) -> Void = { _ in })
    throws
  {
    let folders = entries.indices.map { index in
      folder + "/images_" + Self.padded(index / Self.filmsPerFolder + 1, 3) + "/images"
    }
    for path in Set(folders) {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true)
      } catch {
        throw PhantomError.unwritable(path: path, reason: error.localizedDescription)
      }
    }
    let boxes = Mutex([[PhantomFilm.Box]](repeating: [], count: entries.count))
    let failure = Mutex<PhantomError?>(nil)
    let done = Atomic<Int>(0)
    let drawn = entries.indices.filter { sources[$0] == $0 }
    Parallel.forEach(drawn.count) { place in
      let i = drawn[place]
      guard failure.withLock({ $0 == nil }) else { return }
      let path = folders[i] + "/" + entries[i].name
      let drawn = film(entries[i])
      do {
        let bytes =
          switch options.format {
          case .png: try drawn.film.pngData(compression: 4)
          case .jpeg: try drawn.film.jpegData(quality: 90)
          }
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
      } catch {
        failure.withLock { $0 = .unwritable(path: path, reason: error.localizedDescription) }
        return
      }
      boxes.withLock { $0[i] = drawn.boxes }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    if let error = failure.withLock({ $0 }) { throw error }
    for i in entries.indices where sources[i] != i {
      let path = folders[i] + "/" + entries[i].name
      let source = folders[sources[i]] + "/" + entries[sources[i]].name
      unlink(path)
      guard link(source, path) == 0 else {
        throw PhantomError.unwritable(path: path, reason: String(cString: strerror(errno)))
      }
      boxes.withLock { $0[i] = $0[sources[i]] }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    // The label file comes last: where it is, the films are, and on the disk.
    sync()
    try write(labelFile, to: folder + "/Data_Entry_2017.csv")
    try write(boxList(boxes.withLock { $0 }), to: folder + "/BBox_List_2017.csv")
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw PhantomError.unwritable(path: path, reason: error.localizedDescription)
    }
  }

  /// The label file in NIH's shape: nine names in the header, eleven fields a row.
  public var labelFile: String {
    var text =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
      + "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n"
    for entry in entries {
      let findings =
        entry.findings.isEmpty ? LabelSet.noFinding : entry.findings.joined(separator: "|")
      text +=
        "\(entry.name),\(findings),\(entry.followUp),\(entry.patient),\(entry.age),\(entry.sex),"
        + "\(entry.view),\(options.size),\(options.size),0.143,0.143\n"
    }
    return text
  }

  /// Boxes in NIH's shape: coordinates of the film at 1024 pixels, `Infiltrate` for Infiltration.
  private func boxList(_ boxes: [[PhantomFilm.Box]]) -> String {
    let scale = 1024 / Float(options.size)
    func coordinate(_ value: Float) -> String { "\((value * scale * 100).rounded() / 100)" }
    var text = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
    for (entry, boxes) in zip(entries, boxes) {
      for box in boxes {
        let label = box.finding == "Infiltration" ? "Infiltrate" : box.finding
        text +=
          "\(entry.name),\(label),\(coordinate(box.x)),\(coordinate(box.y)),"
          + "\(coordinate(box.width)),\(coordinate(box.height)),,,\n"
      }
    }
    return text
  }
}
