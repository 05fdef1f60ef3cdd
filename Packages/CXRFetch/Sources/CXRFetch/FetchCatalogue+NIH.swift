extension FetchCatalogue {
  /// The twelve archives of NIH ChestX-ray14: 112,120 films, 45.1 GB.
  ///
  /// MD5 sums as NIH publishes them (FAQ_CHESTXRAY, question 7), sizes as its server gives them. Label files lie on
  /// ``labelsPage``.
  public static let nih = FetchCatalogue(
    name: "nih",
    entries: [
      nihArchive(
        1, "vfk49d74nhbxq3nqjg0900w5nvkorp5c", 2_008_470_987, "fe8ed0a6961412fddcbb3603c11b3698"),
      nihArchive(
        2, "i28rlmbvmfjbl8p2n3ril0pptcmcu9d1", 3_952_623_504, "ab07a2d7cbe6f65ddd97b4ed7bde10bf"),
      nihArchive(
        3, "f1t00wrtdk94satdfb9olcolqx20z2jp", 3_929_234_850, "2301d03bde4c246388bad3876965d574"),
      nihArchive(
        4, "0aowwzs5lhjrceb3qp67ahp0rd1l1etg", 3_838_903_983, "9f1b7f5aae01b13f4bc8e2c44a4b8ef6"),
      nihArchive(
        5, "v5e3goj22zr6h8tzualxfsqlqaygfbsn", 3_935_496_531, "1861f3cd0ef7734df8104f2b0309023b"),
      nihArchive(
        6, "asi7ikud9jwnkrnkj99jnpfkjdes7l6l", 3_986_301_172, "456b53a8b351afd92a35bc41444c58c8"),
      nihArchive(
        7, "jn1b4mw4n6lnh74ovmcjb8y48h8xj07n", 4_016_328_426, "1075121ea20a137b87f290d6a4a5965e"),
      nihArchive(
        8, "tvpxmn7qyrgl0w8wfh9kqfjskv6nmm1j", 4_018_347_353, "b61f34cec3aa69f295fbb593cbd9d443"),
      nihArchive(
        9, "upyy3ml7qdumlgk2rfcvlb9k6gvqq2pj", 4_111_327_929, "442a3caa61ae9b64e61c561294d1e183"),
      nihArchive(
        10, "l6nilvfa9cg3s28tqv1qc1olm3gnz54p", 4_181_556_296, "09ec81c4c31e32858ad8cf965c494b74"),
      nihArchive(
        11, "hhq8fkdgvcari67vfhs7ppg2w6ni4jze", 4_187_084_020, "499aefc67207a5a97692424cf5dbeed5"),
      nihArchive(
        12, "ioqwiy20ihqwyr8pf4c24eazhh281pbu", 2_914_187_733, "dc9fda1757c2de0032b63347a7d2895c"),
    ])

  /// Where NIH's label files, official lists and boxes lie, for a person with a browser.
  public static let labelsPage = "https://nihcc.app.box.com/v/ChestXray-NIHCC"

  private static func nihArchive(
    _ number: Int, _ key: String, _ bytes: Int, _ md5: String
  ) -> Entry {
    let digits = String(1000 + number).dropFirst()
    return Entry(
      file: "images_\(digits).tar.gz", url: "https://nihcc.box.com/shared/static/\(key).gz",
      bytes: bytes, md5: md5)
  }
}
