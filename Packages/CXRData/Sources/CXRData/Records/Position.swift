/// The place of an element in a list of such elements, from 0, as a type of its own: a place among other elements is not
/// taken for it, nor a column or a count that a variable holds. A number that is written out is any of them.
///
/// ```swift
/// let file = try LabelFile(path: "Data_Entry_2017.csv")
/// let matrix = try LabelMatrix(file, labels: ["Hernia"])
/// let hernias = file.records.positions.filter { matrix[$0, 0] }
/// print(hernias.map { file.records[$0].name })
/// ```
@frozen
public struct Position<Element>: Hashable, Comparable, Strideable, Sendable,
  ExpressibleByIntegerLiteral
{
  /// The place in an array of the elements.
  public let index: Int

  /// The place of an array's element.
  @inlinable
  public init(_ index: Int) { self.index = index }

  /// The place that is written out, as in `matrix[0, 1]`.
  @inlinable
  public init(integerLiteral index: Int) { self.index = index }

  /// How many elements `other` is further on.
  @inlinable
  public func distance(to other: Position) -> Int { other.index - index }

  /// The place `n` elements further on.
  @inlinable
  public func advanced(by n: Int) -> Position { Position(index + n) }

  /// Whether the first stands before the second.
  @inlinable
  public static func < (first: Position, second: Position) -> Bool { first.index < second.index }
}
