import CXRArchive

// An archive that is not there is an error that names it.
do {
  _ = try ArchiveReader(path: "none.tar.gz")
} catch let error as ArchiveError {
  print(error)
}
print(ArchivedPath.isArchive("images_001.tar.gz") ? "an archive by its name" : "no archive")
