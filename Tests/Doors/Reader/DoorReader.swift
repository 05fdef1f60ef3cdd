import CXREvaluation
import CXRFilms
import CXRData
import CXRTraining
import Foundation

/// Answers what `Tests/Doors/doors.py` asks, an object of JSON a line: what the libraries read from a file, or why they
/// refuse it.
@main
struct DoorReader {
  static func main() throws {
    while let line = readLine() {
      let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
      if let folder = request.from { _ = FileManager.default.changeCurrentDirectoryPath(folder) }
      var answer: [String: Any]
      do {
        answer = try request.answer()
      } catch {
        let remedies = (error as? any RemediedError)?.remedies ?? []
        answer = [
          "error": ["message": "\(error)", "remedies": remedies.map(\.json)] as [String: Any]
        ]
      }
      let text = try JSONSerialization.data(withJSONObject: answer, options: [.sortedKeys])
      print(String(decoding: text, as: UTF8.self))
      fflush(nil)
    }
  }
}

/// One question.
struct Request: Decodable {
  let ask: String
  let from: String?
  let file: String?
  let labels: [String]?
  let rename: [String: String]?
  let folder: String?
  let names: [String]?
  let drop: String?
  let ignoreExtensions: Bool?
  let train: String?
  let test: String?

  func answer() throws -> [String: Any] {
    let (file, labels, renames) = (file ?? "", labels ?? [], rename ?? [:])
    switch ask {
    case "labels":
      return try Self.films(LabelFile(path: file, vocabulary: labels, renames: renames), labels)
    case "films": return try films()
    case "scores":
      let table = try PredictionsFile(path: file, renames: renames)
      let values = try table.scores(of: table.names, labels: labels)
      return [
        "films": table.names.enumerated().map { n, name in
          [
            "name": name,
            "scores": Array(values[n * labels.count..<(n + 1) * labels.count].map { Double($0) }),
          ] as [String: Any]
        }
      ]
    case "split":
      let records = try LabelFile(path: file).records
      let split = try PatientSplit(
        records: records, trainList: train ?? "", testList: test ?? "", seed: 0)
      func names(_ parts: [Subset]) -> [String] {
        parts.flatMap { split.rows(of: $0, in: records) }.map { records[$0].name }.sorted()
      }
      return ["train": names([.train, .validation]), "test": names([.test])]
    case "boxes":
      let boxes = try BoxList(path: file).renaming(renames).boxes
      return [
        "boxes": boxes.sorted { $0.key < $1.key }.flatMap { film, findings in
          findings.sorted { $0.key < $1.key }.flatMap { finding, boxes in
            boxes.map { box in
              [
                "film": film, "finding": finding, "x": box.x * 1024, "y": box.y * 1024,
                "width": box.width * 1024, "height": box.height * 1024,
              ] as [String: Any]
            }
          }
        }
      ]
    case "exclusions": return ["names": try ExcludedFilms(auditFile: file).names.sorted()]
    case "list": return ["names": try FilmNameList(path: file).films.map(\.name)]
    default: throw DataError.invalidArgument("\(ask): no such question")
    }
  }

  private static func films(_ file: LabelFile, _ labels: [String]) throws -> [String: Any] {
    let matrix = try LabelMatrix(file, labels: labels)
    return [
      "films": file.records.enumerated().map { row, record in
        [
          "name": record.name, "patient": record.patient.description,
          "age": record.age.map { $0.years as Any } ?? NSNull(),
          "sex": record.sex.map { $0 as Any } ?? NSNull(),
          "view": record.view.map { $0 as Any } ?? NSNull(),
          "cells": matrix.row(FilmRow(row)).map { $0.isNaN ? NSNull() : Int($0) as Any },
        ] as [String: Any]
      },
      "said": file.notes.map(\.problem.description),
    ]
  }

  private func films() throws -> [String: Any] {
    let names = names ?? []
    let films = try FilmFolder(
      path: folder ?? "", names: names,
      rule: FilmNameRule(
        droppedFolders: drop ?? "", ignoresExtensions: ignoreExtensions ?? false))
    return [
      "paths": names.map { name in
        films.path(of: name).map {
          URL(fileURLWithPath: $0).resolvingSymlinksInPath().path as Any
        } ?? NSNull()
      },
      "leftOut": films.leftOutCount, "unlisted": films.unlisted.count,
      "hints": films.hints.filter { $0.remedies.count == 1 }.map { hint in
        var json = hint.remedies[0].json
        json["rows"] = hint.count
        return json
      },
    ]
  }
}

extension Remedy {
  var json: [String: Any] {
    var json: [String: Any] = ["option": option]
    if let value { json["value"] = value }
    if let replaced { json["insteadOf"] = replaced }
    return json
  }
}
