extension String {
  /// What two names share that differ only in case, spaces, hyphens, underscores or quotes: `Pleural Thickening` and
  /// `pleural-thickening`.
  var nameKey: String {
    var key = String.UnicodeScalarView()
    for scalar in unicodeScalars
    where !scalar.isBlank && !"-_'\"".unicodeScalars.contains(scalar) {
      key.append(scalar)
    }
    return String(key).lowercased()
  }
}
