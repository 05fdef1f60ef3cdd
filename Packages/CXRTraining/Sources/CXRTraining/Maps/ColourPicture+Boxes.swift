import CXREvaluation
import CXRImage

extension ColourPicture {
  /// The picture with boxes drawn as white frames of one pixel, black within and without, so that they are seen on light and dark.
  ///
  /// What lies outside the picture is left out.
  func framing(_ boxes: [BoxList.Box]) -> ColourPicture {
    var framed = self
    for box in boxes {
      let (left, top) = (box.x * Double(width), box.y * Double(height))
      let (right, bottom) = (left + box.width * Double(width), top + box.height * Double(height))
      let corners = [left, top, right, bottom].map { Int($0.rounded()) }
      for (inset, level) in [(-1, 0), (1, 0), (0, 255)] as [(Int, UInt8)] {
        framed.frame(
          columns: corners[0] + inset...max(corners[0] + inset, corners[2] - 1 - inset),
          rows: corners[1] + inset...max(corners[1] + inset, corners[3] - 1 - inset), level: level)
      }
    }
    return framed
  }

  /// Draws a rectangle's edge.
  private mutating func frame(columns: ClosedRange<Int>, rows: ClosedRange<Int>, level: UInt8) {
    func paint(_ x: Int, _ y: Int) {
      guard (0..<width).contains(x), (0..<height).contains(y) else { return }
      let place = (y * width + x) * 3
      (pixels[place], pixels[place + 1], pixels[place + 2]) = (level, level, level)
    }
    for x in columns {
      paint(x, rows.lowerBound)
      paint(x, rows.upperBound)
    }
    for y in rows {
      paint(columns.lowerBound, y)
      paint(columns.upperBound, y)
    }
  }
}
