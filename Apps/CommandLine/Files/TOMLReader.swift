import CXRData
import Foundation
import TOMLKit

/// What is wrong with a TOML file: the file, the place, and what is expected there.
struct TOMLFileError: Error, CustomStringConvertible {
  let description: String

  init(_ path: String, _ place: String, _ problem: String) {
    description = "\(path): " + (place.isEmpty ? "" : "\(place): ") + problem
  }
}

/// Reads a table of a TOML file key by key, so that a key that is not understood is refused.
final class TOMLReader {
  let path: String
  private let place: String
  private let table: TOMLTable
  private var asked: Set<String> = []

  /// Reads a file.
  /// - Throws: ``TOMLFileError`` with the line at fault; `DataError` for a file that cannot be read.
  convenience init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DataError.unreadable(path: path, reason: "no such file")
    }
    guard data.count <= 4 << 20, let text = String(data: data, encoding: .utf8) else {
      throw TOMLFileError(path, "", "this is no text of TOML")
    }
    do {
      self.init(path: path, place: "", table: try TOMLTable(string: text))
    } catch let error as TOMLParseError {
      throw TOMLFileError(
        path, "line \(error.source.begin.line), column \(error.source.begin.column)",
        error.description)
    }
  }

  private init(path: String, place: String, table: TOMLTable) {
    (self.path, self.place, self.table) = (path, place, table)
  }

  /// An error at a key.
  func error(_ key: String, _ problem: String) -> TOMLFileError {
    TOMLFileError(path, name(key), problem)
  }

  private func name(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

  private func value(_ key: String) -> TOMLValueConvertible? {
    asked.insert(key)
    let value: TOMLValueConvertible? = table[key]
    return table.contains(key: key) ? value : nil
  }

  /// The keys, sorted.
  var keys: [String] { table.keys.sorted() }

  func has(_ key: String) -> Bool {
    asked.insert(key)
    return table.contains(key: key)
  }

  /// A text; `nil` where the key is not there.
  func text(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.string else { throw error(key, "a text in quotes is expected") }
    return text
  }

  /// A text of a few that are allowed.
  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) throws -> Choice?
  where Choice.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw error(
        key, "\"\(text)\" is none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  func flag(_ key: String) throws -> Bool? {
    guard let value = value(key) else { return nil }
    guard let flag = value.bool else { throw error(key, "true or false is expected") }
    return flag
  }

  func number(_ key: String) throws -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.int else { throw error(key, "a whole number is expected") }
    return number
  }

  /// A value as the text that a table would hold: a text, a whole number or a date.
  func tableText(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard let text = Self.text(of: value) else {
      throw error(key, "a text in quotes, a whole number or a date is expected")
    }
    return text
  }

  /// Several of these, or one.
  func tableTexts(_ key: String) throws -> [String]? {
    guard let value = value(key) else { return nil }
    if let text = Self.text(of: value) { return [text] }
    guard let array = value.array else {
      throw error(key, "texts in quotes between brackets are expected, as [\"a\", \"b\"]")
    }
    return try array.map { element in
      guard let text = Self.text(of: element) else {
        throw error(key, "texts in quotes between brackets are expected, as [\"a\", \"b\"]")
      }
      return text
    }
  }

  private static func text(of value: TOMLValueConvertible) -> String? {
    if let text = value.string { return text }
    if let number = value.int { return "\(number)" }
    if let date = value.date {
      func padded(_ number: Int, _ digits: Int) -> String {
        String(repeating: "0", count: max(0, digits - "\(number)".count)) + "\(number)"
      }
      return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }
    return nil
  }

  /// Whether a key holds a table.
  func isTable(_ key: String) -> Bool {
    let value: TOMLValueConvertible? = table[key]
    return table.contains(key: key) && value?.table != nil
  }

  /// Whether a key holds a list.
  func isList(_ key: String) -> Bool {
    let value: TOMLValueConvertible? = table[key]
    return table.contains(key: key) && value?.array != nil
  }

  /// A table within this one; `nil` where the key is not there.
  func table(_ key: String) throws -> TOMLReader? {
    guard let value = value(key) else { return nil }
    guard let inner = value.table else {
      throw error(key, "a table is expected: [\(name(key))], or { … }")
    }
    return TOMLReader(path: path, place: name(key), table: inner)
  }

  /// Tables within this one.
  func tables(_ key: String) throws -> [TOMLReader]? {
    guard let value = value(key) else { return nil }
    guard let array = value.array else {
      throw error(key, "tables are expected: [[\(name(key))]]")
    }
    return try array.enumerated().map { index, element in
      guard let inner = element.table else {
        throw error(key, "tables are expected: [[\(name(key))]]")
      }
      return TOMLReader(path: path, place: "\(name(key))[\(index + 1)]", table: inner)
    }
  }

  /// Text by text.
  func texts(_ key: String) throws -> [String: String]? {
    guard let inner = try table(key) else { return nil }
    var texts: [String: String] = [:]
    for key in inner.keys { texts[key] = try inner.text(key) }
    return texts
  }

  /// Texts by text.
  func lists(_ key: String) throws -> [String: [String]]? {
    guard let inner = try table(key) else { return nil }
    return try inner.allLists()
  }

  /// All keys with their texts.
  func allLists() throws -> [String: [String]] {
    var lists: [String: [String]] = [:]
    for key in keys { lists[key] = try tableTexts(key) }
    return lists
  }

  /// Checks that every key was understood.
  /// - Throws: ``TOMLFileError`` naming the first that was not, and the likeliest that was meant.
  func finish() throws {
    for key in keys where !asked.contains(key) {
      let nearest = LabelSet.nearest(to: key, among: asked.sorted())
      throw error(
        key,
        "nothing is called so here" + (nearest.map { "; did you mean \($0)?" } ?? "; there may be ")
          + (nearest == nil ? asked.sorted().joined(separator: ", ") : ""))
    }
  }
}
