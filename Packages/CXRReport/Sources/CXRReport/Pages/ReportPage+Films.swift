import Foundation

extension ReportPage {
  /// A film on a page: a PNG or JPEG file, or none, with a caption and a detail.
  public typealias ShownFilm = (picture: [UInt8]?, caption: String, detail: String)

  /// Adds films side by side; of a film without a picture the words alone.
  public mutating func contactSheet(_ films: [ShownFilm]) { add(films, kind: "films") }

  /// Adds rows of three films under a name each; of a film without a picture the words alone.
  public mutating func filmGrid(_ rows: [(name: String, films: [ShownFilm])]) {
    for row in rows {
      // On paper a name stays with its films.
      body += "<div class=\"row\"><h3>\(HTML.escaped(row.name))</h3>\n"
      add(row.films, kind: "films three")
      body += "</div>\n"
    }
  }

  private mutating func add(_ films: [ShownFilm], kind: String) {
    body += "<div class=\"\(kind)\">\n"
    for film in films {
      let (caption, detail) = (HTML.escaped(film.caption), HTML.escaped(film.detail))
      body += "<figure>"
      if let picture = film.picture {
        let data = Data(picture).base64EncodedString()
        let type = picture.first == 0xFF ? "jpeg" : "png"
        body += "<img alt=\"\(caption): \(detail)\" src=\"data:image/\(type);base64,\(data)\">"
      }
      body += "<figcaption>\(caption)<br><small>\(detail)</small></figcaption></figure>\n"
    }
    body += "</div>\n"
  }
}
