// Scores from anywhere: area with interval, a threshold chosen on some patients and judged on others.
import CXRMetrics

// A hundred patients with two films each; one in five films has the finding, and those score higher.
let truths = (0..<200).map { $0 * 13 % 5 == 0 }
let scores = (0..<200).map { Double($0 * 71 % 100 + (truths[$0] ? 60 : 0)) / 160 }
let owners = (0..<200).map { $0 / 2 }

let chosenOn = Array(0..<100)
let judgedOn = Array(100..<200)
func part<Value>(_ values: [Value], _ films: [Int]) -> [Value] { films.map { values[$0] } }
let (judged, known) = (part(scores, judgedOn), part(truths, judgedOn))
let patients = PatientIndex(part(owners, judgedOn))

let spread = AreaSpread(scores: judged, labels: known, patients: patients)
print("AUC", Estimate(spread?.auc, spread?.interval()).text(digits: 3))

let rule = OperatingRule.sensitivity(0.9)
if let threshold = rule.threshold(
  scores: part(scores, chosenOn), labels: part(truths, chosenOn))
{
  let figures = OperatingFigures(
    scores: judged, labels: known, patients: patients, threshold: threshold)
  print("above", threshold, "found", figures.sensitivity.estimate.text(digits: 2))
  print("cleared", figures.specificity.estimate.text(digits: 2))
  let rare = Estimate(figures.ppv(prevalence: 0.01), figures.ppvInterval(prevalence: 0.01))
  print("where one in a hundred has it, share of alarms that are right", rare.text(digits: 2))
}
let curve = ReliabilityCurve(probabilities: judged, labels: known)
print("calibration error", ((curve.expectedError ?? 0) * 100).rounded() / 100)
print("always no is right", Double(known.count { !$0 }) / Double(known.count))
// It prints:
// AUC 0.910 (0.801 to 0.960)
// above 0.434375 found 0.90 (0.71 to 0.98)
// cleared 0.70 (0.59 to 0.80)
// where one in a hundred has it, share of alarms that are right 0.03 (0.02 to 0.04)
// calibration error 0.22
// always no is right 0.8
