extension Architecture {
  /// What weights of an earlier network of this kind were made under and would not meet in this one: the epsilon of
  /// normalisations and the constants of the input, a line each.
  public func conditions(differingFrom earlier: Architecture) -> [String] {
    [FilmInput.constantsKey, NormSettings.epsilonKey].compactMap { key in
      guard let was = earlier.settings[key], let now = settings[key], was != now else { return nil }
      return "\(key) was \(was), is \(now)"
    }
  }
}
