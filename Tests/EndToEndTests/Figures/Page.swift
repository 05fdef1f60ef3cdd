import Foundation

/// What a reader sees of a page of ``CXRReport``: its tables, sentences, pictures and captions in
/// order.
struct Page: Sendable {
  struct Table: Sendable {
    /// The section it stands in.
    let heading: String
    /// Of the part that a click opens; empty outside.
    let summary: String
    let caption: String
    let cells: TextTable
  }

  struct Picture: Sendable {
    let heading: String
    let caption: String
    /// What it shows, for readers who cannot see it.
    let title: String
    /// All that is written in it.
    let texts: [String]
  }

  struct Film: Sendable {
    let summary: String
    /// The name of the row it stands in; empty where there are none.
    let row: String
    let caption: String
    let detail: String
  }

  private(set) var title = ""
  private(set) var lead = ""
  private(set) var answers: [String] = []
  private(set) var callouts: [String] = []
  /// What colours mean in pictures side by side, by their caption.
  private(set) var legends: [String: [String]] = [:]
  private(set) var paragraphs: [String] = []
  private(set) var tables: [Table] = []
  private(set) var pictures: [Picture] = []
  private(set) var films: [Film] = []
  private(set) var preformatted: [(summary: String, text: String)] = []
  private(set) var links: [String] = []

  init(path: String) throws { self.init(html: try String(contentsOfFile: path, encoding: .utf8)) }

  init(html: String) {
    var (heading, summary, row) = ("", "", "")
    let pattern =
      /(?s)<(h1|h2|h3|p|dd|summary|table|figure|pre)((?:\s[^>]*)?)>(.*?)<\/\1>|<(\/details)>/
    for match in html.matches(of: pattern) {
      guard let tag = match.output.1, let inner = match.output.3 else {
        summary = ""
        continue
      }
      let (text, attributes) = (Self.plain(inner), match.output.2 ?? "")
      switch tag {
      case "h1": title = text
      case "h2": (heading, row) = (text, "")
      case "h3": row = text
      case "dd": answers.append(text)
      case "summary": summary = text
      case "pre": preformatted.append((summary, text))
      case "table":
        tables.append(
          Table(
            heading: heading, summary: summary,
            caption: Self.all("caption", in: inner).first ?? "", cells: Self.cells(of: inner)))
      case "figure":
        let caption = Self.all("figcaption", in: inner, joint: "\n").first ?? ""
        if inner.contains("<svg") {
          for svg in inner.components(separatedBy: "<svg").dropFirst() {
            pictures.append(
              Picture(
                heading: heading, caption: caption,
                title: Self.all("title", in: svg[...]).first ?? "",
                texts: Self.all("text", in: svg[...])))
          }
          legends[caption] = Self.all("li", in: inner)
        } else {
          let lines = caption.split(separator: "\n", maxSplits: 1).map(String.init)
          films.append(
            Film(
              summary: summary, row: row, caption: lines.first ?? "",
              detail: lines.count > 1 ? lines[1] : ""))
        }
      default:
        if attributes.contains("lead") {
          lead = text
        } else if attributes.contains("callout") {
          callouts.append(text)
        } else if inner.contains("<a href") {
          links += Self.all("a", in: inner)
        } else {
          paragraphs.append(text)
        }
      }
    }
  }

  /// The tables with this caption, or of this part.
  func tables(caption: String? = nil, heading: String? = nil, summary: String? = nil) -> [Table] {
    tables.filter {
      (caption == nil || $0.caption == caption) && (heading == nil || $0.heading == heading)
        && (summary == nil || $0.summary == summary)
    }
  }

  private static func cells(of table: Substring) -> TextTable {
    let rows = table.matches(of: /(?s)<tr(?: class="faint")?>(.*?)<\/tr>/).map { row in
      row.output.1.matches(of: /(?s)<t[hd](?: scope="(?:row|col)")?>(.*?)<\/t[hd]>/).map {
        plain($0.output.1)
      }
    }
    return TextTable(header: rows.first ?? [], rows: Array(rows.dropFirst()))
  }

  /// The plain texts of all elements of a name.
  private static func all(_ tag: String, in html: Substring, joint: String = "") -> [String] {
    html.components(separatedBy: "<\(tag)").dropFirst().compactMap { part in
      guard let start = part.firstIndex(of: ">"), part.first == ">" || part.first == " ",
        let end = part.range(of: "</\(tag)>")
      else { return nil }
      return plain(part[part.index(after: start)..<end.lowerBound], joint: joint)
    }
  }

  /// Text without tags and escapes; a line's end in the page's words is `joint`.
  private static func plain(_ html: Substring, joint: String = "") -> String {
    html.replacing("<br>", with: joint).replacing(/<[^>]*>/, with: "")
      .replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
