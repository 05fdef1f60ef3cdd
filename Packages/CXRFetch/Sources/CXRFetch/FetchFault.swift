/// What went wrong with one file.
public enum FetchFault: Error, Equatable, CustomStringConvertible {
  /// The server refuses by a status.
  case status(Int, url: String)
  /// The server's file has another size; bytes, and the type that the server names.
  case otherSize(expected: Int, found: Int, type: String)
  /// More bytes came than the file has.
  case longer(expected: Int)
  /// The bytes have another MD5 sum.
  case otherSum(expected: String, found: String)
  /// A redirect that is not followed.
  case redirect(String)
  /// The address is none.
  case badAddress(String)
  /// The server's certificate is not to be trusted.
  case untrusted(String)
  /// The part or the file cannot be written or read here.
  case storage(path: String, reason: String)
  /// The system lacks what is needed, as memory.
  case system(String)
  /// What may pass, such as a cut, and did not in as many attempts.
  case gaveUp(attempts: Int, reason: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .status(let status, let url):
      "the server answers \(status) to \(url); check the address, or try again later"
    case .otherSize(let expected, let found, let type):
      "the catalogue says \(expected.inBytes), the server \(found.inBytes)"
        + (type.hasPrefix("text/html") ? " of a web page, perhaps one that asks for a login" : "")
        + "; correct the catalogue's size or address"
    case .longer(let expected):
      "more than the \(expected.inBytes) of the catalogue came; correct its size or address"
    case .otherSum(let expected, let found):
      "its MD5 sum is \(found), the catalogue says \(expected); it was removed. Fetch it again; where the sum stays, the "
        + "server has another file"
    case .redirect(let reason): "\(reason); check the address"
    case .badAddress(let url): "\(url) is no address; correct the catalogue"
    case .untrusted(let reason):
      "the server's certificate is not trusted (\(reason)); check the address and this machine's clock and certificates"
    case .storage(let path, let reason): "\(path): \(reason); what has come is kept"
    case .system(let reason): reason
    case .gaveUp(let attempts, let reason):
      "given up after \(attempts) attempts, the last: \(reason); what has come is kept, so run it again later"
    }
  }
}
