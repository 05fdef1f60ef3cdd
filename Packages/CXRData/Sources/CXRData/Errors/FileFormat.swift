/// What a file is that is no text, told by how it begins.
public enum FileFormat: String, Sendable {
  case gzip = "a gzip file"
  case bzip2 = "a bzip2 file"
  case xz = "an xz file"
  case zstandard = "a Zstandard file"
  case sevenZip = "a 7-Zip archive"
  case workbook = "an Excel workbook (xlsx)"
  case zip = "a ZIP archive"
  case oldWorkbook = "an old Excel workbook (xls)"
  case parquet = "a Parquet file"
  case html = "an HTML page"
  case lfsPointer = "a git-lfs pointer, which stands for the file"
  case pdf = "a PDF"
  case hdf5 = "an HDF5 file"
  case numpy = "a NumPy file"
  case binary = "a file with zero bytes"

  /// How a person makes a table of it; `file` is its path.
  func conversion(_ file: String) -> String {
    switch self {
    case .gzip: "unpack it: gunzip -k \(file)"
    case .bzip2: "unpack it: bunzip2 -k \(file)"
    case .xz: "unpack it: xz -dk \(file)"
    case .zstandard: "unpack it: zstd -d \(file)"
    case .sevenZip: "unpack it: 7z x \(file)"
    case .zip: "unpack it: unzip \(file)"
    case .workbook, .oldWorkbook: "open it and save the sheet as CSV UTF-8"
    case .parquet:
      "convert it, in Python: pandas.read_parquet(\"\(file)\").to_csv(\"table.csv\", index=False)"
    case .html: "it may ask for a login or report an error; download the file itself"
    case .lfsPointer: "fetch the file: git lfs pull"
    case .pdf, .hdf5, .numpy, .binary: "export the table as CSV UTF-8"
    }
  }
}
