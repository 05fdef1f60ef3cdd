import CXRImage

let film = GreyFilm(height: 4, width: 4, pixels: (0..<16).map { UInt8($0 * 16) })
print(try GreyFilm(encoded: film.pngData()).resized(height: 2, width: 2).values)
