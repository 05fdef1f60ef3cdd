// A page of one's own: a table and pictures in one file that opens anywhere, in the dark and on a phone.
import CXRReport
import Foundation

var page = ReportPage(title: "My run", lead: "Four epochs on my own films.")
let losses = (training: [0.70, 0.52, 0.44, 0.38], validation: [0.72, 0.58, nil, 0.55])
page.heading("Training")
page.table(
  header: ["epoch", "training", "validation"],
  rows: (0..<4).map { epoch in
    let validation = losses.validation[epoch].map { "\($0)" } ?? "n/a"
    return ["\(epoch + 1)", "\(losses.training[epoch])", validation]
  })
do {
  try page.plot(
    x: [1, 2, 3, 4], series: ["training": losses.training, "validation": losses.validation],
    title: "Loss by epoch", xLabel: "epoch", yLabel: "binary cross-entropy")
  page.heading("On test films")
  try page.forest(
    categories: ["Mass", "Hernia"], estimates: [(0.81, 0.75, 0.86), (nil, nil, nil)],
    title: "Area under the ROC curve", valueLabel: "AUC", reference: 0.5)
} catch ReportError.gnuplotMissing {
  page.callout("Without gnuplot there are no pictures.")
}
try page.write(to: "page.html")
print(page.html.components(separatedBy: "<svg").count - 1, "pictures")
// It prints:
// 2 pictures
