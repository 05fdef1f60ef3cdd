import CXREvaluation
import CXRImage
import Testing

@testable import CXRTraining

/// Boxes on films, pixel by pixel.
@Suite struct BoxFrameTests {
  /// Which pixels are white, black and untouched (grey), a row each.
  private func drawn(_ boxes: [BoxList.Box], side: Int = 10) -> [String] {
    let grey = ColourPicture(
      height: side, width: side, pixels: [UInt8](repeating: 90, count: side * side * 3))
    let framed = grey.framing(boxes)
    return (0..<side).map { y in
      String(
        (0..<side).map { x -> Character in
          let place = (y * side + x) * 3
          let pixel = Set(framed.pixels[place..<place + 3])
          return pixel == [255] ? "W" : pixel == [0] ? "b" : pixel == [90] ? "." : "?"
        })
    }
  }

  @Test func aFrameIsWhiteBetweenBlack() {
    #expect(
      drawn([BoxList.Box(x: 0.2, y: 0.3, width: 0.6, height: 0.5)]) == [
        "..........", "..........", ".bbbbbbbb.", ".bWWWWWWb.", ".bWbbbbWb.", ".bWb..bWb.",
        ".bWbbbbWb.", ".bWWWWWWb.", ".bbbbbbbb.", "..........",
      ])
    #expect(drawn([]) == [String](repeating: "..........", count: 10))
  }

  /// What lies outside is left out; a box smaller than a pixel is a pixel.
  @Test func edgesAndSpecksAreDrawn() {
    let whole = drawn([BoxList.Box(x: 0, y: 0, width: 1, height: 1)])
    #expect(whole[0] == "WWWWWWWWWW" && whole[1] == "WbbbbbbbbW" && whole[2] == "Wb......bW")
    let beyond = drawn([BoxList.Box(x: 0.8, y: -0.01, width: 0.5, height: 0.305)])
    #expect(beyond[0] == ".......bWW" && beyond[2] == ".......bWW" && beyond[3] == ".......bbb")
    let speck = drawn([BoxList.Box(x: 0.52, y: 0.52, width: 0.001, height: 0.001)])
    #expect(speck.joined().filter { $0 == "W" }.count == 1)
  }
}
