import CXRReport

var page = ReportPage(title: "A page", lead: "From outside.")
page.table(header: ["finding", "films"], rows: [["Mass", "3"]])
print(page.html.count > 1000)
