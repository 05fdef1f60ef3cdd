// A network of one's own through a whole run: trained, evaluated on other patients, asked about a film.
import CXREvaluation
import CXRFiles
import CXRFilms
import CXRPhantom
import CXRTraining

try PhantomSet(PhantomSet.Options(images: 120, patients: 60, size: 64)).write(to: "films")
let collection = FilmCollection.Options(
  labelFile: "films/Data_Entry_2017.csv", images: "films", labels: ["Effusion", "Infiltration"])
var options = TrainingOptions()
options.architectures = .standard.adding(TwoLayers.self)
options.architecture = try options.architectures.architecture("two-layers")
(options.preparation, options.epochs) = (FilmPreparation(imageSize: 32), 2)
let data = try TrainingData(collection, options: options, cacheFolder: "cache")
var trainer = try Trainer(
  data: data, options: options, folder: OutputFolder("run", for: .trainingRun))
print("epochs", try trainer.run().history.rows.count)

var judging = Evaluation.Options(checkpoints: ["run/best.npz"], collection: collection)
judging.architectures = options.architectures
let evaluation = try Evaluation(judging)
let figures = EvaluationFigures(evaluation.models, on: evaluation.films)
print(evaluation.labels, figures.models[0].ranking.auc.value == nil ? "no area" : "an area")

let predictor = try FilmPredictor(path: "run/best.npz", architectures: options.architectures)
let answer = try predictor.answers(films: ["films/images_001/images/00000001_000.png"])[0].get()
print(answer.findings.map(\.label), answer.findings.allSatisfy { (0...1).contains($0.probability) })
// It prints:
// epochs 2
// ["Effusion", "Infiltration"] an area
// ["Effusion", "Infiltration"] true
