/// What a file is that is no text, told by how it begins.
public enum FileFormat: String, Sendable {
  /// Compressed by gzip.
  case gzip = "a gzip file"
  /// Compressed by bzip2.
  case bzip2 = "a bzip2 file"
  /// Compressed by xz.
  case xz = "an xz file"
  /// Compressed by Zstandard.
  case zstandard = "a Zstandard file"
  /// An archive of 7-Zip.
  case sevenZip = "a 7-Zip archive"
  /// A workbook of Excel 2007 or later, which is a ZIP archive of XML.
  case workbook = "an Excel workbook (xlsx)"
  /// Any other ZIP archive.
  case zip = "a ZIP archive"
  /// A workbook of Excel before 2007.
  case oldWorkbook = "an old Excel workbook (xls)"
  /// A table of Apache Parquet.
  case parquet = "a Parquet file"
  /// A page of the web, as a server sends in place of a file.
  case html = "an HTML page"
  /// Three lines of text that git keeps in place of a large file.
  case lfsPointer = "a git-lfs pointer, which stands for the file"
  /// A PDF document.
  case pdf = "a PDF"
  /// An HDF5 file.
  case hdf5 = "an HDF5 file"
  /// An array that NumPy saved.
  case numpy = "a NumPy file"
  /// None of these, but with zero bytes, which no text has.
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
