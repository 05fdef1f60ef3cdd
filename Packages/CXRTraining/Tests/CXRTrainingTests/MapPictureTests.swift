import CXRReport
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct MapPictureTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func mapPictureIsOneFile() throws {
    let picture = MapPicture(
      title: "<Mass>", verdict: "yes & no", film: [0x89, 1], overlay: [0xFF, 2], size: (200, 100),
      stops: [ColourStop(red: 1, green: 2, blue: 3), ColourStop(red: 4, green: 5, blue: 6)],
      range: (-1.25, 2), notes: ["note"])
    try picture.write(to: folder.path + "/map.svg")
    let svg = try String(contentsOfFile: folder.path + "/map.svg", encoding: .utf8)
    #expect(outsideReferences(in: svg).isEmpty)
    #expect(svg.contains("&lt;Mass&gt;") && svg.contains("-1.25") && svg.contains("rgb(4,5,6)"))
    // The scale begins beside the film and is as wide as it; nought lies 1.25 of 3.25 along it.
    #expect(svg.contains("<path d=\"M286.92 ") && svg.contains("<text x=\"286.92\" "))
    #expect(svg.contains("<text x=\"210.00\" ") && svg.contains("<text x=\"410.00\" "))
    var positive = picture
    positive.range = (0.5, 2)
    #expect(!positive.svg.contains(">0</text>"))
    #expect(svg.contains("image/png;base64,iQE=") && svg.contains("image/jpeg;base64,/wI="))
    #expect(try XMLDocument(xmlString: svg).rootElement()?.name == "svg")
  }

  /// The film lies to the left, the film with the map to the right, and the scale below it runs from the least to the most.
  @Test func theMapIsBesideItsFilm() throws {
    let svg = MapPicture(
      title: "t", verdict: "v", film: [0x89, 1], overlay: [0xFF, 2], size: (200, 100),
      stops: (1...3).map { ColourStop(red: $0, green: 0, blue: 0) }, range: (-1.25, 2),
      notes: ["first", "second"]
    ).svg
    let pictures = svg.matches(of: /<image x="([0-9.]+)" .* href="data:image\/([a-z]+);/)
    // A margin of a fortieth of the longer side: 5, and 5 + 200 + 5.
    #expect(pictures.map { "\($0.output.1) \($0.output.2)" } == ["5.00 png", "210.00 jpeg"])
    let texts = svg.matches(of: /<text x="([0-9.]+)" .* text-anchor="([a-z]+)">([^<]*)<\/text>/)
      .map { "\($0.output.1) \($0.output.2) \($0.output.3)" }
    for text in ["210.00 start -1.25", "410.00 end 2.00", "310.00 middle log-odds"] {
      #expect(texts.contains(text), "\(texts)")
    }
    let places = ["5.00 start first", "5.00 start second"].compactMap { texts.firstIndex(of: $0) }
    #expect(places.count == 2 && places == places.sorted())
    let stops = svg.matches(of: /<stop offset="([0-9.]+)" stop-color="rgb\((\d),0,0\)"/)
    #expect(stops.map { "\($0.output.1) \($0.output.2)" } == ["0.00 1", "0.50 2", "1.00 3"])
  }
}
