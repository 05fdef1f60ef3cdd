/// What the members of an archive may be called: whatever NumPy takes, but names that move a terminal's cursor or lead
/// out of the folder that somebody unpacks the archive in.
enum MemberName {
  /// Follows an array's name.
  static let arraySuffix = ".npy"
  /// The member that is the checkpoint's text.
  static let metadata = "metadata.json"
  /// In bytes of UTF-8, the suffix included: as many as the format can count.
  static let longest = Int(UInt16.max)

  /// The name of the array that a member holds; `nil` for a member of another kind.
  static func array(in member: String) -> String? {
    // Of bytes: a point may be part of a letter.
    guard member.utf8.suffix(arraySuffix.utf8.count).elementsEqual(arraySuffix.utf8) else {
      return nil
    }
    return String(member.utf8.dropLast(arraySuffix.utf8.count)) ?? ""
  }

  /// Why a name is refused; `nil` where it is not.
  static func problem(_ name: String) -> String? {
    guard name.utf8.count <= longest - arraySuffix.utf8.count else {
      return
        "its name has \(name.utf8.count) bytes, more than the \(longest - arraySuffix.utf8.count) "
        + "that the format can count"
    }
    guard !name.unicodeScalars.contains(where: \.movesTheCursor) else {
      return "its name holds a control character or one that turns a text's direction"
    }
    guard !leadsElsewhere(name) else { return "its name would lead out of a folder" }
    return nil
  }

  /// What to do about a name that is refused.
  static let remedy = "give it another name"

  /// On any system: `/a`, `..`, `a/../b`, `..\a` and `C:\a` do, `w:0` does not.
  private static func leadsElsewhere(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    func isSeparator(_ byte: UInt8?) -> Bool {
      byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }
    if isSeparator(bytes.first) { return true }
    if bytes.count >= 3, bytes[1] == UInt8(ascii: ":"), isSeparator(bytes[2]),
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[0] | 0x20)
    {
      return true
    }
    return bytes.split(whereSeparator: isSeparator).contains { $0.elementsEqual("..".utf8) }
  }
}
