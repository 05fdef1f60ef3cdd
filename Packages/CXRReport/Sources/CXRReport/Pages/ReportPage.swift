import CXRFiles
import Foundation

/// A self-contained page: no script, no outside reference, light or dark as the reader prefers.
public struct ReportPage: Sendable {
  private let title: String
  private var body = ""

  /// An empty page.
  ///
  /// - Parameters:
  ///   - title: of the page and its first heading.
  ///   - lead: one paragraph below the title.
  public init(title: String, lead: String) {
    self.title = title
    body = "<h1>\(HTML.escaped(title))</h1>\n<p class=\"lead\">\(HTML.escaped(lead))</p>\n"
  }

  /// Begins a section.
  public mutating func heading(_ text: String) { body += "<h2>\(HTML.escaped(text))</h2>\n" }

  /// Adds a paragraph.
  public mutating func paragraph(_ text: String) { body += "<p>\(HTML.escaped(text))</p>\n" }

  /// Adds a note that stands out.
  public mutating func callout(_ text: String) {
    body += "<p class=\"callout\">\(HTML.escaped(text))</p>\n"
  }

  /// Adds a table; the first column is text, the others are numbers.
  public mutating func table(header: [String], rows: [[String]], caption: String? = nil) {
    body += "<div class=\"scroll\"><table>"
    if let caption { body += "<caption>\(HTML.escaped(caption))</caption>" }
    body += "<thead><tr>" + header.map { "<th>\(HTML.escaped($0))</th>" }.joined()
    body += "</tr></thead><tbody>\n"
    for row in rows {
      body += "<tr>" + row.map { "<td>\(HTML.escaped($0))</td>" }.joined() + "</tr>\n"
    }
    body += "</tbody></table></div>\n"
  }

  /// Adds a picture as SVG text.
  public mutating func figure(_ svg: String, caption: String) {
    body +=
      "<figure>\(SVGStyle.inline(svg))<figcaption>\(HTML.escaped(caption))</figcaption></figure>\n"
  }

  /// Begins a part that a reader opens by a click; ``endDetails()`` ends it.
  public mutating func beginDetails(_ summary: String) {
    body += "<details><summary>\(HTML.escaped(summary))</summary>\n"
  }

  /// Ends what ``beginDetails(_:)`` began.
  public mutating func endDetails() { body += "</details>\n" }

  /// Adds names of files beside the page, as links.
  public mutating func links(_ intro: String, files: [String]) {
    body +=
      "<p>\(HTML.escaped(intro)) "
      + files.map { "<a href=\"\(HTML.escaped($0))\">\(HTML.escaped($0))</a>" }
      .joined(separator: ", ") + ".</p>\n"
  }

  /// Adds a bar of colours from `low` to `high`.
  public mutating func colourBar(_ stops: [ColourStop], low: String, high: String) {
    let gradient = stops.map(\.css).joined(separator: ",")
    body +=
      "<p class=\"bar\"><span>\(HTML.escaped(low))</span><i style=\"background:linear-gradient(90deg,"
      + "\(gradient))\"></i><span>\(HTML.escaped(high))</span></p>\n"
  }

  /// Adds text in equal widths.
  public mutating func preformatted(_ text: String) {
    body += "<div class=\"scroll\"><pre>\(HTML.escaped(text))</pre></div>\n"
  }

  /// Adds films side by side, each a PNG or JPEG file with a caption; of a film without a picture the words alone.
  ///
  /// - Parameters:
  ///   - films: each a PNG or JPEG file, or none, with a caption and a detail.
  ///   - wide: whether the pictures are twice as wide as high.
  public mutating func contactSheet(
    _ films: [(picture: [UInt8]?, caption: String, detail: String)], wide: Bool = false
  ) {
    body += "<div class=\"films\(wide ? " wide" : "")\">\n"
    for film in films {
      body += "<figure>"
      if let picture = film.picture {
        let data = Data(picture).base64EncodedString()
        let type = picture.first == 0xFF ? "jpeg" : "png"
        body +=
          "<img alt=\"\(HTML.escaped(film.caption)): \(HTML.escaped(film.detail))\" "
          + "src=\"data:image/\(type);base64,\(data)\">"
      }
      body +=
        "<figcaption>\(HTML.escaped(film.caption))<br><small>\(HTML.escaped(film.detail))</small></figcaption></figure>\n"
    }
    body += "</div>\n"
  }

  /// The page's text.
  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(HTML.escaped(title))</title>
    <style>\(Self.style)</style></head>
    <body><main>
    \(body)<footer>Research software, not a medical device. Figures describe the films named here and
    no others.</footer>
    </main></body></html>

    """
  }

  /// Writes the page.
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    try AtomicFile.write(html, to: path)
  }

  private static let style = """
    :root{--ink:#1d2127;--soft:#59616b;--paper:#fff;--line:#d5dae0;--tint:#eef3f8;--mark:#0072B2}
    @media(prefers-color-scheme:dark){:root{--ink:#dfe3e8;--soft:#9aa4af;--paper:#15181c;\
    --line:#343a41;--tint:#1e252d;--mark:#56B4E9}}
    body{margin:0;background:var(--paper);color:var(--ink);\
    font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main{max-width:68rem;margin:0 auto;padding:2rem 1.2rem 3rem}
    h1{font-size:1.7rem;line-height:1.25;margin:0 0 .4rem}
    h2{font-size:1.2rem;margin:2.2rem 0 .5rem;padding-top:.6rem;border-top:1px solid var(--line)}
    .lead{color:var(--soft);margin-top:0}
    .callout{background:var(--tint);border-left:4px solid var(--mark);padding:.7rem 1rem}
    .scroll{overflow-x:auto;margin:1rem 0}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--soft);padding-bottom:.3rem}
    th,td{padding:.28rem .7rem .28rem 0;text-align:right;border-bottom:1px solid var(--line);\
    white-space:nowrap}
    th:first-child,td:first-child{text-align:left}th{white-space:normal}caption{white-space:normal;position:sticky;left:0;max-width:calc(100vw - 3rem)}
    thead th{border-bottom:2px solid var(--ink);vertical-align:bottom}
    figure{margin:1.2rem 0}figcaption{color:var(--soft);font-size:.9rem}
    svg{max-width:100%;height:auto}pre{font-size:.85rem;line-height:1.35}
    .films{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.8rem}
    .films figure{margin:0}.films img{width:100%;background:#000;image-rendering:auto}
    footer{margin-top:3rem;padding-top:.8rem;border-top:1px solid var(--line);color:var(--soft);\
    font-size:.9rem}
    .films.wide{grid-template-columns:repeat(auto-fill,minmax(17rem,1fr))}
    details{margin:1rem 0}summary{cursor:pointer;color:var(--mark)}a{color:var(--mark)}
    .bar{display:flex;gap:.6rem;align-items:center;color:var(--soft);font-size:.9rem}
    .bar i{flex:0 1 14rem;height:.8rem;border:1px solid var(--line)}
    @media print{.scroll{overflow:visible}table{font-size:.66em}\
    td,th{padding-left:.3em;padding-right:.3em;white-space:normal}\
    details::details-content{content-visibility:visible;display:block}\
    main{max-width:none}h2{break-after:avoid}figure,table{break-inside:avoid}}
    """
}
