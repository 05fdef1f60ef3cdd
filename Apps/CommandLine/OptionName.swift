import CXRData

extension String {
  /// What the libraries call an option, as a program spells it: `--allow-missing` for `allowMissing`.
  public var asOption: String {
    if let other = Self.otherSpellings[self] { return "--" + other }
    return reduce(into: "--") { text, letter in
      text += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
    }
  }

  /// Options that the programs call otherwise than the libraries do.
  private static let otherSpellings = [
    "augmentedLabels": "augment-labels", "cacheFolder": "cache", "checkpoints": "checkpoint",
    "operatingRule": "operating-point",
  ]
}

extension InvalidOption {
  /// What a person reads who gave the option to a program: `--batch-size 0: a number from 1 to 4096 is needed`.
  public var inWords: String { text(calling: name.asOption) }
}
