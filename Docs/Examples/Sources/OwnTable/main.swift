// A hospital's own table: described, read, split by patient, and its rare finding weighed.
import CXRData
import Foundation

let codes = ["", "effusion", "clear", "effusion;mass", "clear", "not done"]
let rows = (0..<240).map { "film\($0).png,\($0 / 3),\(codes[$0 % codes.count])" }
try (["file,mrn,codes"] + rows).joined(separator: "\n")
  .write(toFile: "hospital.csv", atomically: true, encoding: .utf8)

var hospital = CollectionDescription(
  name: "hospital", film: "file", patient: .column("mrn"),
  findings: .names(column: "codes", separator: ";"))
hospital.labels = ["Effusion", "Mass"]
hospital.renames = ["effusion": "Effusion", "mass": "Mass"]
hospital.noFinding = ["clear"]
hospital.unknown = ["not done"]
hospital.blank = .unknown

let file = try LabelFile(path: "hospital.csv", collection: hospital)
let split = try PatientSplit(patients: file.patients, seed: 0)
let matrix = try LabelMatrix(file, labels: hospital.labels)
for subset in Subset.allCases {
  let rows = split.rows(of: subset, in: file.records)
  print(
    subset, split.patients(of: subset).count, "patients,", rows.count, "films; with each label",
    matrix.positives(in: rows), "unknown", matrix.unknowns(in: rows))
}
let training = split.rows(of: .train, in: file.records)
for weight in ClassWeight.weights(of: matrix, rows: training) {
  print(weight.label, "counts", (weight.positive ?? 0) / (weight.negative ?? 1), "times as much")
}
// It prints:
// train 47 patients, 141 films; with each label [47, 26] unknown [47, 47]
// validation 17 patients, 51 films; with each label [17, 8] unknown [17, 17]
// test 16 patients, 48 films; with each label [16, 6] unknown [16, 16]
// Effusion counts 1.0 times as much
// Mass counts 2.6153846153846154 times as much
