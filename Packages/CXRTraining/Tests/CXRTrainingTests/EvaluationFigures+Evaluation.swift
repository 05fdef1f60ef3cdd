import CXREvaluation
import CXRFiles

@testable import CXRTraining

extension EvaluationFigures {
  /// Of an evaluation's models on its films.
  init(_ evaluation: Evaluation, options: Options = Options()) {
    self.init(evaluation.models, on: evaluation.films, options: options)
  }

  /// The document of an evaluation.
  func json(_ evaluation: Evaluation) -> JSONValue { evaluation.report(self).json() }

  /// All tables.
  func tables() -> [FigureTable] { EvaluationReport(self, part: "test").tables }
}

extension Evaluation {
  /// What a model says of the films, beside what is known of them.
  func answers(of model: ScoredModel) -> FilmAnswers {
    model.answers(films)
  }
}
