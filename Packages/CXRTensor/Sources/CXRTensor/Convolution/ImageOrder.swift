/// The order in which the images of a batch are visited.
///
/// Each operation goes opposite to the one before it, so that it begins with what is still in the
/// cache. The order never changes a result.
enum ImageOrder {
  case ascending
  case descending

  var reversed: ImageOrder { self == .ascending ? .descending : .ascending }

  /// The image, or group of images, at a place in the order.
  func callAsFunction(_ place: Int, of count: Int) -> Int {
    self == .ascending ? place : count - 1 - place
  }
}
