import CXRData
import CXRFiles

/// How many films have two findings, pair by pair.
public struct CoOccurrence: Sendable {
  /// The labels, in column order.
  public let labels: [String]
  /// Films with both labels, `[K][K]`, alike on both sides of the diagonal, which is films with the label.
  public let films: [[Int]]
  /// Films with the label of the row of which it is known whether they have the label of the column, `[K][K]`.
  public let known: [[Int]]

  /// Counts films in one pass: what is not known of a film counts neither as there nor as absent.
  public init(_ matrix: LabelMatrix, rows: [FilmRow]) {
    labels = matrix.labels
    let none = [[Int]](
      repeating: [Int](repeating: 0, count: labels.count), count: labels.count)
    var (films, known) = (none, none)
    var (present, doubtful): ([Int], [Int]) = ([], [])
    for row in rows {
      present.removeAll(keepingCapacity: true)
      doubtful.removeAll(keepingCapacity: true)
      for k in labels.indices {
        if matrix[row, k] {
          present.append(k)
        } else if !matrix.isKnown(row, k) {
          doubtful.append(k)
        }
      }
      for one in present {
        for other in present { films[one][other] += 1 }
        for other in labels.indices { known[one][other] += 1 }
        for other in doubtful { known[one][other] -= 1 }
      }
    }
    (self.films, self.known) = (films, known)
  }

  /// Of the films with the row's label, and of which the column's is known, those with both; undefined of none.
  public func share(_ row: Int, _ column: Int) -> Double? {
    known[row][column] > 0 ? Double(films[row][column]) / Double(known[row][column]) : nil
  }

  /// The text of `co_occurrence.csv`: a pair a line, in both orders; undefined numbers are empty.
  public var csv: String {
    CSVText.line(["label", "other", "images", "of", "share"])
      + labels.indices.flatMap { i in
        labels.indices.map { j in
          CSVText.line([
            labels[i], labels[j], "\(films[i][j])", "\(known[i][j])",
            share(i, j).map { "\($0)" } ?? "",
          ])
        }
      }.joined()
  }

  var json: JSONValue {
    .object(
      labels.indices.map { i in
        (labels[i], .object(labels.indices.map { (labels[$0], .integer(films[i][$0])) }))
      })
  }
}
