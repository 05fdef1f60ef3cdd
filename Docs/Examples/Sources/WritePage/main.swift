// A page of one's own: a table and a picture in one file that opens anywhere.
import CXRReport

let epochs = [1.0, 2, 3, 4]
var page = ReportPage(title: "My run", lead: "Four epochs on my own films.")
page.table(header: ["epoch", "loss"], rows: epochs.map { ["\(Int($0))", "\(1 / $0)"] })
try page.write(to: "page.html")
print(page.html.contains("<table>"))
// It prints:
