import Testing

@testable import CXRData

// What several readers say together.

extension CollectionTests {
  @Test(arguments: [
    (CollectionDescription.Votes.majority, [1, 0, 0], [1, 0, 0]),
    (.any, [1, 1, 1], [1, 1, 0]), (.all, [0, 0, 0], [1, 0, 0]),
  ])
  func readersVote(votes: CollectionDescription.Votes, first: [Int], second: [Int]) throws {
    let labels = ["Mass", "Edema", "Nodule"]
    var boxes = hospital(.names(column: "finding", separator: nil))
    boxes.labels = labels
    boxes.readers = CollectionDescription.Readers(column: "reader", votes: votes)
    boxes.hasSeveralRowsAFilm = true
    // Three readers of a, the second with two boxes of one mass; two of b.
    let file = try read(
      """
      file,mrn,finding,reader
      a.png,1,Mass,R1
      a.png,1,Edema,R1
      b.png,2,Mass,R1
      a.png,1,Mass,R2
      a.png,1,Mass,R2
      b.png,2,Mass,R3
      b.png,2,Edema,R3
      a.png,1,Nodule,R3
      """, boxes)
    #expect(try cells(file, labels) == [first, second].map { $0.map { $0 } })
    #expect(file.notes.isEmpty)
    // One of b's two readers sees edema: no majority, and counted.
    let ties = votes == .majority ? 1 : 0
    #expect(file.tiedVotes == ties)
    var columns = hospital(.columns(labels))
    columns.readers = boxes.readers
    let table = try read(
      """
      file,mrn,reader,Mass,Edema,Nodule
      a.png,1,R1,1,1,0
      a.png,1,R2,1,0,0
      a.png,1,R3,0,0,1
      b.png,2,R1,1,0,0
      b.png,2,R3,1,1,0
      """, columns)
    #expect(try cells(table, labels) == [first, second].map { $0.map { $0 } })
    #expect(table.tiedVotes == ties)
    #expect(throws: DataError.self) { try read("file,mrn,finding,reader\na.png,1,Mass,\n", boxes) }
  }

  @Test func doubtfulVotesDecideNothing() throws {
    var columns = hospital(.columns(["Mass"]))
    columns.readers = CollectionDescription.Readers(column: "reader")
    func votes(_ said: [String]) throws -> Int? {
      let rows = said.enumerated().map { "a.png,1,R\($0),\($1)\n" }.joined()
      return try cells(read("file,mrn,reader,Mass\n" + rows, columns), ["Mass"])[0][0]
    }
    #expect(try votes(["1", "-1", "-1"]) == nil)
    #expect(try votes(["1", "1", "-1"]) == 1)
    #expect(try votes(["0", "0", "-1"]) == 0)
    #expect(try votes(["1", "0", "NaN"]) == nil)
    #expect(try votes(["", "", ""]) == 0)
    columns.blank = .unknown
    #expect(try votes(["", "", ""]) == nil)
    #expect(try votes(["1", "1", ""]) == 1)
    columns.readers?.votes = .all
    #expect(try votes(["1", "1", "-1"]) == nil)
    #expect(try votes(["1", "0", "-1"]) == 0)
    // A reader's second row may not say something else.
    columns.readers?.votes = .any
    let torn = try read(
      "file,mrn,reader,Mass\na.png,1,R1,0\na.png,1,R1,1\na.png,1,R2,1\n", columns)
    do {
      _ = try cells(torn, ["Mass"])
      Issue.record("a reader's contradiction was read")
    } catch let error as DataError {
      #expect(error.description.contains("line 3"), "\(error)")
    }
    // One reader's healthy film is another's finding; half of them are no majority, which is counted.
    var healthy = hospital(.columns(["No Finding", "Mass"]))
    healthy.readers = CollectionDescription.Readers(column: "reader", votes: .any)
    let text = "file,mrn,reader,No Finding,Mass\na.png,1,R1,1,0\na.png,1,R2,0,1\n"
    #expect(try cells(read(text, healthy), ["Mass"]) == [[1]])
    healthy.readers?.votes = .majority
    #expect(try cells(read(text, healthy), ["Mass"]) == [[0]])
    #expect(try read(text, healthy).tiedVotes == 2)
    columns.readers?.column = "redaer"
    #expect(throws: DataError.self) { try votes(["1", "1", "1"]) }

    var names = hospital(.names(column: "codes", separator: ";"))
    names.readers = CollectionDescription.Readers(column: "reader")
    names.unknown = ["unchanged"]
    names.labels = ["Mass", "Edema"]
    func found(_ said: [String]) throws -> [Int?] {
      let rows = said.enumerated().map { "a.png,1,R\($0),\($1)\n" }.joined()
      return try #require(
        cells(read("file,mrn,reader,codes\n" + rows, names), names.labels).first)
    }
    #expect(try found(["Mass;unchanged", "Mass;unchanged", "Mass"]) == [1, nil])
    #expect(try found(["Mass;unchanged", "Mass", "Mass"]) == [1, 0])
    #expect(try found(["unchanged", "Mass", "No Finding"]) == [nil, 0])
    #expect(try found(["unchanged", "unchanged", "unchanged"]) == [nil, nil])
  }
}
