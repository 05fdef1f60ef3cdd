import Foundation

/// What in a page or picture points outside of it; empty where it opens anywhere.
public func outsideReferences(in text: String) -> [String] {
  // The namespaces of SVG and XLink are names, which nobody fetches.
  let own = text.replacingOccurrences(of: "http://www.w3.org/", with: "")
  return ["http://", "https://", "src=\"/", "<script", "<link", "@import"].filter(own.contains)
}
