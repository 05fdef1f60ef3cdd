import CXRFiles
import Foundation

/// A self-contained page: no script, no outside reference, light or dark as the reader prefers.
public struct ReportPage: Sendable {
  private let title: String
  private let lead: String
  var body = ""
  /// Sections, for the contents.
  private var headings: [String] = []
  private var answer = ""
  /// Of the part that a reader opens by a click.
  private var summary = ""
  /// How often a part that scrolls has had a name.
  private var regions: [String: Int] = [:]
  /// How many pictures have been drawn for the page.
  var pictures = 0
  /// Why the page cannot be written, if it cannot: the first table with a row that is not as long as the header.
  public private(set) var problem: ReportError?

  /// An empty page.
  ///
  /// - Parameters:
  ///   - title: of the page and its first heading.
  ///   - lead: one paragraph below the title, and below what it answers.
  public init(title: String, lead: String) {
    (self.title, self.lead) = (title, lead)
  }

  /// Says the most important before anything else: questions and their answers, in a box below the title.
  public mutating func answer(_ lines: [(question: String, answer: String)]) {
    answer =
      "<dl class=\"answer\">\n"
      + lines.map {
        "<div><dt>\(HTML.escaped($0.question))</dt><dd>\(HTML.escaped($0.answer))</dd></div>\n"
      }.joined() + "</dl>\n"
  }

  /// Begins a section.
  public mutating func heading(_ text: String) {
    headings.append(text)
    body += "<h2 id=\"section-\(headings.count)\">\(HTML.escaped(text))</h2>\n"
  }

  private var contents: String {
    guard headings.count > 2 else { return "" }
    let items = headings.enumerated().map {
      "<li><a href=\"#section-\($0 + 1)\">\(HTML.escaped($1))</a></li>"
    }
    return "<nav aria-label=\"Contents\"><ul>\(items.joined())</ul></nav>\n"
  }

  /// Adds a paragraph.
  public mutating func paragraph(_ text: String) { body += "<p>\(HTML.escaped(text))</p>\n" }

  /// Adds a paragraph of the sentences that there are; without any, nothing.
  public mutating func sentences(_ sentences: [String?]) {
    let said = sentences.compactMap { $0 }
    if !said.isEmpty { paragraph(said.joined(separator: " ")) }
  }

  /// Adds a note that stands out.
  public mutating func callout(_ text: String) {
    body += "<p class=\"callout\">\(HTML.escaped(text))</p>\n"
  }

  /// Adds a table; the first column is text and names the row, the others are numbers.
  ///
  /// A table with a row of more or fewer cells than columns is not shown, because each of its numbers may stand in another's place:
  /// the page says so there, ``problem`` is ``ReportError/raggedTable(caption:row:cells:columns:)``, and ``write(to:)`` throws it.
  ///
  /// - Parameters:
  ///   - header: a column each.
  ///   - rows: of as many cells; an interval in brackets stands below its figure.
  ///   - caption: above it.
  ///   - faint: rows, by their place, that are written fainter, because little is known of them.
  public mutating func table(
    header: [String], rows: [[String]], caption: String? = nil, faint: Set<Int> = []
  ) {
    if let row = rows.firstIndex(where: { $0.count != header.count }) {
      let error = ReportError.raggedTable(
        caption: caption, row: row + 1, cells: rows[row].count, columns: header.count)
      problem = problem ?? error
      return callout("A table is left out. \(error)")
    }
    var table = "<table>"
    if let caption { table += "<caption>\(HTML.escaped(caption))</caption>" }
    table += "<thead><tr>"
    // A column without a name names nothing.
    table += header.map {
      $0.isEmpty ? "<td></td>" : "<th scope=\"col\">\(HTML.escaped($0))</th>"
    }.joined()
    table += "</tr></thead><tbody>\n"
    for (place, row) in rows.enumerated() {
      table += faint.contains(place) ? "<tr class=\"faint\">" : "<tr>"
      for (column, cell) in row.enumerated() {
        table += column == 0 ? "<th scope=\"row\">\(HTML.escaped(cell))</th>" : Self.cell(cell)
      }
      table += "</tr>\n"
    }
    scrolling(caption, table + "</tbody></table>")
  }

  /// A figure, and below it the interval that follows it in brackets.
  private static func cell(_ text: String) -> String {
    guard let match = text.wholeMatch(of: /([^ (]+) (\([^()]+ to [^()]+\))(.*)/) else {
      return "<td>\(HTML.escaped(text))</td>"
    }
    let (_, figure, interval, rest) = match.output
    return
      "<td>\(HTML.escaped(String(figure))) <small>\(HTML.escaped(String(interval)))</small>"
      + "\(HTML.escaped(String(rest)))</td>"
  }

  /// Adds a picture as SVG text.
  public mutating func figure(_ svg: String, caption: String) {
    body += "<figure>"
    scrolling(caption, SVGStyle.inline(svg))
    body += "<figcaption>\(HTML.escaped(caption))</figcaption></figure>\n"
  }

  /// Adds pictures of one kind side by side, as SVG texts, with what their colours mean.
  public mutating func figures(
    _ svgs: [String], legend: [(title: String, colour: String)], caption: String
  ) {
    body += "<figure><figcaption>\(HTML.escaped(caption))</figcaption>\n"
    if !legend.isEmpty {
      body +=
        "<ul class=\"legend\">"
        + legend.map {
          "<li><i style=\"background:\($0.colour)\"></i>\(HTML.escaped($0.title))</li>"
        }.joined() + "</ul>\n"
    }
    body +=
      "<div class=\"panels\">" + svgs.map { "<div>\(SVGStyle.inline($0))</div>" }.joined()
      + "</div></figure>\n"
  }

  /// Begins a part that a reader opens by a click; ``endDetails()`` ends it.
  public mutating func beginDetails(_ summary: String) {
    self.summary = summary
    body += "<details><summary>\(HTML.escaped(summary))</summary>\n"
  }

  /// Ends what ``beginDetails(_:)`` began.
  public mutating func endDetails() {
    summary = ""
    body += "</details>\n"
  }

  /// A part that may be wider than the page: it is reached by the keyboard, under a name that no other has.
  private mutating func scrolling(_ caption: String?, _ content: String) {
    let name = caption ?? ((headings.last ?? title) + (summary.isEmpty ? "" : ": \(summary)"))
    let count = regions[name, default: 0] + 1
    regions[name] = count
    let own = HTML.escaped(count == 1 ? name : "\(name) (\(count))")
    body +=
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(own)\">\(content)</div>\n"
  }

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
    scrolling(nil, "<pre>\(HTML.escaped(text))</pre>")
  }

  /// The page's text; where ``problem`` is one, it stands in place of the table.
  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(HTML.escaped(title))</title>
    <style>\(Self.style)</style></head>
    <body><main>
    <h1>\(HTML.escaped(title))</h1>
    \(answer)<p class="lead">\(HTML.escaped(lead))</p>
    \(contents)\(body)</main><footer>\(Self.notice)</footer>
    </body></html>

    """
  }

  /// Writes the page.
  /// - Throws: ``problem``, if there is one, before anything is written; `FileError`.
  public func write(to path: String) throws {
    if let problem { throw problem }
    try AtomicFile.write(html, to: path)
  }

  private static let notice =
    "Research software, not a medical device. Figures describe the films named here and no others."

  private static let style = """
    :root{--ink:#1d2127;--soft:#59616b;--paper:#fff;--line:#d5dae0;--tint:#eef3f8;--mark:#0072B2}
    @media(prefers-color-scheme:dark){:root{--ink:#dfe3e8;--soft:#9aa4af;--paper:#15181c;\
    --line:#343a41;--tint:#1e252d;--mark:#56B4E9}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);\
    font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main,footer{max-width:68rem;margin:0 auto;padding:0 1.2rem}main{padding-top:2rem}
    h1{font-size:1.7rem;line-height:1.25;margin:0 0 .6rem}
    h2{font-size:1.2rem;margin:2.2rem 0 .5rem;padding-top:.6rem;border-top:1px solid var(--line)}
    .answer{margin:0 0 1rem;padding:.8rem 1.1rem;background:var(--tint);border-left:4px solid var(--mark)}
    .answer div{display:grid;grid-template-columns:8.5rem 1fr;gap:.2rem 1rem}
    .answer div+div{margin-top:.45rem}.answer dt{color:var(--soft)}.answer dd{margin:0}
    nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.9rem}
    .lead{color:var(--soft);margin-top:0;font-size:.9rem}
    .callout{background:var(--tint);border-left:4px solid var(--mark);padding:.7rem 1rem}
    .scroll{overflow-x:auto;margin:1rem 0}:focus-visible{outline:2px solid var(--mark)}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;line-height:1.3}
    caption{text-align:left;color:var(--soft);padding-bottom:.3rem;white-space:normal;\
    position:sticky;left:0;max-width:calc(100vw - 3rem)}
    th,td{padding:.28rem .7rem .28rem 0;text-align:right;border-bottom:1px solid var(--line);\
    white-space:nowrap;vertical-align:top}
    th:first-child,td:first-child{text-align:left}tbody th{font-weight:normal}
    thead th{border-bottom:2px solid var(--ink);vertical-align:bottom;white-space:normal}
    table:not(:has(thead th)) :is(th,td){white-space:normal}
    td small{display:block;color:var(--soft);font-size:.82em}
    .faint,.faint small{color:var(--soft);font-style:italic}
    figure{margin:1.2rem 0}figcaption{color:var(--soft);font-size:.9rem}
    svg{max-width:100%;height:auto}pre{font-size:.85rem;line-height:1.35}
    .panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(13rem,46%),1fr));gap:.4rem}
    .panels svg{width:100%;height:auto}.scroll>svg{min-width:40rem}.scroll>svg[viewBox^="0 0 520 "]{min-width:27rem;max-width:36rem}
    .legend{list-style:none;margin:.3rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.9rem}
    .legend i{display:inline-block;width:1.4em;height:.25em;margin-right:.4em;vertical-align:middle}
    .films{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.8rem}
    .films figure{margin:0}.films img{width:100%;background:#000;image-rendering:auto}
    footer{margin-top:3rem;padding-top:.8rem;padding-bottom:3rem;border-top:1px solid var(--line);color:var(--soft);\
    font-size:.9rem}
    .films.three{grid-template-columns:repeat(3,1fr)}h3{font-size:1rem;margin:1.1rem 0 .3rem}
    details{margin:1rem 0}summary{cursor:pointer;color:var(--mark)}a{color:var(--mark)}
    .bar{display:flex;gap:.6rem;align-items:center;color:var(--soft);font-size:.9rem}
    .bar i{flex:0 1 14rem;height:.8rem;border:1px solid var(--line)}
    @media(max-width:40rem){th:first-child,td:first-child{position:sticky;left:0;max-width:45vw;background:var(--paper);\
    white-space:normal;overflow-wrap:break-word}.films.three{grid-template-columns:1fr}.answer div{grid-template-columns:1fr}main,footer{padding-left:.8rem;padding-right:.8rem}}
    @media print{@page{margin:12mm}body{font-size:9pt;line-height:1.4}figcaption,.lead,.legend,.bar{font-size:1em}\
    .legend i,.bar i{print-color-adjust:exact;-webkit-print-color-adjust:exact}main,footer{max-width:none;padding-left:0;padding-right:0}nav{display:none}\
    .scroll{overflow:visible}table{font-size:.78em;width:100%}pre{font-size:.68em}\
    th,td{padding:.12rem .35em .12rem 0;white-space:normal}\
    th:first-child,td:first-child{position:static;max-width:none}table:has(td:nth-child(9)) :is(th,td){padding-right:.6em}\
    table:has(td:nth-child(9)) td:nth-child(2){white-space:nowrap}caption{position:static}td small{white-space:nowrap}\
    summary{list-style:none;color:inherit}details:not([open]):not(:has(.films)),h2:has(+details:not([open])){display:none}\
    details:has(.films)::details-content{content-visibility:visible;display:block}\
    .scroll>svg{display:block;margin:0 auto;max-height:12cm;min-width:0}\
    .films figcaption{font-size:6.5pt;line-height:1.15}.films{gap:.3rem}p{margin:.5em 0}\
    h2{break-after:avoid;margin-top:1.2rem}figure,tr,.panels>div{break-inside:avoid}\
    figure:has(.panels){break-inside:auto}caption,figcaption,.legend,summary{break-after:avoid}\
    thead{display:table-header-group}footer{display:none}.lead::after{content:" \(notice)"}.row{display:inline-block;width:100%}\
    .panels{grid-template-columns:repeat(5,1fr)}.panels text{font-size:16px}.films{grid-template-columns:repeat(4,1fr)}\
    .films.three{grid-template-columns:repeat(3,1fr)}h3{margin:.4em 0 .1em;font-size:1em}}
    """
}
