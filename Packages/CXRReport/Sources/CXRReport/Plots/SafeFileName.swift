/// A name that is safe as a file name, in a script and in a page: what is not a plain letter, digit, point, hyphen or
/// underscore becomes a hyphen, and so do points that it begins with.
public func safeFileName(_ name: String) -> String {
  let plain = String(
    name.map {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_") ? $0 : "-"
    })
  let points = plain.prefix { $0 == "." }.count
  return String(repeating: "-", count: points) + plain.dropFirst(points)
}
