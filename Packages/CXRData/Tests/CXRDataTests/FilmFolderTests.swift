import CXRTestSupport
import Foundation
import Testing

@testable import CXRData

extension TemporaryFolder {
  fileprivate convenience init(_ files: [String]) throws {
    try self.init()
    for file in files { try add(file) }
  }

  fileprivate func add(_ file: String, _ contents: Data = Data([1])) throws {
    try write(Array(contents), to: file)
  }

  fileprivate func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: path + "/" + name, withDestinationPath: path + "/" + target)
  }
}

/// Names of films against the files of a folder.
@Suite struct FilmFolderTests {
  private func found(
    _ names: [String], in folder: String, _ rule: FilmNameRule = FilmNameRule()
  ) throws -> [String?] {
    let films = try FilmFolder(path: folder, names: names, rule: rule)
    return names.map { name in
      films.path(of: name).map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
    }
  }

  @Test func everyPartOfANameCounts() throws {
    let (first, second) = ("a/p/s/t/v.png", "b/p/s/t/v.png")
    let one = try TemporaryFolder([first])
    #expect(try found([first, second], in: one.path) == ["\(one.path)/\(first)", nil])
    let both = try TemporaryFolder([first, second])
    #expect(
      try found([first, second], in: both.path) == [
        "\(both.path)/\(first)", "\(both.path)/\(second)",
      ])
  }

  @Test func theSpellingOfTheFolderDoesNotMatter() throws {
    let scratch = try TemporaryFolder(["A/images/x.png", "A/images/deep/y.png"])
    try scratch.link("link", to: "A")
    let name = ["images/x.png", "./images/x.png", "images\\x.png", "x.png", "A//images/x.png"]
    let (old, file) = (FileManager.default.currentDirectoryPath, "\(scratch.path)/A/images/x.png")
    for folder in ["A", "A/", "A/images", "A/images/", "", "link", "A/images/deep/.."] {
      for name in name {
        #expect(
          try found([name], in: scratch.path + "/" + folder) == [file], "\(name) in \(folder)")
      }
    }
    #expect(FileManager.default.changeCurrentDirectoryPath(scratch.path + "/A/images"))
    defer { _ = FileManager.default.changeCurrentDirectoryPath(old) }
    for folder in [".", "./", "..", "../images"] {
      #expect(try found(["images/x.png", "y.png"], in: folder).compactMap { $0 }.count == 2)
    }
  }

  @Test func bareAndFolderedNamesMix() throws {
    let scratch = try TemporaryFolder(["images_001/x.png", "images_002/x.png", "images_002/y.png"])
    #expect(
      try found(["images_001/x.png", "y.png", "images_002/x.png"], in: scratch.path)
        .compactMap { $0 }.count == 3)
    #expect(
      throws: DataError.ambiguousFilm(
        name: "x.png", first: "\(scratch.path)/images_001/x.png",
        second: "\(scratch.path)/images_002/x.png")
    ) { try FilmFolder(path: scratch.path, names: ["x.png"]) }
  }

  @Test func twoNamesOfOneFilmAreRefused() throws {
    let scratch = try TemporaryFolder(["images/x.png"])
    #expect(
      throws: DataError.filmOfTwoNames(
        path: "\(scratch.path)/images/x.png", first: "images/x.png", second: "x.png")
    ) { try FilmFolder(path: scratch.path, names: ["x.png", "images/x.png"]) }
  }

  @Test func aRenamedFirstFolderIsNamedAndMayBeDropped() throws {
    let names = ["train/patient1/v.jpg", "valid/patient2/v.jpg"].map { "CheXpert-v1.0-small/" + $0 }
    let scratch = try TemporaryFolder(["train/patient1/v.jpg", "valid/patient2/v.jpg"])
    let films = try FilmFolder(path: scratch.path, names: names)
    #expect(films.missing == names)
    #expect(
      films.hints == [
        FilmNameHint(remedies: [.dropLeadingFolders("CheXpert-v1.0-small")], count: 2)
      ])
    let rule = FilmNameRule(droppedFolders: "CheXpert-v1.0-small")
    #expect(try found(names, in: scratch.path, rule).compactMap { $0 }.count == 2)
  }

  @Test func extensionsCountUnlessIgnored() throws {
    let dicom = Data(repeating: 0, count: 128) + Data("DICM".utf8)
    let scratch = try TemporaryFolder(["a.PNG", "b.jpg", "d.png"])
    try scratch.add("c", dicom)
    let names = ["a.png", "b.png", "c.png", "d.png", "e.png"]
    let films = try FilmFolder(path: scratch.path, names: names)
    #expect(films.missing == ["a.png", "b.png", "c.png", "e.png"])
    #expect(films.hints == [FilmNameHint(remedies: [.ignoreExtensions], count: 3)])
    let rule = FilmNameRule(ignoresExtensions: true)
    #expect(
      try found(names, in: scratch.path, rule).map { $0.map { ($0 as NSString).lastPathComponent } }
        == ["a.PNG", "b.jpg", "c", "d.png", nil])
    try scratch.add("b.jpeg")
    #expect(
      throws: DataError.ambiguousFilm(
        name: "b.png", first: scratch.path + "/b.jpeg", second: scratch.path + "/b.jpg")
    ) { try FilmFolder(path: scratch.path, names: names, rule: rule) }
  }

  @Test func linksAreFollowedAndLoopsEnd() throws {
    let scratch = try TemporaryFolder(["disk/images/a.png", "disk/images/b.png"])
    try scratch.link("set", to: "disk")
    try scratch.link("disk/loop", to: "disk")
    try scratch.link("c.png", to: "disk/images/b.png")
    let films = try FilmFolder(path: scratch.path, names: ["set/images/a.png", "b.png", "c.png"])
    #expect(films.missing.isEmpty && films.unlisted.isEmpty)
    // One film by two names is two names of one.
    #expect(throws: DataError.self) {
      try FilmFolder(path: scratch.path, names: ["set/images/a.png", "disk/images/a.png"])
    }
  }

  @Test func whatToolsLeaveIsLeftOutAndCounted() throws {
    let scratch = try TemporaryFolder([
      "x.png", "._x.png", ".ipynb_checkpoints/x-checkpoint.png", "__MACOSX/y.png",
      "@eaDir/x.png/t.jpg",
      "notes.txt", ".hidden.txt",
    ])
    try scratch.add("1.2.840.113", Data(repeating: 0, count: 128) + Data("DICM".utf8))
    let films = try FilmFolder(path: scratch.path, names: ["x.png"])
    #expect(films.leftOutCount == 4 && films.unlisted == ["1.2.840.113"])
    let search = try FilmSearch(scratch.path)
    #expect(search.files.map(\.name) == ["1.2.840.113", "x.png"])
  }

  @Test func hintsAreRulesThatWork() throws {
    // Both together, where neither alone finds any.
    let scratch = try TemporaryFolder(["sub/x.png", "sub/y.png"])
    let films = try FilmFolder(path: scratch.path, names: ["A/sub/x.jpg", "A/sub/y.jpg"])
    #expect(
      films.hints == [
        FilmNameHint(remedies: [.dropLeadingFolders("A"), .ignoreExtensions], count: 2)
      ])
    #expect(
      try found(
        ["A/sub/x.jpg"], in: scratch.path,
        FilmNameRule(droppedFolders: "A", ignoresExtensions: true)) == [scratch.path + "/sub/x.png"]
    )
    // A rule that would make two names one film, or one name two films, is no hint.
    for names in [["x.png", "x.jpg"], ["x.png", "A/x.png"]] {
      let one = try TemporaryFolder(["x.png"])
      #expect(try FilmFolder(path: one.path, names: names).hints.isEmpty, "\(names)")
    }
    let two = try TemporaryFolder(["s1/x.png", "s2/x.png"])
    #expect(try FilmFolder(path: two.path, names: ["A/x.png"]).hints.isEmpty)
    // One odd name does not hide what the others share.
    let odd = try FilmFolder(path: scratch.path, names: ["A/sub/x.png", "A/sub/y.png", "odd.png"])
    #expect(odd.hints == [FilmNameHint(remedies: [.dropLeadingFolders("A")], count: 2)])
  }

  @Test func namesOfListsAreFoundUnderTheSameRule() throws {
    let index = FilmNameIndex(["C/a/x.png", "C/b/y.png"])
    #expect(index.place(of: "C\\a\\x.png") == 0 && index.place(of: "x.png") == nil)
    let error = #expect(throws: DataError.self) { try index.places(of: ["C/a/x.jpg"], path: "l") }
    #expect(error?.remedies == [.ignoreExtensions])
    let loose = FilmNameIndex(
      ["C/a/x.png", "C/b/y.png", "C/b/y.jpg"],
      rule: FilmNameRule(droppedFolders: "C", ignoresExtensions: true))
    #expect(loose.place(of: "a/x") == 0 && loose.place(of: "b/y.png") == nil)
  }
}
