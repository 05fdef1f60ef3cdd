import CXRData
import CXRTestSupport
import Testing

/// Permutations and splits against NumPy's `RandomState` and scikit-learn's `train_test_split`.
@Suite struct SplitTests {
  private struct Cases: Decodable {
    struct Permutation: Decodable {
      let count: Int
      let seed: UInt32
      let permutation: [Int]
    }
    struct Split: Decodable {
      let count: Int
      let size: Double
      let seed: UInt32
      let train: [Int]
      let test: [Int]
    }
    let permutations: [Permutation]
    let splits: [Split]
  }

  @Test func permutationsEqualNumPy() throws {
    let cases = try Fixture.json("splits", as: Cases.self).permutations
    #expect(cases.count == 54)
    for item in cases {
      var generator = MersenneTwister(seed: item.seed)
      #expect(generator.permutation(item.count) == item.permutation, "\(item.count) \(item.seed)")
    }
  }

  @Test func splitsEqualScikitLearn() throws {
    for item in try Fixture.json("splits", as: Cases.self).splits {
      let (train, test) = try trainTestSplit(
        Array(0..<item.count), testFraction: item.size, seed: item.seed)
      #expect(train == item.train && test == item.test, "\(item.count) \(item.size)")
    }
  }

  /// scikit-learn's parts of a list of patients, which was split twice.
  private struct Parts: Decodable {
    struct Random: Decodable {
      let seed: UInt32
      let train: [String]
      let validation: [String]
      let test: [String]
    }
    struct Listed: Decodable {
      let seed: UInt32
      let train: [String]
      let validation: [String]
    }
    let patients: [String]
    let random: [Random]
    let listed: [Listed]
  }

  private func sorted(_ patients: [String]) -> [PatientID] {
    patients.compactMap { PatientID($0) }.sorted()
  }

  /// Two films a patient, of patients in the order of the list.
  private func file(_ patients: [String]) throws -> LabelFile {
    let rows = (0..<2 * patients.count).map {
      "\($0).png,Mass,\(patients[$0 % patients.count])\n"
    }
    return try LabelFile(
      contents: Array(("Image Index,Finding Labels,Patient ID\n" + rows.joined()).utf8),
      path: "t.csv")
  }

  @Test func eachPartEqualsScikitLearns() throws {
    let parts = try Fixture.json("patient_split", as: Parts.self)
    try #require(parts.random.count == 3 && parts.patients.count == 24)
    let file = try file(parts.patients)
    for item in parts.random {
      let split = try PatientSplit(patients: file.patients, seed: item.seed)
      #expect(split.kind == .random && split.seed == item.seed)
      for (subset, expected) in [
        (Subset.train, item.train), (.validation, item.validation), (.test, item.test),
      ] {
        #expect(split.patients(of: subset) == sorted(expected), "\(subset) of seed \(item.seed)")
        let films = parts.patients.indices.filter { expected.contains(parts.patients[$0]) }
        #expect(
          split.rows(of: subset, in: file.records).map(\.index)
            == films + films.map { $0 + parts.patients.count })
      }
      for patient in file.patients {
        let own = try #require(split.subset(of: patient))
        let lists = [Subset.train: item.train, .validation: item.validation, .test: item.test]
        #expect(lists[own]?.contains(patient.description) == true)
      }
    }
  }

  /// The same draw where lists say who trains and who tests.
  @Test func whoValidatesOfAListIsScikitLearnsChoice() throws {
    let parts = try Fixture.json("patient_split", as: Parts.self)
    try #require(parts.listed.count == 3)
    let tester = "1000"
    let file = try file(parts.patients + [tester])
    let folder = try TemporaryFolder()
    func list(_ name: String, _ isIn: (FilmRecord) -> Bool) throws -> String {
      try folder.write(file.records.filter(isIn).map { $0.name + "\n" }.joined(), to: name)
    }
    let training = try list("train.txt") { $0.patient.description != tester }
    let testing = try list("test.txt") { $0.patient.description == tester }
    for item in parts.listed {
      let split = try PatientSplit(
        records: file.records, trainList: training, testList: testing, seed: item.seed)
      #expect(split.patients(of: .train) == sorted(item.train), "seed \(item.seed)")
      #expect(split.patients(of: .validation) == sorted(item.validation), "seed \(item.seed)")
      #expect(split.patients(of: .test) == sorted([tester]))
    }
  }
}
