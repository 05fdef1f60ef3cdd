import CXRFiles

let document = JSONValue.object([("films", .integer(112_120)), ("share", .number(0.1))])
print(document.line, CSVText.line(["a,b", "c"]), terminator: "")
