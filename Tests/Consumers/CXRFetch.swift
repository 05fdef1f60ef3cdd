import CXRFetch
import Foundation

// A catalogue whose files nobody serves: stopped before the first attempt, nothing is lost.
let text = "file,url,bytes,md5\na.tar.gz,http://127.0.0.1:1/a,5,0123456789abcdef0123456789abcdef\n"
let catalogue = try FetchCatalogue(contents: Array(text.utf8), path: "catalogue.csv")
let folder = try FetchFolder(NSTemporaryDirectory() + "/cxr-consumer-fetch")
let outcome = try Fetcher(catalogue, into: folder).run(shouldStop: { true })
print(outcome.isStopped ? "stopped" : "whole", FetchCatalogue.nih.entries.count)
