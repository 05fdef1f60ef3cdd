import CXRData
import CXREvaluation
import CXRFilms
import CXRMetrics
import Testing

@testable import CXRTraining

/// A network's films judged by patient: scores, thresholds and what is refused.
@Suite struct EvaluationUnitTests {
  @Test func aPatientsFilmsAreJudgedTogether() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try set.train("run")
    func options(_ unit: String, _ subset: Subset?) throws -> Evaluation.Options {
      var options = Evaluation.Options(
        checkpoints: [set.folder + "/run/best.npz"],
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: subset)
      options.unit = try #require(JudgementUnit(unit))
      return options
    }
    let films = try Evaluation(options("film", .test))
    for unit in ["patient", "patient=mean"] {
      let patients = try Evaluation(options(unit, .test))
      #expect(patients.rows == films.rows && patients.films.count == films.films.patientCount)
      // By hand: each patient has two films, one after the other.
      let (one, all) = (films.models[0].scores, patients.models[0].scores)
      try #require(one.count == 2 * all.count)
      for (place, score) in all.enumerated() {
        let (patient, label) = (place / 2, place % 2)
        let own = [one[4 * patient + label], one[4 * patient + 2 + label]]
        let expected = unit == "patient" ? max(own[0], own[1]) : (own[0] + own[1]) / 2
        #expect(score == expected, "\(unit)")
        let truths = [0, 2].map { films.films.truths[4 * patient + $0 + label] }
        #expect(patients.films.truths[place] == truths.contains(true))
      }
      // Thresholds are chosen on validation patients, and tables stay of films.
      let fit = try #require(patients.models[0].fit)
      #expect(fit.films == fit.patients && fit.operatingPoint == "youden")
      #expect(fit != films.models[0].fit && films.models[0].fit?.films == 2 * fit.films)
      #expect(patients.models[0].weightRatios == nil)
      #expect(patients.predictionsCSV(of: 0) == films.predictionsCSV(of: 0))
      #expect(patients.logitsCSV(of: 0) == films.logitsCSV(of: 0))
      let document = patients.report(EvaluationFigures(patients)).json().text
      #expect(document.contains("\"unit\": \"\(unit)\""))
      #expect(document.contains("\"units\": \(all.count / 2),\n  \"images\": \(one.count / 2),"))
    }

    // Among all films there are none to choose on: none is chosen, and that is said.
    let everything = try Evaluation(options("patient", nil))
    #expect(everything.models[0].fit == nil && everything.remarkOfThresholds != nil)
    #expect(films.remarkOfThresholds == nil)
    var chosen = try options("patient", nil)
    chosen.operatingRule = .youden
    #expect { try Evaluation(chosen) } throws: { "\($0)".contains("no validation films") }
    // NIH's label file names no studies.
    #expect { try Evaluation(options("study", .test)) } throws: {
      "\($0)".contains("labels.csv: of ") && "\($0)".contains("the study is not known")
    }
    for text in ["films", "film=mean", "study=largest", "patient=", "Patient", ""] {
      #expect(JudgementUnit(text) == nil, "\(text)")
    }
  }
}
