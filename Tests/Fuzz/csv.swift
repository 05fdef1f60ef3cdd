// Any bytes as a list of films and as a label file, of any collection that is one file: names and records, or a typed error.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    _ = try FilmNameList(contents: bytes, path: "list.txt")
  } catch let error as DataError {
    _ = error.description
  } catch {
    fatalError("an error of another kind: \(error)")
  }
  do {
    let file = try LabelFile(contents: bytes, path: "labels.csv")
    _ = NIHRevision(file.records)
    _ = try LabelMatrix(file, labels: LabelSet.nih14, uncertain: .ones)
    _ = try PatientSplit(patients: file.patients, seed: 0)
    for note in file.notes { _ = note.problem.description }
  } catch let error as DataError {
    _ = error.description
  } catch {
    fatalError("an error of another kind: \(error)")
  }
  for shape in CollectionDescription.builtIn.flatMap(\.shapes) where shape.tables.isEmpty {
    do {
      let file = try LabelFile(
        contents: bytes, path: "labels.csv", collection: shape,
        patients: shape.patient == nil ? .eachFilm : .labelFile)
      _ = try LabelMatrix(file, labels: shape.labels, uncertain: .zeros)
      _ = file.studyCount
    } catch let error as DataError {
      _ = error.description
      _ = error.remedies
    } catch {
      fatalError("an error of another kind: \(error)")
    }
  }
  return 0
}
