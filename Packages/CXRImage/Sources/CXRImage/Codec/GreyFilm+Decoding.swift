import CDicom
import CFilmCodec

extension GreyFilm {
  /// Whether this build reads DICOM: whether the package trait `DICOM` is on.
  public static var readsDICOM: Bool { film_has_dicom() != 0 }

  /// Reads a film of any ``FilmFormat``; its first bytes tell which, never its name. DICOM needs the package
  /// trait `DICOM`.
  ///
  /// Colour becomes grey as in TensorFlow's `decode_jpeg(channels=1)`: JPEG's own Y channel; for PNG
  /// (9797·R + 19234·G + 3737·B) / 2¹⁵, alpha dropped, 16 bits cut to their upper 8 unless the options say
  /// otherwise. DICOM is rescaled and windowed, MONOCHROME1 inverted: <doc:DICOMFilms>.
  /// - Throws: ``ImageError``.
  public init(path: String, options: DecodingOptions = DecodingOptions()) throws {
    try self.init(encoded: filmBytes(path: path), path: path, options: options)
  }

  /// Decodes the bytes of a film; `path` is for messages.
  /// - Throws: ``ImageError``.
  public init(
    encoded bytes: [UInt8], path: String = "film", options: DecodingOptions = DecodingOptions()
  ) throws {
    guard !bytes.isEmpty else { throw ImageError.empty(path: path) }
    let format = FileFormat(bytes)
    if options.appliesOrientation, let orientation = FilmHeader(bytes)?.orientation,
      orientation != .upright
    {
      var asStored = options
      asStored.appliesOrientation = false
      self = try Self(encoded: bytes, path: path, options: asStored).shown(orientation)
      return
    }
    if format == .film(.png), let film = Self(plainPNG: bytes, maximumPixels: options.maximumPixels)
    {
      self = film
      return
    }
    try self.init(encoded: bytes, format: format, path: path, options: options)
  }

  /// Decodes an 8-bit grey PNG without interlacing; `nil` where libpng must be asked.
  init?(plainPNG bytes: [UInt8], maximumPixels: Int) {
    var (width, height) = (0, 0)
    guard film_plain_png_size(bytes, bytes.count, &width, &height) != 0,
      width * height <= maximumPixels
    else { return nil }
    var isDone = false
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height) { pixels, count in
      isDone = film_decode_plain_png(bytes, bytes.count, pixels.baseAddress) != 0
      count = isDone ? width * height : 0
    }
    guard isDone else { return nil }
    self.init(height: height, width: width, pixels: pixels)
  }

  /// Decodes whatever the format.
  init(encoded bytes: [UInt8], format: FileFormat, path: String, options: DecodingOptions) throws {
    // A header that tells the size saves a copy: its pixels are decoded where they stay.
    guard let header = FilmHeader(bytes), header.bitDepth <= 8, header.width > 0, header.height > 0,
      header.width <= options.maximumPixels / header.height
    else {
      let target = PixelTarget(limit: options.maximumPixels)
      try Self.decode(bytes, format, path, options, into: target)
      guard var levels = target.takeLevels() else {
        self.init(height: target.height, width: target.width, pixels: target.takePixels())
        return
      }
      let isShifted = Self.isShifted(bytes, format, options)
      if isShifted {
        levels = try Self.shifted(levels, toUse: options.pngBits, of: format, path: path)
      }
      if options.depth == .reference || (isShifted && options.depth == nil) {
        let pixels = levels.map { UInt8($0 >> 8) }
        self.init(height: target.height, width: target.width, pixels: pixels)
      } else {
        self.init(height: target.height, width: target.width, fineLevels: levels)
      }
      return
    }
    let size = header.width * header.height
    let pixels = try [UInt8](unsafeUninitializedCapacity: size) { pixels, count in
      let target = PixelTarget(
        limit: options.maximumPixels, memory: pixels, height: header.height, width: header.width)
      try Self.decode(bytes, format, path, options, into: target)
      count = size
    }
    self.init(height: header.height, width: header.width, pixels: pixels)
  }

  /// Levels of which only the lower `bits` are used, over the whole range.
  private static func shifted(
    _ levels: [UInt16], toUse bits: Int, of format: FileFormat, path: String
  ) throws -> [UInt16] {
    let most = levels.max() ?? 0
    guard most >> UInt16(bits) == 0 else {
      let used = 16 - most.leadingZeroBitCount
      throw ImageError.undecodable(
        path: path, format: format.name, offset: nil,
        reason: "it uses \(used) of 16 bits, and is read as a film of \(bits)",
        remedy: DecodingRemedy(option: "pngBits", value: "\(used)"))
    }
    return levels.map { $0 << UInt16(16 - bits) }
  }

  /// Whether a file does not say how many of its bits it uses, and the options do.
  private static func isShifted(
    _ bytes: [UInt8], _ format: FileFormat, _ options: DecodingOptions
  ) -> Bool {
    guard options.pngBits < 16 else { return false }
    return switch format {
    case .film(.png): true
    case .film(.pgm): PortableGreymap.isOfAllLevels(bytes)
    default: false
    }
  }

  /// How many bits a PNG film of 16 bits, or a PGM film in which white is 65535, uses: 16 less those that are 0 in every
  /// pixel, from the highest on; `nil` of other films, and of one that shows nothing.
  public static func usedBits(_ bytes: [UInt8]) -> Int? {
    guard let header = FilmHeader(bytes), header.bitDepth == 16,
      header.format == .png || header.format == .pgm && PortableGreymap.isOfAllLevels(bytes),
      let film = try? Self(encoded: bytes, options: DecodingOptions(depth: .full)),
      let most = film.fineLevels?.max(), most > 0
    else { return nil }
    return 16 - most.leadingZeroBitCount
  }

  private static func decode(
    _ bytes: [UInt8], _ format: FileFormat, _ path: String, _ options: DecodingOptions,
    into target: PixelTarget
  ) throws {
    let context = Unmanaged.passUnretained(target).toOpaque()
    let failure: ImageError?
    switch format {
    case .film(.png):
      var result = film_result()
      let status = film_decode_png(
        bytes, bytes.count, options.depth == .full || options.pngBits < 16 ? 1 : 0,
        PixelTarget.allocate, context, &result)
      failure = status == 0 ? nil : Self.failure(result, format, path)
    case .film(.jpeg):
      var result = film_result()
      let status = film_decode_jpeg(
        bytes, bytes.count, options.jpegTransform == .ifast ? 1 : 0, PixelTarget.allocate, context,
        &result)
      failure = status == 0 ? nil : Self.failure(result, format, path)
    case .film(.dicom):
      var (choices, refusal) = (options.dicomChoices, dicom_refusal())
      let status = film_decode_dicom(
        bytes, bytes.count, &choices, PixelTarget.allocate, context, &refusal)
      failure =
        status == 0
        ? nil
        : .undecodable(
          path: path, format: format.name, offset: nil, reason: text(ofC: refusal.reason),
          remedy: DecodingRemedy(refusal))
    case .film(.pgm):
      failure = PortableGreymap.decode(
        bytes, path,
        isDeep: options.depth == .full || isShifted(bytes, format, options), into: target)
    case .other(let found): throw ImageError.unknownFormat(path: path, found: found)
    }
    if let (width, height) = target.refused {
      throw ImageError.tooLarge(
        path: path, width: width, height: height, limit: options.maximumPixels)
    }
    if let failure { throw failure }
  }

  private static func failure(_ result: film_result, _ format: FileFormat, _ path: String)
    -> ImageError
  {
    .undecodable(
      path: path, format: format.name,
      offset: result.error_offset < 0 ? nil : result.error_offset, reason: text(ofC: result.message)
    )
  }
}

/// The text in an array of C's, up to its first zero.
func text<Characters>(ofC characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
