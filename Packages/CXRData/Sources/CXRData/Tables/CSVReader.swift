/// A reader of comma-separated values after RFC 4180, or of values separated otherwise.
///
/// Fields may be quoted and then hold separators, line breaks and doubled quotes; lines end with LF,
/// CRLF or the end of the file; a byte-order mark is skipped; empty lines are skipped. Bytes that
/// are not UTF-8 become replacement characters: ``Table`` refuses them before.
public struct CSVReader {
  /// One record: its fields as they stand, without quotes, and the line on which it starts.
  public struct Record {
    /// The line of the record's first byte, counted from 1.
    public let line: Int
    fileprivate let bytes: UnsafeBufferPointer<UInt8>
    fileprivate let ranges: [Field]
    /// The number of fields.
    public var count: Int { ranges.count }

    /// The text of a field.
    public subscript(index: Int) -> String {
      let field = ranges[index]
      let slice = UnsafeBufferPointer(rebasing: bytes[field.start..<field.end])
      guard field.hasQuotes else { return String(decoding: slice, as: UTF8.self) }
      var unquoted: [UInt8] = []
      var i = 0
      while i < slice.count {
        unquoted.append(slice[i])
        i += slice[i] == quote ? 2 : 1
      }
      return String(decoding: unquoted, as: UTF8.self)
    }

    /// The text of a field without what is blank around it.
    func trimmed(_ index: Int) -> String {
      let field = ranges[index]
      guard !field.hasQuotes else { return self[index].trimmingBlanks() }
      let bytes = trimmedBytes(index)
      let text = String(decoding: bytes, as: UTF8.self)
      guard let first = bytes.first, let last = bytes.last, first >= 0x7F || last >= 0x7F else {
        return text
      }
      return text.trimmingBlanks()
    }

    /// The bytes of a field without white space of ASCII around them; doubled quotes stay doubled.
    func trimmedBytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
      var (start, end) = (ranges[index].start, ranges[index].end)
      while start < end, bytes[start] <= 32 { start += 1 }
      while start < end, bytes[end - 1] <= 32 { end -= 1 }
      return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    /// Whether no field says anything.
    var isBlank: Bool {
      ranges.indices.allSatisfy { trimmedBytes($0).isEmpty || trimmed($0).isEmpty }
    }

    /// All fields.
    public var fields: [String] { ranges.indices.map { self[$0] } }
  }

  fileprivate struct Field {
    let start: Int
    let end: Int
    let hasQuotes: Bool
  }

  /// What separates fields unless said otherwise.
  public static let comma = UInt8(ascii: ",")

  /// Calls `body` with each record of `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: the file's contents.
  ///   - path: the file's name for error messages.
  ///   - separator: what stands between fields, a character of ASCII.
  ///   - body: gets each record; it must not keep it.
  /// - Throws: ``DataError/malformedQuotes(path:line:)`` and whatever `body` throws.
  public static func forEachRecord(
    in bytes: [UInt8], path: String, separator: UInt8 = comma, _ body: (Record) throws -> Void
  ) throws {
    try bytes.withUnsafeBufferPointer { bytes in
      let count = bytes.count
      var (i, line) = (0, 1)
      if count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { i = 3 }
      var fields: [Field] = []
      while i < count {
        fields.removeAll(keepingCapacity: true)
        let firstLine = line
        var recordEnds = false
        while !recordEnds {
          // Blanks before a quote, as people leave them after commas, belong to the quoted field.
          var opening = i
          while opening < count, bytes[opening] == space { opening += 1 }
          if opening < count, bytes[opening] == quote {
            i = opening
            let openingLine = line
            i += 1
            let start = i
            var hasQuotes = false
            while true {
              guard i < count else {
                throw DataError.malformedQuotes(path: path, line: openingLine)
              }
              if bytes[i] == quote {
                guard i + 1 < count, bytes[i + 1] == quote else { break }
                hasQuotes = true
                i += 2
                continue
              }
              if bytes[i] == lineFeed
                || bytes[i] == carriage && (i + 1 == count || bytes[i + 1] != lineFeed)
              {
                line += 1
              }
              i += 1
            }
            fields.append(Field(start: start, end: i, hasQuotes: hasQuotes))
            i += 1
            while i < count, bytes[i] == space { i += 1 }
            guard
              i == count || bytes[i] == separator || bytes[i] == lineFeed || bytes[i] == carriage
            else { throw DataError.malformedQuotes(path: path, line: openingLine) }
          } else {
            let start = i
            while i < count, bytes[i] != separator, bytes[i] != lineFeed, bytes[i] != carriage {
              i += 1
            }
            fields.append(Field(start: start, end: i, hasQuotes: false))
          }
          if i == count {
            recordEnds = true
          } else if bytes[i] == separator {
            i += 1
          } else {
            if bytes[i] == carriage, i + 1 < count, bytes[i + 1] == lineFeed { i += 1 }
            i += 1
            line += 1
            recordEnds = true
          }
        }
        if fields.count == 1, fields[0].start == fields[0].end { continue }
        try body(Record(line: firstLine, bytes: bytes, ranges: fields))
      }
    }
  }
}

private let space = UInt8(ascii: " ")
private let quote = UInt8(ascii: "\"")
private let lineFeed = UInt8(ascii: "\n")
private let carriage = UInt8(ascii: "\r")
