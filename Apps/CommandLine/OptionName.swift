extension String {
  /// What the libraries call an option, as a program spells it: `--allow-missing` for `allowMissing`.
  public var asOption: String {
    reduce(into: "--") { text, letter in
      text += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
    }
  }
}
