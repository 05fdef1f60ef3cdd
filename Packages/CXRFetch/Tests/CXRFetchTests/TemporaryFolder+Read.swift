import CXRTestSupport
import Foundation

extension TemporaryFolder {
  func read(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path + "/" + name).map { [UInt8]($0) }
  }
}
