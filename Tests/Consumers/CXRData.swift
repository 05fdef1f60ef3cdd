import CXRData

let split = try PatientSplit(patients: (1...100).compactMap { PatientID("\($0)") }, seed: 0)
print(Subset.allCases.map { split.patients(of: $0).count })
