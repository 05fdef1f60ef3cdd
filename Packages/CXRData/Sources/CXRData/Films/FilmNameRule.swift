/// What of films' names does not count when they are looked for in a folder.
public struct FilmNameRule: Sendable, Equatable {
  /// Leading folders of names that the folder of films does not have, such as `CheXpert-v1.0-small`; empty for none.
  public var droppedFolders: String
  /// How many leading folders of names the folder of films may lack, whatever they are called; the file's own name stays.
  public var droppedFolderCount: Int
  /// Whether `x.png` may be `x.PNG`, `x.jpg` or a DICOM file `x`.
  public var ignoresExtensions: Bool

  /// Every part of a name counts unless said otherwise.
  public init(
    droppedFolders: String = "", droppedFolderCount: Int = 0, ignoresExtensions: Bool = false
  ) {
    (self.droppedFolders, self.ignoresExtensions) = (droppedFolders, ignoresExtensions)
    self.droppedFolderCount = droppedFolderCount
  }

  /// A name's parts that count.
  func parts(_ name: String) -> [Substring] {
    var parts = FilmName.parts(name)
    if droppedFolderCount > 0 {
      parts.removeFirst(min(droppedFolderCount, max(0, parts.count - 1)))
    }
    let dropped = FilmName.parts(droppedFolders)
    return parts.count > dropped.count && parts.starts(with: dropped)
      ? Array(parts.dropFirst(dropped.count)) : parts
  }

  /// What stands for a file name where extensions may not count.
  func key(_ fileName: some StringProtocol) -> String {
    ignoresExtensions ? FilmName.stem(fileName) : String(fileName)
  }

  /// What of a whole name counts.
  func key(of name: String) -> String {
    if self == FilmNameRule() { return FilmName.normalised(name) }
    let parts = parts(name)
    guard let last = parts.last else { return name }
    return (parts.dropLast().map { String($0) } + [key(last)]).joined(separator: "/")
  }
}
