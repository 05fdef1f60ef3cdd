/// How a camera or a program says that a picture is to be turned before it is shown: EXIF's Orientation (CIPA DC-008,
/// 4.6.5). Decoders of the reference ignore it.
public enum ExifOrientation: Int, Sendable, CaseIterable, Codable {
  /// As it is stored.
  case upright = 1
  /// Left and right exchanged.
  case mirrored = 2
  /// Turned by half.
  case upsideDown = 3
  /// Top and bottom exchanged.
  case mirroredUpsideDown = 4
  /// Rows and columns exchanged.
  case transposed = 5
  /// To be turned by a quarter clockwise.
  case quarterClockwise = 6
  /// Rows and columns exchanged, about the other diagonal.
  case antitransposed = 7
  /// To be turned by a quarter counter-clockwise.
  case quarterCounterClockwise = 8

  /// What is to be done to show the film, in words.
  public var description: String {
    switch self {
    case .upright: "to be shown as it is"
    case .mirrored: "to be shown with left and right exchanged"
    case .upsideDown: "to be turned upside down"
    case .mirroredUpsideDown: "to be shown with top and bottom exchanged"
    case .transposed: "to be shown with rows and columns exchanged"
    case .quarterClockwise: "to be turned by a quarter clockwise"
    case .antitransposed: "to be shown with rows and columns exchanged about the other diagonal"
    case .quarterCounterClockwise: "to be turned by a quarter counter-clockwise"
    }
  }

  /// Reads the value in a TIFF header, as EXIF blocks of JPEG and `eXIf` chunks of PNG hold it; `nil` where there is none
  /// that means something.
  init?(tiff bytes: ArraySlice<UInt8>) {
    let isBigEndian: Bool
    switch Array(bytes.prefix(4)) {
    case [0x4D, 0x4D, 0, 42]: isBigEndian = true
    case [0x49, 0x49, 42, 0]: isBigEndian = false
    default: return nil
    }
    func number(_ offset: Int, _ size: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - size else { return nil }
      let part = bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + size)]
      let ordered = isBigEndian ? Array(part) : part.reversed()
      return ordered.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
    for entry in 0..<count {
      let place = directory + 2 + 12 * entry
      guard let tag = number(place, 2), let kind = number(place + 2, 2) else { return nil }
      // Orientation, one number of 16 bits.
      guard tag == 0x0112, kind == 3, let value = number(place + 8, 2) else { continue }
      self.init(rawValue: value)
      return
    }
    return nil
  }
}

extension GreyFilm {
  /// The film as an orientation says that it be shown.
  func shown(_ orientation: ExifOrientation) -> GreyFilm {
    if orientation == .upright { return self }
    let isTurned = orientation.rawValue >= 5
    let (rows, columns) = isTurned ? (width, height) : (height, width)
    /// Where in the stored film a pixel of the shown one comes from.
    func source(_ row: Int, _ column: Int) -> Int {
      let (y, x) =
        switch orientation {
        case .upright: (row, column)
        case .mirrored: (row, width - 1 - column)
        case .upsideDown: (height - 1 - row, width - 1 - column)
        case .mirroredUpsideDown: (height - 1 - row, column)
        case .transposed: (column, row)
        case .quarterClockwise: (height - 1 - column, row)
        case .antitransposed: (height - 1 - column, width - 1 - row)
        case .quarterCounterClockwise: (column, width - 1 - row)
        }
      return y * width + x
    }
    func moved<Level>(_ levels: [Level]) -> [Level] {
      (0..<rows * columns).map { levels[source($0 / columns, $0 % columns)] }
    }
    if let fineLevels {
      return GreyFilm(height: rows, width: columns, fineLevels: moved(fineLevels))
    }
    return GreyFilm(height: rows, width: columns, pixels: moved(pixels))
  }
}
