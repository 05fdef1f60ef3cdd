/// How often findings occur and occur together in NIH ChestX-ray14 (112,120 films, revision v2020).
enum Prevalence {
  /// Films with 0, 1, 2, … of the fourteen findings.
  static let findingsPerFilm = [60361, 30963, 14306, 4856, 1247, 301, 67, 16, 1, 2]

  /// Films with each finding, in the order of `LabelSet.nih14`.
  static let films = [
    11559, 2776, 4667, 2303, 13317, 2516, 1686, 227, 19894, 5782, 6331, 3385, 1431, 5302,
  ]

  /// Films with both findings i < j, row i holding j = i + 1, i + 2, …
  private static let upper: [[Int]] = [
    [370, 1223, 221, 3275, 424, 220, 40, 3264, 739, 590, 496, 262, 774],
    [169, 127, 1063, 44, 52, 7, 587, 102, 108, 111, 41, 49],
    [162, 1287, 103, 79, 4, 1221, 610, 428, 251, 123, 223],
    [593, 30, 9, 3, 981, 129, 131, 64, 340, 33],
    [359, 188, 21, 4000, 1254, 912, 849, 269, 996],
    [36, 4, 449, 215, 115, 151, 23, 747],
    [8, 345, 117, 166, 176, 11, 80],
    [33, 25, 10, 8, 3, 9],
    [1159, 1546, 750, 605, 946],
    [906, 452, 71, 431],
    [411, 70, 341],
    [48, 289],
    [41],
  ]

  /// Films with both findings.
  static func together(_ i: Int, _ j: Int) -> Int {
    i == j ? films[i] : upper[min(i, j)][max(i, j) - min(i, j) - 1]
  }
}
