import CXREvaluation

let films = JudgedFilms(
  labels: ["Mass"], truths: [true, false, nil, false], patients: ["1", "1", "2", "3"])
let model = ScoredModel("ours", scores: [0.9, 0.2, 0.4, 0.1])
let figures = EvaluationFigures([model], on: films)
let report = EvaluationReport(figures, part: "mine")
print(figures.models[0].ranking.auc.text(digits: 3), report.tables.map(\.name).count)
