import CXRParallel
import CXRData
import CXRImage
import CXRTestSupport
import Foundation
import Testing

@testable import CXRPhantom

/// What the phantom's pages promise: NIH's counts and shape, signs in their boxes, and bounds.
@Suite struct PhantomShapeTests {
  /// The counts of Data_Entry_2017_v2020.csv, which must agree with one another.
  @Test func prevalenceIsNIHs() throws {
    let films = [
      "Atelectasis": 11_559, "Cardiomegaly": 2776, "Consolidation": 4667, "Edema": 2303,
      "Effusion": 13_317, "Emphysema": 2516, "Fibrosis": 1686, "Hernia": 227,
      "Infiltration": 19_894, "Mass": 5782, "Nodule": 6331, "Pleural_Thickening": 3385,
      "Pneumonia": 1431, "Pneumothorax": 5302,
    ]
    #expect(Prevalence.films == LabelSet.nih14.map { films[$0] ?? 0 })
    let counts = Prevalence.findingsPerFilm
    #expect(counts.reduce(0, +) == 112_120 && counts.first == 60_361)
    // A film of k findings counts k times among findings, and k(k − 1)/2 times among pairs.
    let findings = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
    #expect(findings == Prevalence.films.reduce(0, +))
    let pairs = counts.enumerated().reduce(0) {
      $0 + $1.offset * ($1.offset - 1) / 2 * $1.element
    }
    var found = 0
    for i in 0..<14 {
      for j in i + 1..<14 {
        found += Prevalence.together(i, j)
        #expect(Prevalence.together(i, j) == Prevalence.together(j, i))
      }
      #expect(Prevalence.together(i, i) == Prevalence.films[i])
    }
    #expect(found == pairs)
    // Infiltration and Effusion are the commonest pair, as in NIH's set.
    let (infiltration, effusion) = (
      try #require(LabelSet.nih14.firstIndex(of: "Infiltration")),
      try #require(LabelSet.nih14.firstIndex(of: "Effusion"))
    )
    #expect(Prevalence.together(infiltration, effusion) == 4000)
  }

  /// What a sign changes lies in its boxes; signs that are spread over the film have none.
  @Test(arguments: [UInt64(1), 2, 3, 4]) func signsLieInTheirBoxes(seed: UInt64) throws {
    let (patient, exposure) = (RandomStream(seed: seed), RandomStream(seed: 100 + seed))
    let size = 160
    let plain = PhantomFilm(size: size, findings: [], patient: patient, exposure: exposure)
    #expect(plain.boxes.isEmpty)
    for finding in LabelSet.nih14 {
      let drawn = PhantomFilm(
        size: size, findings: [finding], patient: patient, exposure: exposure)
      if ["Edema", "Emphysema", "Fibrosis"].contains(finding) {
        #expect(drawn.boxes.isEmpty, "\(finding)")
        continue
      }
      #expect(
        !drawn.boxes.isEmpty && drawn.boxes.count <= (finding == "Nodule" ? 3 : 1), "\(finding)")
      #expect(drawn.boxes.allSatisfy { $0.finding == finding })
      var (inside, all) = (0, 0)
      for (place, pair) in zip(drawn.film.pixels, plain.film.pixels).enumerated() {
        let change = abs(Int(pair.0) - Int(pair.1))
        let (x, y) = (Float(place % size) + 0.5, Float(place / size) + 0.5)
        all += change
        // A pixel at the border may be cut by it.
        if drawn.boxes.contains(where: {
          x > $0.x - 2 && x < $0.x + $0.width + 2 && y > $0.y - 2 && y < $0.y + $0.height + 2
        }) {
          inside += change
        }
      }
      #expect(Double(inside) > 0.85 * Double(all), "\(finding): \(inside) of \(all)")
      // A box is about its sign, not about the film.
      let area = drawn.boxes.reduce(0) { $0 + $1.width * $1.height }
      #expect(area < 0.3 * Float(size * size), "\(finding): \(area)")
    }
  }

  /// The label file in NIH's shape: nine names, eleven fields, and the film's own size.
  @Test func theLabelFileHasNIHsFields() throws {
    let set = try PhantomSet(
      PhantomSet.Options(images: 180, patients: 60, size: 48, format: .jpeg, seed: 2))
    let lines = set.labelFile.split(separator: "\n")
    try #require(lines.count == 181)
    #expect(
      lines[0]
        == "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
    )
    var seen: [String: Int] = [:]
    var sexes: [String: Set<Substring>] = [:]
    for (line, entry) in zip(lines.dropFirst(), set.entries) {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      try #require(fields.count == 11, "\(line)")
      // NIH's names: the patient in eight digits, the follow-up in three.
      let (patient, followUp) = (String(fields[3]), String(fields[2]))
      let zeros = String(repeating: "0", count: 8 - patient.count)
      let more = String(repeating: "0", count: 3 - followUp.count)
      #expect(fields[0] == "\(zeros)\(patient)_\(more)\(followUp).jpg")
      #expect(Int(followUp) == seen[patient, default: 0])
      seen[patient, default: 0] += 1
      sexes[patient, default: []].insert(fields[5])
      let findings = fields[1].split(separator: "|").map(String.init)
      #expect(findings == (entry.findings.isEmpty ? ["No Finding"] : entry.findings))
      #expect((0...120).contains(try #require(Int(fields[4]))))
      #expect(["M", "F"].contains(fields[5]) && ["PA", "AP"].contains(fields[6]))
      #expect(fields[7...8] == ["48", "48"] && fields[9...10] == ["0.143", "0.143"])
    }
    #expect(seen.count == 60 && seen.keys.allSatisfy { (1...60).contains(Int($0) ?? 0) })
    #expect(sexes.values.allSatisfy { $0.count == 1 } && Set(sexes.values).count == 2)
  }

  /// Films lie where NIH's archives have them, in the format that is asked for.
  @Test func filmsLieAsInNIHsArchives() throws {
    let folder = try TemporaryFolder()
    for (format, ending, name) in [
      (PhantomSet.Format.png, "png", FilmFormat.png), (.jpeg, "jpg", .jpeg),
    ] {
      let output = "\(folder.path)/\(ending)"
      let set = try PhantomSet(
        PhantomSet.Options(images: 168, patients: 24, size: 32, format: format))
      try set.write(to: output)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: output).sorted() == [
          "BBox_List_2017.csv", "Data_Entry_2017.csv", "images_001",
        ])
      let films = try FileManager.default.contentsOfDirectory(atPath: output + "/images_001/images")
      #expect(films.sorted() == set.entries.map(\.name).sorted() && films.count == 168)
      let entry = try #require(set.entries.last)
      let bytes = try filmBytes(path: "\(output)/images_001/images/\(entry.name)")
      let header = try #require(FilmHeader(bytes))
      #expect(header.format == name && entry.name.hasSuffix("." + ending))
      #expect(header.width == 32 && header.height == 32 && header.colour == .grey)
      // What is written is what is drawn.
      let (film, drawn) = (try GreyFilm(encoded: bytes), set.film(entry).film)
      let worst = zip(film.pixels, drawn.pixels).reduce(0) {
        max($0, abs(Int($1.0) - Int($1.1)))
      }
      #expect(format == .png ? worst == 0 : worst < 60, "\(worst)")
    }
  }

  /// Anatomy differs by patient, and pose, exposure and grain by film.
  @Test func patientsAndFilmsDiffer() throws {
    let set = try PhantomSet(PhantomSet.Options(images: 200, patients: 30, size: 32))
    let films = set.entries.filter { $0.patient <= 6 }.map { set.film($0).film.pixels }
    #expect(Set(films).count == films.count)
    let one = RandomStream(seed: 1)
    let (a, b) = (RandomStream(seed: 2), RandomStream(seed: 3))
    func film(_ patient: RandomStream, _ exposure: RandomStream) -> [UInt8] {
      PhantomFilm(size: 48, findings: [], patient: patient, exposure: exposure).film.pixels
    }
    #expect(film(one, a) == film(one, a))
    #expect(film(one, a) != film(one, b) && film(one, a) != film(b, a))
  }

  /// Bounds of what may be asked for; what is within is taken.
  @Test func optionsAreTakenWithinTheirBounds() throws {
    let options = PhantomSet.Options()
    #expect(options.images == 800 && options.patients == 300 && options.size == 1024)
    #expect(options.format == .png && options.distinct == nil && options.seed == 0)
    #expect(PhantomSet.leastPatients == 12)
    for (taken, refused, word) in [
      (
        PhantomSet.Options(images: 24, patients: 24), PhantomSet.Options(images: 24, patients: 23),
        "patients 23: at least 24 are needed"
      ),
      (
        PhantomSet.Options(images: 40, patients: 40), PhantomSet.Options(images: 39, patients: 40),
        "images 39: at least 40 are needed"
      ),
      (PhantomSet.Options(size: 32), PhantomSet.Options(size: 31), "size 31"),
      (PhantomSet.Options(size: 8192), PhantomSet.Options(size: 8193), "size 8193"),
      (
        PhantomSet.Options(images: 1_000_000), PhantomSet.Options(images: 1_000_001),
        "images 1000001: at most a million films"
      ),
      (PhantomSet.Options(distinct: 15), PhantomSet.Options(distinct: 14), "distinct 14"),
      (PhantomSet.Options(distinct: 800), PhantomSet.Options(distinct: 801), "distinct 801"),
    ] {
      #expect(throws: Never.self) { try taken.validate() }
      do {
        try refused.validate()
        Issue.record("\(word) was taken")
      } catch {
        #expect("\(error)".contains(word), "\(error)")
      }
    }
  }
}
