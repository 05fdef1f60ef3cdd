import CXRMetrics
import CXRParallel

/// Everything that needs no draws: the figures of each model, group of films and label, and what is asked of the draws.
struct JudgedCells {
  /// Models slowest, then all films and after them the groups, then labels.
  private let figures: [LabelFigures]
  /// In the same order.
  let questions: [PatientBootstrap.Question]
  private let parts: Int
  private let columns: Int

  init(_ models: [ScoredModel], _ films: JudgedFilms) {
    let answers = models.map { $0.answers(films) }
    let (columns, parts) = (films.labels.count, films.groups.count + 1)
    let cells = Parallel.map(models.count * parts * columns) { cell in
      let (m, part, k) = (cell / (parts * columns), cell / columns % parts, cell % columns)
      let known = answers[m].known(
        label: k, films: part == 0 ? nil : films.groups[part - 1].films)
      let figures = LabelFigures(
        known, name: films.labels[k], fit: models[m].fit?.labels[k],
        weightRatio: models[m].weightRatios?[k], isOfAll: part == 0)
      let question = PatientBootstrap.Question(
        scores: known.scores, labels: known.truths, patients: known.patients,
        wantsCurves: part == 0)
      return (figures, question)
    }
    (figures, questions) = (cells.map(\.0), cells.map(\.1))
    (self.parts, self.columns) = (parts, columns)
  }

  /// The places of a model's labels, on all films or on those of a group.
  private func places(_ model: Int, _ group: Int?) -> Range<Int> {
    let first = (model * parts + (group.map { $0 + 1 } ?? 0)) * columns
    return first..<first + columns
  }

  /// What the draws answered about them.
  func draws(
    _ model: Int, group: Int? = nil, of draws: [PatientBootstrap.Answer]
  ) -> [PatientBootstrap.Answer] {
    Array(draws[places(model, group)])
  }

  /// Their figures, with what the draws tell.
  func labels(
    _ model: Int, group: Int? = nil, draws: [PatientBootstrap.Answer]
  ) -> [LabelFigures] {
    places(model, group).map { place in
      var label = figures[place]
      label.ranking.complete(by: draws[place])
      return label
    }
  }

  /// A model, to be compared with others.
  func side(
    _ model: Int, named name: String, draws: [PatientBootstrap.Answer]
  ) -> ModelDifference.Side {
    let own = places(model, nil)
    return ModelDifference.Side(
      name: name, draws: own.map { draws[$0] }, half: own.map { figures[$0].points.half.calls },
      fitted: own.map { figures[$0].points.fitted?.calls })
  }
}

/// The yardsticks of models, each once.
struct Yardsticks {
  /// Which is whose.
  private let ofModel: [Int?]
  /// Yardsticks slowest, then labels.
  let questions: [PatientBootstrap.Question]
  private let columns: Int

  init(_ models: [ScoredModel], _ films: JudgedFilms) {
    var scores: [[Double]] = []
    ofModel = models.map { model in
      guard let own = model.baselineScores else { return nil }
      if let place = scores.firstIndex(of: own) { return place }
      scores.append(own)
      return scores.count - 1
    }
    columns = films.labels.count
    questions = scores.flatMap { scores in
      let answers = FilmAnswers(films: films, scores: scores)
      return films.labels.indices.map { k in
        let known = answers.known(label: k)
        return PatientBootstrap.Question(
          scores: known.scores, labels: known.truths, patients: known.patients)
      }
    }
  }

  /// The yardstick of a model, to be compared with it; `nil` where there is none.
  func side(
    _ model: Int, draws: ArraySlice<PatientBootstrap.Answer>
  ) -> ModelDifference.Side? {
    guard let place = ofModel[model] else { return nil }
    return ModelDifference.Side(
      name: YardstickFigures.name,
      draws: (0..<columns).map { draws[draws.startIndex + place * columns + $0] })
  }
}
