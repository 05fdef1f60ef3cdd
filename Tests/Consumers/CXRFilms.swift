import CXRFilms

let problem = AuditProblem(image: "1.png", kind: "inverted", severity: .warning, detail: "black")
print([problem].auditCSV, terminator: "")
