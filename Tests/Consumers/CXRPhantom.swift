import CXRPhantom

let set = try PhantomSet(PhantomSet.Options(images: 200, patients: 60, size: 64))
print(set.entries.count, set.film(set.entries[0]).film.width)
