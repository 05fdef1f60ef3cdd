import CXRData

/// Where radiologists, or a phantom, drew findings: NIH's `BBox_List_2017.csv`.
///
/// Rows are read by position, as the header's `Bbox [x,y,w,h],,,` names too few columns: film, finding, and x, y,
/// width and height on a film of 1024 × 1024 pixels. The file writes Infiltration as `Infiltrate`.
public struct BoxList: Sendable {
  /// A rectangle, in shares of the film's width and height.
  public struct Box: Sendable, Equatable {
    /// Of the left edge.
    public let x: Double
    /// Of the upper edge.
    public let y: Double
    /// Of the film's width.
    public let width: Double
    /// Of the film's height.
    public let height: Double

    /// Whether a place lies within, the edges included.
    public func contains(_ place: FindingMap.Place) -> Bool {
      (x...x + width).contains(place.x) && (y...y + height).contains(place.y)
    }
  }

  /// The boxes by film and finding.
  public let boxes: [String: [String: [Box]]]
  /// Whether all boxes lie in the upper left quarter, as of coordinates on a smaller film than they should be of.
  public var isSuspiciouslySmall: Bool {
    boxes.values.allSatisfy { findings in
      findings.values.allSatisfy {
        $0.allSatisfy { $0.x + $0.width <= 0.5 && $0.y + $0.height <= 0.5 }
      }
    }
  }

  /// How many films have boxes, a finding at a time.
  public var count: Int { boxes.values.reduce(0) { $0 + $1.count } }

  /// The side of the films on which the coordinates are given, in pixels.
  static let side = 1024.0

  /// Reads a file.
  /// - Throws: `DataError` naming the line and what is wrong there.
  public init(path: String) throws {
    var boxes: [String: [String: [Box]]] = [:]
    var isHeader = true
    try CSVReader.forEachRecord(ofFile: path) { record in
      defer { isHeader = false }
      if isHeader, record[0] == "Image Index" { return }
      guard record.count >= 6 else {
        throw DataError.wrongFieldCount(
          path: path, line: record.line, expected: 6, found: record.count)
      }
      func number(_ column: Int, _ name: String, least: Double) throws -> Double {
        guard let value = Double(record[column]), value.isFinite, value >= least,
          value <= Self.side * 1.01
        else {
          throw DataError.invalidField(
            path: path, line: record.line, column: "\(name) of a box on \(Int(Self.side)) pixels",
            found: record[column])
        }
        return value / Self.side
      }
      let box = Box(
        x: try number(2, "x", least: -Self.side * 0.01),
        y: try number(3, "y", least: -Self.side * 0.01),
        width: try number(4, "width", least: .leastNormalMagnitude),
        height: try number(5, "height", least: .leastNormalMagnitude))
      let finding = record[1] == "Infiltrate" ? "Infiltration" : record[1]
      boxes[record[0], default: [:]][finding, default: []].append(box)
    }
    guard !boxes.isEmpty else { throw DataError.noRows(path: path) }
    self.boxes = boxes
  }
}
