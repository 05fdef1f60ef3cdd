import CXRParallel
import CXRData
import CXRImage
import CXRTestSupport
import Foundation
import Testing

@testable import CXRPhantom

@Suite struct PhantomTests {
  @Test func everyFindingHasItsQuotaOfPatients() throws {
    for (images, patients, seed) in [(800, 300, 0), (260, 40, 1), (500, 500, 7)] {
      let set = try PhantomSet(
        PhantomSet.Options(images: images, patients: patients, size: 32, seed: UInt64(seed)))
      #expect(set.entries.count == images)
      #expect(Set(set.entries.map(\.patient)).count == patients)
      for finding in LabelSet.nih14 {
        let owners = Set(set.entries.filter { $0.findings.contains(finding) }.map(\.patient))
        #expect(owners.count >= PhantomSet.leastPatients, "\(finding) of \(images)")
      }
    }
  }

  @Test func commonFindingsComeInNIHsRatios() throws {
    let set = try PhantomSet(PhantomSet.Options(images: 20_000, patients: 6_000, size: 32))
    let none = set.entries.filter { $0.findings.isEmpty }.count
    #expect(abs(Double(none) / 20_000 - 0.539) < 0.02)
    try #require(Prevalence.films.count == LabelSet.nih14.count)
    for (k, finding) in LabelSet.nih14.enumerated() where Prevalence.films[k] > 4000 {
      let share = Double(set.entries.filter { $0.findings.contains(finding) }.count) / 20_000
      let expected = Double(Prevalence.films[k]) / 112_120
      #expect(abs(share / expected - 1) < 0.3, "\(finding): \(share), NIH \(expected)")
    }
  }

  /// What NIH's films have together, these have together too, if not quite as often: NIH's label file of 2020 has
  /// 747 films of 2,516 with emphysema where the lung has collapsed too, 340 of 2,303 with oedema and pneumonia.
  /// By chance it would be a twentieth and a sixtieth.
  @Test func findingsComeInNIHsCompany() throws {
    let set = try PhantomSet(PhantomSet.Options(images: 20_000, patients: 6_000, size: 32))
    for (finding, other, share) in [
      ("Emphysema", "Pneumothorax", 747.0 / 2516), ("Edema", "Pneumonia", 340.0 / 2303),
    ] {
      let films = set.entries.filter { $0.findings.contains(finding) }
      let both = films.count { $0.findings.contains(other) }
      let found = Double(both) / Double(films.count)
      #expect(
        found > share / 3 && found < share * 2, "\(finding), \(other): \(found), NIH \(share)")
    }
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let manager = FileManager.default
    let folder = try TemporaryFolder()
    let base = folder.path
    let before = Parallel.threads
    defer { Parallel.threads = before }
    let options = PhantomSet.Options(images: 168, patients: 24, size: 40, seed: 3)
    for (name, threads) in [("a", 1), ("b", 3)] {
      Parallel.threads = threads
      try PhantomSet(options).write(to: "\(base)/\(name)")
    }
    let files = try manager.subpathsOfDirectory(atPath: base + "/a").sorted()
    #expect(files.filter { $0.hasSuffix(".png") }.count == 168)
    for file in files where file.contains(".") {
      #expect(
        manager.contents(atPath: "\(base)/a/\(file)")
          == manager.contents(atPath: "\(base)/b/\(file)"), "\(file)")
    }
    let other = try PhantomSet(
      PhantomSet.Options(images: 168, patients: 24, size: 40, seed: 4))
    #expect(other.labelFile != (try PhantomSet(options)).labelFile)

    // The label file is one that our own reader takes, with NIH's eleven fields.
    let file = try LabelFile(path: base + "/a/Data_Entry_2017.csv")
    #expect(file.records.count == 168 && file.patients.count == 24 && file.notes.isEmpty)
    let boxes = try String(contentsOfFile: base + "/a/BBox_List_2017.csv", encoding: .utf8)
    #expect(boxes.hasPrefix("Image Index,Finding Label,Bbox [x,y,w,h],,,\n"))
    for line in boxes.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      try #require(fields.count >= 6, "\(line)")
      let numbers = fields[2..<6].compactMap { Float($0) }
      try #require(numbers.count == 4, "\(line)")
      #expect(numbers[0] >= 0 && numbers[0] + numbers[2] <= 1024.1, "\(line)")
      #expect(numbers[1] >= 0 && numbers[1] + numbers[3] <= 1024.1, "\(line)")
    }
    // On films of 1024 pixels, whatever the side of these: the same numbers as the film's own boxes say.
    let set = try PhantomSet(options)
    var expected: [String] = []
    for entry in set.entries {
      for box in set.film(entry).boxes {
        let label = box.finding == "Infiltration" ? "Infiltrate" : box.finding
        let numbers = [box.x, box.y, box.width, box.height].map {
          "\(($0 * 1024 / 40 * 100).rounded() / 100)"
        }
        expected.append("\(entry.name),\(label)," + numbers.joined(separator: ",") + ",,,")
      }
    }
    let lines = boxes.split(separator: "\n").dropFirst().map(String.init)
    #expect(!lines.isEmpty && lines == expected)
  }

  @Test func everyFindingChangesTheFilm() {
    let (patient, exposure) = (RandomStream(seed: 1), RandomStream(seed: 2))
    let plain = PhantomFilm(size: 96, findings: [], patient: patient, exposure: exposure)
    for finding in LabelSet.nih14 {
      let film = PhantomFilm(
        size: 96, findings: [finding], patient: patient, exposure: exposure)
      let changed = zip(film.film.pixels, plain.film.pixels).filter {
        abs(Int($0) - Int($1)) > 8
      }.count
      #expect(changed > 25, "\(finding) changes \(changed) pixels")
    }
  }

  @Test func refusesImpossibleWishes() {
    for options in [
      PhantomSet.Options(images: 800, patients: 3), PhantomSet.Options(images: 10, patients: 300),
      PhantomSet.Options(size: 0),
    ] {
      #expect(throws: PhantomError.self) { try PhantomSet(options) }
    }
    let error = #expect(throws: PhantomError.self) { try PhantomSet(PhantomSet.Options(size: 0)) }
    #expect(error?.description == "size 0: a film's side is from 32 to 8192 pixels")
    #expect(error?.invalidOption?.name == "size" && error?.invalidOption?.value == "0")
  }

  @Test func linksStandForFilmsOfTheirFindings() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path + "/set"
    let set = try PhantomSet(
      PhantomSet.Options(images: 200, patients: 60, size: 32, distinct: 20, seed: 3))
    try set.write(to: folder)
    let file = try LabelFile(path: folder + "/Data_Entry_2017.csv")
    let films = try FilmFolder(path: folder, names: file.records.map(\.name))
    // A film's boxes lie where its picture's signs do, under each of its names.
    let list = try String(contentsOfFile: folder + "/BBox_List_2017.csv", encoding: .utf8)
    var boxes: [String: [String]] = [:]
    for line in list.split(separator: "\n").dropFirst() {
      let parts = line.split(separator: ",", maxSplits: 1).map(String.init)
      try #require(parts.count == 2)
      boxes[parts[0], default: []].append(parts[1])
    }
    var boxesOf: [Int: Set<[String]>] = [:]
    var findings: [Int: Set<[String]>] = [:]
    for record in file.records {
      let path = try #require(films.path(of: record.name))
      let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
      findings[number ?? 0, default: []].insert(record.findings)
      boxesOf[number ?? 0, default: []].insert(boxes[record.name] ?? [])
    }
    try #require(file.records.count == 200 && findings.count == 20)
    #expect(findings.values.allSatisfy { $0.count == 1 })
    #expect(boxesOf.values.allSatisfy { $0.count == 1 } && boxesOf.values.contains { $0 != [[]] })
    let matrix = try LabelMatrix(file.records, labels: LabelSet.nih14)
    #expect(matrix.positives(in: Array(0..<200)).allSatisfy { $0 > 0 })
    #expect(throws: PhantomError.self) {
      try PhantomSet(PhantomSet.Options(images: 200, patients: 60, size: 32, distinct: 14))
    }
  }
}
