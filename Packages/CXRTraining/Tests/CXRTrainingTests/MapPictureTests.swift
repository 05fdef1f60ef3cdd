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
}
