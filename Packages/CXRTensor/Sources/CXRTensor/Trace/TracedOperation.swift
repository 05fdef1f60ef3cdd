/// What an operation does to places, as far as a trace tells it.
public struct TracedOperation: Sendable, Equatable {
  /// A window that moves over rows and columns alike.
  public struct Window: Sendable, Equatable {
    /// Pixels a side.
    public let size: Int
    /// Pixels from window to window.
    public let stride: Int
    /// How far the first window stands before the first pixel.
    public let before: Int

    /// Describes a window.
    public init(size: Int, stride: Int, before: Int = 0) {
      (self.size, self.stride, self.before) = (size, stride, before)
    }
  }

  /// Which places of `[N, H, W, C]` inputs an output's place depends on.
  public enum Reach: Sendable, Equatable {
    /// Those of the same row and column.
    case place
    /// Those of windows, one after the other.
    case windows([Window])
    /// Any: rows and columns end here.
    case all
  }

  /// In the field's words, such as `convolution`.
  public let name: String
  /// Its numbers, by name.
  public let attributes: [String: Double]
  /// Which places it depends on.
  public let reach: Reach
  /// What it keeps for the gradient.
  public struct Keeping: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Its inputs.
    public static let inputs = Keeping(rawValue: 1)
    /// Its output.
    public static let output = Keeping(rawValue: 2)
    /// Its first input alone.
    public static let firstInput = Keeping(rawValue: 4)
  }

  /// Which of its values it keeps for the gradient.
  public let keeps: Keeping
  /// What it keeps besides, in bytes.
  public let kept: Int
  /// What it keeps for the next pass, in bytes.
  public let cached: Int
  /// What it takes besides while it runs, forward or backward, in bytes.
  public let scratch: Int
  /// Whether a convolution that reads what it gives applies it on the way, and keeps its input instead.
  let isLeftToReaders: Bool

  /// Describes an operation.
  public init(
    _ name: String, _ attributes: [String: Double] = [:], reach: Reach = .place,
    keeps: Keeping = .inputs, kept: Int = 0, cached: Int = 0,
    scratch: Int = 0
  ) {
    self.init(
      name, attributes, reach: reach, keeps: keeps, kept: kept, cached: cached, scratch: scratch,
      isLeftToReaders: false)
  }

  init(
    _ name: String, _ attributes: [String: Double] = [:], reach: Reach = .place,
    keeps: Keeping = .inputs, kept: Int = 0, cached: Int = 0, scratch: Int = 0,
    isLeftToReaders: Bool
  ) {
    (self.name, self.attributes, self.reach) = (name, attributes, reach)
    (self.keeps, self.kept, self.cached, self.scratch) = (keeps, kept, cached, scratch)
    self.isLeftToReaders = isLeftToReaders
  }
}

extension Shape {
  /// What an operation along axes of this shape depends on: channels stand at one place.
  func reach(over places: Set<Int>) -> TracedOperation.Reach {
    places.isSubset(of: [rank - 1]) ? .place : .all
  }
}
