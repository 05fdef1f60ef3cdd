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

    /// A rectangle.
    public init(x: Double, y: Double, width: Double, height: Double) {
      (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// Whether a place lies within, the edges included.
    public func contains(_ place: FilmPlace) -> Bool {
      (x...x + width).contains(place.x) && (y...y + height).contains(place.y)
    }
  }

  private let path: String
  /// Where each finding stands first.
  private var lines: [String: Int]
  /// The boxes by film and finding.
  public private(set) var boxes: [String: [String: [Box]]]
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

  /// Reads a file; a header is not needed.
  /// - Throws: `DataError` naming the line and what is wrong there.
  public init(path: String) throws {
    var boxes: [String: [String: [Box]]] = [:]
    var lines: [String: Int] = [:]
    var isFirst = true
    try Table(path: path).forEachRow(isFirst: { $0.names.count >= 6 }) { row in
      defer { isFirst = false }
      if isFirst, TableHeader.isName(row[0], "Image Index") {
        try Self.checkHeader((2..<max(6, min(row.count, 6))).map { row[$0] }, path: path)
        return
      }
      guard row.count >= 6 else {
        throw DataError.wrongFieldCount(
          path: path, line: row.line, expected: 6, found: row.count)
      }
      func number(_ column: Int, _ name: String, least: Double) throws -> Double {
        guard let value = row.number(column), value.isFinite, value >= least,
          value <= Self.side * 1.01
        else {
          throw DataError.invalidField(
            path: path, line: row.line, column: "\(name) of a box on \(Int(Self.side)) pixels",
            found: row[column])
        }
        return value / Self.side
      }
      guard let film = row.value(0), let name = row.value(1) else {
        throw DataError.invalidField(
          path: path, line: row.line, column: "film and finding of a box",
          found: row[0] + ", " + row[1])
      }
      let box = Box(
        x: try number(2, "x", least: -Self.side * 0.01),
        y: try number(3, "y", least: -Self.side * 0.01),
        width: try number(4, "width", least: .leastNormalMagnitude),
        height: try number(5, "height", least: .leastNormalMagnitude))
      let finding = name == "Infiltrate" ? "Infiltration" : name
      if lines[finding] == nil { lines[finding] = row.line }
      boxes[FilmName.normalised(film), default: [:]][finding, default: []].append(box)
    }
    guard !boxes.isEmpty else { throw DataError.noRows(path: path) }
    (self.boxes, self.path, self.lines) = (boxes, path, lines)
  }

  /// The same boxes with findings taken for others.
  public func renaming(_ renames: [String: String]) -> BoxList {
    var list = self
    list.boxes = boxes.mapValues { findings in
      Dictionary(findings.map { (renames[$0.key] ?? $0.key, $0.value) }, uniquingKeysWith: +)
    }
    list.lines = Dictionary(
      lines.map { (renames[$0.key] ?? $0.key, $0.value) }, uniquingKeysWith: min)
    return list
  }

  /// Checks that a header names x, y, width and height in this order, as NIH's `Bbox [x,y,w,h],,,` does, quoted or not.
  private static func checkHeader(_ names: [String], path: String) throws {
    let keys = names.map { name in
      name.lowercased().split { !$0.isLetter }.filter { $0 != "bbox" }.joined()
    }
    let fits: [Set<String>] = [["x"], ["y"], ["w", "width"], ["h", "height"]]
    guard keys == ["xywh", "", "", ""] || zip(keys, fits).allSatisfy({ $1.contains($0) }) else {
      throw DataError.missingColumn(
        path: path, column: "Bbox [x,y,w,h]", found: names,
        needed: "film, finding, x, y, width and height in this order, on a film of 1024 pixels")
    }
  }

  /// The findings that are none of `labels`, sorted: their boxes are not looked at.
  public func strangers(to labels: [String]) -> [String] {
    lines.keys.filter { !labels.contains($0) }.sorted()
  }

  /// Checks that no finding's name is almost one of `labels`, which would leave its boxes out.
  /// - Throws: `DataError.nearNames`.
  public func check(_ labels: [String]) throws {
    try DataError.checkNear(
      lines.sorted { $0.value < $1.value }.map { ($0.key, $0.value) }, labels: labels, path: path)
  }
}
