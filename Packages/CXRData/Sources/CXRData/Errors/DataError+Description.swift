extension DataError: CustomStringConvertible {
  /// The message a person reads.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "\(path): cannot be read (\(reason)); check the path and its permissions"
    case .missingColumn(let path, let column, let found, let needed, _):
      return "\(path): line 1: no column \"\(column)\"; the header has "
        + found.prefix(20).map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
        + ". Required are " + needed
    case .wrongFieldCount(let path, let line, let expected, let found):
      return "\(path): line \(line): \(found) fields where the header has \(expected); "
        + "a field with a comma needs quotes"
    case .malformedQuotes(let path, let line):
      return "\(path): line \(line): a quoted field starts here and is not closed properly; "
        + "a quote within quotes is written twice"
    case .invalidField(let path, let line, let column, let found):
      return
        "\(path): line \(line): \(found.isEmpty ? "a blank" : "\"\(found)\"") is no valid \(column); correct or "
        + "remove the row"
    case .filmOfTwoPatients(let path, let line, let film, let patient, let otherLine, let other):
      return
        "\(path): line \(line): \(film) is patient \(patient)'s here, but patient \(other)'s on line "
        + "\(otherLine); a film has one patient, remove the wrong row"
    case .noRows(let path):
      return "\(path): the file has no rows; check that it is the right file"
    case .patientInTwoParts(let patient, let first, let second):
      return "patient \(patient) has films in both the \(first) and the \(second) part; "
        + "a patient must be in one part only, correct the lists"
    case .emptyPart(let part, let patients):
      return
        "the \(part) part of the split would be empty: there are \(patients) patients to draw from; "
        + "use a label file with more patients"
    case .labelsWithoutPositives(let labels):
      return "no positive film in training for \(labels.joined(separator: ", ")): "
        + "its class weight is undefined; leave it out"
    case .labelsWithoutNegatives(let labels):
      return "no negative film in training for \(labels.joined(separator: ", ")): "
        + "its class weight is undefined; leave it out"
    case .unknownFilms(let path, let line, let names, let count, let hints):
      return Self.place(path, line ?? 0)
        + "\(count) of its films \(count == 1 ? "is" : "are") not in the label file, the first: "
        + names.map { String($0.prefix(80)) }.joined(separator: ", ") + "."
        + hints.map { " " + $0.description + "." }.joined()
        + " Use the file that belongs to this label file, or remove what it does not have"
    case .invalidArgument(let text): return text
    case .ambiguousFilm(let name, let first, let second):
      // An archive may hold a name twice.
      if first == second {
        return
          "\(name) is twice in its archive, at \(first); unpack the archive and keep one of them"
      }
      return
        "\(name) is in both \(first) and \(second); keep one of them, or write the folder that tells them "
        + "apart into the film's name"
    case .filmOfTwoNames(let path, let first, let second):
      return
        "\(first) and \(second) are both the film \(path); name each film once, with the folders that tell "
        + "films apart, and remove the other row"
    case .notText(let path, let format):
      return "\(path): this is \(format.rawValue), no table of text; \(format.conversion(path))"
    case .invalidUTF8(let path, let line, let byte):
      return
        "\(path): line \(line): the byte 0x\(String(byte, radix: 16, uppercase: true)) is not UTF-8; if the "
        + "file comes from Windows, convert it: iconv -f WINDOWS-1252 -t UTF-8 \(path) > utf8.csv"
    case .columnTwice(let path, let line, let first, let second):
      return
        "\(path): line \(line): "
        + (first == second
          ? "the column \"\(first)\" stands there twice"
          : "the columns \"\(first)\" and \"\(second)\" mean one thing, which stands there twice")
        + "; remove one of them"
    case .roundedIdentifier(let path, let line, let found):
      return
        "\(path): line \(line): the patient \"\(found)\" is a number that a spreadsheet has rounded, so that "
        + "several patients may be one; export the column as text from where it was whole"
    case .invalidScore(let path, let line, let label, let found):
      let advice =
        switch Double(found) {
        case _ where found.hasSuffix("%"): "percentages are divided by 100"
        case let number? where number > 1:
          "percentages are divided by 100, log-odds are to be called so"
        case let number? where number < 0: "log-odds are to be called so"
        default: "each film needs one"
        }
      return
        "\(path): line \(line): \(found.isEmpty ? "a blank" : "\"\(found)\"") is no probability of \(label), a number "
        + "from 0 to 1; \(advice)"
    case .noKnownColumn(let path, let columns, let labels, _):
      return
        "\(path): none of its columns is called as a finding of the label file; it has "
        + columns.prefix(20).map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
        + ", the label file " + labels.prefix(30).joined(separator: ", ")
        + "; rename the columns of scores, or name them as labels"
    case .unusedRename(let path, let from, let nearest):
      return
        "\(path): nothing is called \"\(from)\", which is to be renamed"
        + (nearest.map { "; did you mean \"\($0)\"?" }
          ?? "; correct the name, or leave the rename out")
    case .rowsWithoutPatient(let path, let lines, let found):
      let shown = lines.prefix(10).map { "\($0)" }.joined(separator: ", ")
      return
        "\(path): line\(lines.count == 1 ? "" : "s") \(shown)"
        + (lines.count > 10 ? " and \(lines.count - 10) more" : "")
        + ": \(found.isEmpty ? "a blank" : "\"\(found)\"") is no valid Patient ID, as all such films would be one "
        + "patient's; fill it in, or remove the row\(lines.count == 1 ? "" : "s")"
    case .nearPatients(let path, let line, let first, let otherLine, let second):
      return
        "\(path): line \(otherLine): the patient \"\(second)\" is almost the patient \"\(first)\" of line \(line); "
        + "where they are one, write the identifier in one way, where they are two, tell them apart by more"
    case .repeatedHeader(let path, let line):
      return
        "\(path): line \(line): the header stands here once more, as where two files were joined; remove the line"
    case .contradictoryColumn(let path, let line, let film, let label, let value, let findings):
      return
        "\(path): line \(line): \(film) has \(value) in the column \(label), but \"\(findings)\" as its findings; "
        + "correct one of the two, or remove the column"
    case .contradictoryRows(
      let path, let line, let film, let column, let found, let otherLine, let other):
      return
        "\(path): line \(line): \(film) has \"\(found)\" as \(column) here, but \"\(other)\" on line "
        + "\(otherLine); rows of one film are joined where they agree, so correct or remove one of the two, or, where these are "
        + "several readers', describe whose they are"
    case .unseparatedFindings(let path, let line, let found, let label):
      return
        Self.place(path, line)
        + "\"\(found)\" holds the label \(label) beside what is no label; write findings "
        + "between |, as in \"\(label)|…\", or, if all of it is one finding's name, ask for it as a label or rename it"
    case .nearNames(let path, let names):
      let (one, more) = (names[0], names.count - 1)
      return
        Self.place(path, one.line)
        + "\"\(one.found)\" is almost the label \"\(one.label)\", but not quite"
        + (more > 0
          ? ", and so are "
            + names.dropFirst().prefix(20).map { "\"\($0.found)\" (line \($0.line))" }
            .joined(separator: ", ")
          : "")
        + (names.allSatisfy(\.isRenamable)
          ? "; where they mean the same, rename them or correct the file"
          : "; two columns mean one thing: remove or rename one in the file")
    case .unknownLabel(let path, let label, let known, let nearest):
      return
        Self.place(path, 0) + "nothing in the file is called \"\(label)\""
        + (nearest.map { " (did you mean \"\($0)\"?)" } ?? "") + "; it has "
        + known.prefix(30).map { String($0.prefix(60)) }.joined(separator: ", ")
        + (known.count > 30 ? ", … (\(known.count))" : "") + "; ask for one of these"
    case .invalidDescription(let name, let reason):
      return "the description of the collection \(name): \(reason)"
    case .noPatients(let path, let collection):
      return
        "\(path): \(collection) does not say whose films these are, so that films of one patient would come into "
        + "training and test alike"
    case .patientsTwice(let path, let place):
      return
        "\(path): \(place) says whose films these are; leave the other source of patients out"
    case .filmsWithoutPatient(let path, let films, let count):
      return
        "\(path): \(count) film\(count == 1 ? "" : "s") of the label file \(count == 1 ? "is" : "are") not in this table of patients, the "
        + "first: \(films.map { String($0.prefix(80)) }.joined(separator: ", ")); complete the table"
    case .keyTwice(let path, let line, let column, let key, let otherLine):
      return
        "\(path): line \(line): \(column) \(key) stands on line \(otherLine) too, with other values; each may have one row, "
        + "remove the wrong one"
    case .contradictoryTables(
      let path, let line, let column, let found, let otherPath, let otherLine, let other):
      return
        "\(path): line \(line): \(column) is \"\(found)\" here, but \"\(other)\" in \(otherPath), line \(otherLine); the tables "
        + "are not of one release, or one of the two is wrong"
    case .noPlaceInSplit(let path, let line, let column, let found, let isInTwoParts):
      return
        "\(path): line \(line): \"\(found)\" in the column \"\(column)\" "
        + (isInTwoParts
          ? "is in two parts by the collection's description; correct its values there"
          : "cannot be compared with the ends of the ranges in the collection's description: both are numbers, or both "
            + "dates such as 2014-01-31 or 31.01.2014; write the ends, or the column, so")
    case .partedOtherwise(let path, let line, let found, let label):
      return
        "\(path): line \(line): \"\(found.prefix(80))\" is one name by the collection's description, but holds the label \(label); "
        + "correct the separator there, or, if all of it is one finding's name, rename it there"
    case .nearDescribedNames(let path, let names):
      return
        "\(path): line \(names[0].line): \"\(names[0].found)\" is almost \"\(names[0].label)\" of the collection's "
        + "description, but not quite"
        + (names.count > 1 ? ", and so are \(names.count - 1) other names" : "")
        + "; write it there as it stands in the file"
    case .nothingJoined(let path, let column, let found, let otherPath, let other):
      return
        "\(path): none of its rows belongs to a film of \(otherPath) by the column \(column), which is \"\(found)\" here and "
        + "\"\(other)\" there; give tables of one release, with the column written in one way"
    case .patientAcrossParts(
      let patient, let column, let first, let line, let second, let otherLine):
      return
        "the column \"\(column)\" puts films of patient \(patient) into the \(first) part (line \(line)) and into the \(second) "
        + "part (line \(otherLine)); a patient must be in one part only: correct the column, or describe such patients to be "
        + "left out"
    case .emptyPartOfColumn(let part, let column, _, let leaking) where leaking > 0:
      return
        "all patients whom the column \"\(column)\" puts into the \(part) part have films in another part too, so that leaving "
        + "such patients out (\(leaking)) leaves none; divide the films otherwise"
    case .emptyPartOfColumn(let part, let column, let others, _):
      return
        "the column \"\(column)\" puts no film into the \(part) part"
        + (others.isEmpty
          ? "" : "; it also has " + others.prefix(10).map { "\"\($0)\"" }.joined(separator: ", "))
        + "; correct the values that the description of the collection has for this part"
    case .strangersInList(let path, let line, let names, let count):
      return
        "\(path): line \(line): \(count) of its films \(count == 1 ? "is" : "are") not among those of the label file, or left out "
        + "there, the first: \(names.map { String($0.prefix(80)) }.joined(separator: ", ")); use the list that belongs to this "
        + "label file, or go on without them"
    case .tableMissing(let path, let collection):
      return
        "\(path): no such file; \(collection) needs it beside its label file: copy it there"
    case .nothingKept(let path, let column, let kept, let found):
      return
        "\(path): no row is left: of the column \"\(column)\" "
        + kept.map { "\"\($0)\"" }.joined(separator: ", ") + " would be kept, but it has "
        + found.prefix(10).map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
        + "; correct the description of the collection"
    case .unknownPartner(let path, let label, let known, let nearest):
      return
        "\(path): \"\(label)\" is none of "
        + known.prefix(40).joined(separator: ", ")
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? "; correct the name")
    case .unreadableLabel(let path, let line, let label, let found):
      return
        Self.place(path, line) + (found.map { "\"\($0)\"" } ?? "the value")
        + " in the column \(label) is no label; it may be 1, "
        + "0, -1 (uncertain), yes, no, true, false, or blank, or what a collection's description says: correct it, describe it, "
        + "or leave the label out"
    }
  }

  /// Where something is, as far as that is known.
  private static func place(_ path: String?, _ line: Int) -> String {
    (path.map { "\($0): " } ?? "") + (line > 0 ? "line \(line): " : "")
  }
}
