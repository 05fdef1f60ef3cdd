import CDicom
import CFilmCodec

/// How a film's bytes become grey levels.
public struct DecodingOptions: Sendable, Hashable {
  /// The arithmetic of a JPEG's inverse cosine transform.
  public enum JPEGTransform: String, Sendable, CaseIterable, Codable {
    /// Accurate whole numbers.
    case islow
    /// Fewer bits: what TensorFlow uses unless told otherwise; off by up to 14 grey levels.
    case ifast
  }

  /// How JPEG is transformed.
  public var jpegTransform: JPEGTransform
  /// What becomes of more than 8 bits; `nil` for ``FilmDepth/reference`` of PNG and ``FilmDepth/full`` of DICOM.
  public var depth: FilmDepth?
  /// How many of a 16-bit PNG's bits are used, 9 to 16: a film of 12 bits in a file of 16 is nearly black otherwise.
  public var pngBits: Int
  /// Whether a PNG or JPEG film is turned as its EXIF orientation says; the reference does not turn it.
  public var appliesOrientation: Bool
  /// Which values of a DICOM film are black and white.
  public var dicomRange: DICOMRange
  /// Which DICOM films are taken.
  public var dicomModalities: Set<DICOMModality>
  /// The most pixels a film may have; memory is taken only for fewer.
  public var maximumPixels: Int

  /// The accurate transform, each format's own depth, DICOM's window, CR and DX, and films of up to 100 million
  /// pixels unless said otherwise.
  public init(
    jpegTransform: JPEGTransform = .islow, depth: FilmDepth? = nil, pngBits: Int = 16,
    appliesOrientation: Bool = false,
    dicomRange: DICOMRange = .window, dicomModalities: Set<DICOMModality> = DICOMModality.usual,
    maximumPixels: Int = 100_000_000
  ) {
    precondition((9...16).contains(pngBits), "DecodingOptions: \(pngBits) bits; 9 to 16 are known")
    (self.pngBits, self.appliesOrientation) = (pngBits, appliesOrientation)
    self.dicomModalities = dicomModalities
    (self.jpegTransform, self.maximumPixels) = (jpegTransform, maximumPixels)
    (self.depth, self.dicomRange) = (depth, dicomRange)
  }
}

extension GreyFilm {
  /// Whether this build reads DICOM: whether the package trait `DICOM` is on.
  public static var readsDICOM: Bool { film_has_dicom() != 0 }

  /// Reads a PNG, JPEG or DICOM film; its first bytes tell which, never its name. DICOM needs the package
  /// trait `DICOM`.
  ///
  /// Colour becomes grey as in TensorFlow's `decode_jpeg(channels=1)`: JPEG's own Y channel; for PNG
  /// (9797·R + 19234·G + 3737·B) / 2¹⁵, alpha dropped, 16 bits cut to their upper 8 unless the options say
  /// otherwise. DICOM is rescaled and windowed, MONOCHROME1 inverted: <doc:DICOMFilms>.
  /// - Throws: ``ImageError``.
  public init(path: String, options: DecodingOptions = DecodingOptions()) throws {
    try self.init(encoded: filmBytes(path: path), path: path, options: options)
  }

  /// Decodes the bytes of a PNG, JPEG or DICOM file; `path` is for messages.
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
    if format == .png, let film = Self(plainPNG: bytes, maximumPixels: options.maximumPixels) {
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

  /// Decodes with libpng, libjpeg-turbo or DCMTK.
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
      let isShifted = format == .png && options.pngBits < 16
      if isShifted { levels = try Self.shifted(levels, toUse: options.pngBits, path: path) }
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
    _ levels: [UInt16], toUse bits: Int, path: String
  ) throws -> [UInt16] {
    let most = levels.max() ?? 0
    guard most >> UInt16(bits) == 0 else {
      throw ImageError.undecodable(
        path: path, format: "PNG", offset: nil,
        reason:
          "it uses \(16 - most.leadingZeroBitCount) of 16 bits, and is read as a film of \(bits) (--png-bits, here or in training)"
      )
    }
    return levels.map { $0 << UInt16(16 - bits) }
  }

  /// How many bits a PNG film of 16 bits uses: 16 less those that are 0 in every pixel, from the highest on; `nil` of
  /// other films, and of one that shows nothing.
  public static func usedBits(png bytes: [UInt8]) -> Int? {
    guard let header = FilmHeader(bytes), header.format == .png, header.bitDepth == 16,
      let film = try? Self(encoded: bytes, options: DecodingOptions(depth: .full)),
      let most = film.fineLevels?.max(), most > 0
    else { return nil }
    return 16 - most.leadingZeroBitCount
  }

  private static func decode(
    _ bytes: [UInt8], _ format: FileFormat, _ path: String, _ options: DecodingOptions,
    into target: PixelTarget
  ) throws {
    var result = film_result()
    let context = Unmanaged.passUnretained(target).toOpaque()
    let status: Int32
    switch format {
    case .png:
      status = film_decode_png(
        bytes, bytes.count, options.depth == .full || options.pngBits < 16 ? 1 : 0,
        PixelTarget.allocate, context, &result)
    case .jpeg:
      status = film_decode_jpeg(
        bytes, bytes.count, options.jpegTransform == .ifast ? 1 : 0, PixelTarget.allocate, context,
        &result)
    case .dicom:
      result.error_offset = -1
      var choices = options.dicomChoices
      status = withUnsafeMutableBytes(of: &result.message) { message in
        var text = [CChar](repeating: 0, count: Int(DICOM_MESSAGE_SIZE))
        let status = film_decode_dicom(
          bytes, bytes.count, &choices, PixelTarget.allocate, context, &text)
        text.withUnsafeBytes {
          message.copyMemory(from: .init(rebasing: $0.prefix(message.count - 1)))
        }
        return status
      }
    case .other(let found): throw ImageError.unknownFormat(path: path, found: found)
    }
    if let (width, height) = target.refused {
      throw ImageError.tooLarge(
        path: path, width: width, height: height, limit: options.maximumPixels)
    }
    guard status == 0 else {
      let reason = withUnsafeBytes(of: result.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw ImageError.undecodable(
        path: path, format: format.name,
        offset: result.error_offset < 0 ? nil : result.error_offset, reason: reason)
    }
  }
}

extension DecodingOptions {
  /// What concerns DICOM, as the C decoder takes it.
  fileprivate var dicomChoices: dicom_options {
    let range =
      switch dicomRange {
      case .window: DICOM_RANGE_WINDOW
      case .lut: DICOM_RANGE_LUT
      case .full: DICOM_RANGE_FULL
      }
    let modalities = dicomModalities.reduce(UInt32(0)) { bits, modality in
      let bit =
        switch modality {
        case .computedRadiography: DICOM_CR
        case .digitalRadiography: DICOM_DX
        case .radiographicImaging: DICOM_RG
        case .radiofluoroscopy: DICOM_RF
        case .other: DICOM_OT
        case .unstated: DICOM_UNSTATED
        }
      return bits | UInt32(bit)
    }
    return dicom_options(range: Int32(range), modalities: modalities)
  }
}

/// What a file's first bytes say.
enum FileFormat: Equatable {
  case png
  case jpeg
  case dicom
  case other(String)

  var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .dicom: "DICOM"
    case .other(let name): name
    }
  }

  init(_ bytes: [UInt8]) {
    func starts(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
    func starts(_ prefix: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: Array(prefix.utf8))
    }
    // What comes before it may be the beginning of another format: such files are both.
    if starts("DICM", at: 128), bytes.dropFirst(132).starts(with: [2, 0]) {
      self = .dicom
    } else if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if starts([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if starts("GIF8") {
      self = .other("GIF")
    } else if starts("BM") {
      self = .other("BMP")
    } else if starts("RIFF"), starts("WEBP", at: 8) {
      self = .other("WebP")
    } else if starts([0x49, 0x49, 0x2A, 0]) || starts([0x4D, 0x4D, 0, 0x2A]) {
      self = .other("TIFF")
    } else if starts("DICM", at: 128) {
      self = .dicom
    } else {
      self = .other("an unknown format")
    }
  }
}

/// Memory that the C decoder fills: taken once the size is known and allowed.
private final class PixelTarget {
  private let limit: Int
  private(set) var width = 0
  private(set) var height = 0
  private(set) var refused: (width: Int, height: Int)?
  private var memory: UnsafeMutableRawPointer?
  private var isDeep = false

  private let given: UnsafeMutableBufferPointer<UInt8>?

  /// Memory is taken when the size is known.
  init(limit: Int) { (self.limit, given) = (limit, nil) }

  /// Memory of another's for a film of 8 bits and this size.
  init(limit: Int, memory: UnsafeMutableBufferPointer<UInt8>, height: Int, width: Int) {
    (self.limit, given) = (limit, memory)
    (self.height, self.width) = (height, width)
  }

  deinit { memory?.deallocate() }

  static let allocate:
    @convention(c) (UnsafeMutableRawPointer?, Int, Int, Int32)
      -> UnsafeMutableRawPointer? = { context, width, height, bytes in
        guard let context else { return nil }
        return Unmanaged<PixelTarget>.fromOpaque(context).takeUnretainedValue()
          .take(width, height, Int(bytes))
      }

  private func take(_ width: Int, _ height: Int, _ bytes: Int) -> UnsafeMutableRawPointer? {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, width > 0, height > 0, pixels <= limit, memory == nil else {
      refused = (width, height)
      return nil
    }
    if let given {
      // The decoder's size is that of the header, or the file contradicts itself.
      guard (self.width, self.height, bytes) == (width, height, 1) else {
        refused = (width, height)
        return nil
      }
      return UnsafeMutableRawPointer(given.baseAddress)
    }
    (self.width, self.height, isDeep) = (width, height, bytes == 2)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: pixels * bytes, alignment: 16)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: pixels * bytes)
    self.memory = memory
    return memory
  }

  /// The levels of a film of 2 bytes a pixel.
  func takeLevels() -> [UInt16]? {
    guard isDeep, let memory else { return nil }
    return Array(
      UnsafeBufferPointer(start: memory.assumingMemoryBound(to: UInt16.self), count: width * height)
    )
  }

  /// The pixels; of a deeper film the upper 8 bits.
  func takePixels() -> [UInt8] {
    if let levels = takeLevels() { return levels.map { UInt8($0 >> 8) } }
    return Array(
      UnsafeBufferPointer(start: memory?.assumingMemoryBound(to: UInt8.self), count: width * height)
    )
  }
}
