import CXRParallel
import CXRData
import CXRImage
import Foundation
import Synchronization

/// A learnable, synthetic set in the shape of NIH ChestX-ray14: films, label file and boxes.
///
/// Findings come in NIH's ratios and company, but each of the fourteen in at least
/// ``leastPatients`` patients. The same options give the same bytes.
public struct PhantomSet: Sendable {
  /// What is made.
  public struct Options: Sendable {
    /// The number of films.
    public var images: Int
    /// The number of patients, at most that of films.
    public var patients: Int
    /// The side of a film, in pixels.
    public var size: Int
    /// How films are encoded.
    public var format: Format
    /// How many different films are drawn; the other names are hard links to them, with their findings.
    /// `nil`: each film is drawn. With it a set of any number of rows fits on any disk.
    public var distinct: Int?
    /// Of everything.
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

    /// - Throws: ``PhantomError/invalidOption(_:)``.
    public func validate() throws {
      let least = PhantomSet.leastPatients
      guard patients >= 2 * least else {
        throw PhantomError.invalidOption(
          "--patients \(patients): at least \(2 * least) are needed, so that each finding has "
            + "\(least) patients and others are without it")
      }
      guard images >= patients else {
        throw PhantomError.invalidOption(
          "--images \(images): at least \(patients) are needed, one a patient")
      }
      if let distinct, !(LabelSet.nih14.count + 1...images).contains(distinct) {
        throw PhantomError.invalidOption(
          "--distinct \(distinct): a number from \(LabelSet.nih14.count + 1), one a finding and one "
            + "without, to \(images), that of films, is needed")
      }
      guard images <= 1_000_000, (32...8192).contains(size) else {
        throw PhantomError.invalidOption(
          "--images \(images) --size \(size): at most a million films of 32 to 8192 pixels")
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

  /// A film that is to be drawn.
  public struct Entry: Sendable, Equatable {
    /// The file name.
    public let name: String
    /// From 1.
    public let patient: Int
    /// From 0.
    public let followUp: Int
    /// Rising; none is a film without findings.
    public fileprivate(set) var findings: [String]
    let age: Int
    let sex: String
    let view: String
  }

  /// The least number of patients with each finding.
  public static let leastPatients = 12
  /// Films to a folder, as NIH's archives hold about ten thousand.
  private static let filmsPerFolder = 10_000

  /// What the films are drawn from.
  public let options: Options
  /// The films, by patient and follow-up.
  public let entries: [Entry]
  /// By film: the film that it shows, itself where it is drawn.
  private let sources: [Int]
  private let random: RandomStream

  /// Deals findings to patients and films; nothing is drawn yet.
  /// - Throws: ``PhantomError/invalidOption(_:)``.
  public init(_ options: Options) throws {
    try options.validate()
    self.options = options
    random = RandomStream(seed: options.seed)
    var filmCounts = [Int](repeating: 1, count: options.patients)
    var dealRandom = random.child("films")
    // As in NIH's set most patients have few films and some have many.
    let eagerness = (0..<options.patients).map { _ in
      let x = dealRandom.uniform()
      return 0.15 + x * x * x * 3
    }
    var cumulative: [Float] = []
    for value in eagerness { cumulative.append((cumulative.last ?? 0) + value) }
    for _ in options.patients..<options.images {
      let at = dealRandom.uniform() * (cumulative.last ?? 1)
      var (low, high) = (0, options.patients - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > at { high = middle } else { low = middle + 1 }
      }
      filmCounts[low] += 1
    }

    // The quota first: each finding chooses patients, the rarest before the others, and of each the
    // film that the quota has given the fewest findings.
    var required = filmCounts.map { [[Int]](repeating: [], count: $0) }
    var quotaRandom = random.child("quota")
    let rarestFirst = Prevalence.films.indices.sorted {
      Prevalence.films[$0] < Prevalence.films[$1]
    }
    for finding in rarestFirst {
      let shuffled = (0..<options.patients).shuffled(using: &quotaRandom)
      let burden = required.map { films in films.map(\.count).min() ?? 0 }
      // A stable order by burden keeps the shuffle among equals.
      let chosen = shuffled.enumerated()
        .sorted { (burden[$0.element], $0.offset) < (burden[$1.element], $1.offset) }
        .prefix(Self.leastPatients).map(\.element)
      for patient in chosen {
        let films = required[patient].indices
        guard
          let film = films.min(by: {
            required[patient][$0].count < required[patient][$1].count
          })
        else { continue }
        required[patient][film].append(finding)
      }
    }

    let sampler = FindingSampler()
    var entries: [Entry] = []
    for patient in 0..<options.patients {
      let own = random.child("patient").child(patient)
      var person = own.child("person")
      let age = 5 + Int(person.uniform() * 84)
      let sex = person.chance(0.565) ? "M" : "F"
      for film in 0..<filmCounts[patient] {
        var filmRandom = own.child("findings").child(film)
        let findings = sampler.findings(
          including: required[patient][film], using: &filmRandom)
        entries.append(
          Entry(
            name: Self.padded(patient + 1, 8) + "_" + Self.padded(film, 3)
              + ".\(options.format.fileExtension)",
            patient: patient + 1, followUp: film,
            findings: findings.map { LabelSet.nih14[$0] }, age: age + film / 4, sex: sex,
            view: filmRandom.chance(0.6) ? "PA" : "AP"))
      }
    }
    let sources = options.distinct.map { Self.sources(entries, distinct: $0) }
    self.entries =
      sources.map { sources in
        entries.indices.map { i in
          var entry = entries[i]
          entry.findings = entries[sources[i]].findings
          return entry
        }
      } ?? entries
    self.sources = sources ?? Array(entries.indices)
  }

  /// Spreads `distinct` films over all entries; each finding is on at least one of them.
  private static func sources(_ entries: [Entry], distinct: Int) -> [Int] {
    var drawn: Set<Int> = []
    for finding in LabelSet.nih14 {
      if let first = entries.firstIndex(where: { $0.findings.contains(finding) }) {
        drawn.insert(first)
      }
    }
    if let empty = entries.firstIndex(where: \.findings.isEmpty) { drawn.insert(empty) }
    var place = 0
    while drawn.count < distinct {
      // Evenly spread places, then those between them.
      drawn.insert(place % entries.count)
      place += max(1, entries.count / distinct)
      if place >= entries.count { place = place % entries.count + 1 }
    }
    let order = drawn.sorted()
    var next = 0
    return entries.indices.map { i in
      if drawn.contains(i) { return i }
      next = (next + 1) % order.count
      return order[next]
    }
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Draws one film.
  public func film(_ entry: Entry) -> PhantomFilm {
    let own = random.child("patient").child(entry.patient - 1)
    return PhantomFilm(
      size: options.size, findings: entry.findings, patient: own,
      exposure: own.child("film").child(entry.followUp))
  }

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
