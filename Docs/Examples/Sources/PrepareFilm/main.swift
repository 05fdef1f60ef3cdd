// A film as a network sees it: decoded, resized, standardised, and copies of it turned and zoomed.
import CXRImage
import CXRParallel
import Foundation

// A bright disc on black stands for a film; 16 bits, as hospitals have them, are read as well.
let side = 300
let pixels = (0..<side * side).map { place -> UInt8 in
  let (x, y) = (place % side - side / 2, place / side - side / 2)
  return x * x + y * y < 100 * 100 ? 200 : 10
}
let png = try GreyFilm(height: side, width: side, pixels: pixels).pngData()
try Data(png).write(to: URL(fileURLWithPath: "film.png"))

let film = try GreyFilm(path: "film.png")
let plane = film.resized(height: 224, width: 224)
let moments = PixelMoments(plane)
let standard = plane.standardised(moments)
print(film.width, "→", plane.width, "pixels; mean", Int(moments.mean.rounded()))
print("standardised: mean", abs(PixelMoments(standard).mean) < 1e-5 ? "0" : "not 0")

let augment = Augmentation(rotation: 0.1, zoom: 0.2)
for copy in 1...2 {
  var random = RandomStream(seed: 0).child(copy)
  let turned = augment(standard, using: &random)
  try Data(turned.restored(moments).pngData()).write(to: URL(fileURLWithPath: "copy\(copy).png"))
}
let copies = try ["copy1.png", "copy2.png"].map { try GreyFilm(path: $0) }
print(copies[0] == copies[1] ? "the copies are alike" : "no copy is like another")

do { _ = try GreyFilm(path: "nothing.png") } catch { print(error) }
// It prints:
// 300 → 224 pixels; mean 76
// standardised: mean 0
// no copy is like another
// nothing.png: cannot be read (no such file)
