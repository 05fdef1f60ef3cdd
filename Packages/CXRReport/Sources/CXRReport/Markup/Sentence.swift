extension String {
  /// A remark as a sentence of a page: with a capital letter and a point.
  public var asSentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
