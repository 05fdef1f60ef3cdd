extension CollectionDescription {
  /// Reads what was written, perhaps by a version that knew fewer members: those that are not there are as in a description
  /// that does not name them.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      name: values.decode(String.self, forKey: .name),
      film: values.decode(String.self, forKey: .film),
      patient: values.decodeIfPresent(Identity.self, forKey: .patient),
      findings: values.decode(Findings.self, forKey: .findings))
    func set<Value: Decodable>(
      _ member: WritableKeyPath<CollectionDescription, Value>, _ key: CodingKeys
    ) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) {
        self[keyPath: member] = value
      }
    }
    func setOptional<Value: Decodable>(
      _ member: WritableKeyPath<CollectionDescription, Value?>, _ key: CodingKeys
    ) throws {
      self[keyPath: member] = try values.decodeIfPresent(Value.self, forKey: key)
    }
    try setOptional(\.study, .study)
    try set(\.labels, .labels)
    try set(\.renames, .renames)
    try set(\.kinds, .kinds)
    try set(\.below, .below)
    try set(\.noFinding, .noFinding)
    try set(\.unknown, .unknown)
    try set(\.unusable, .unusable)
    try set(\.blank, .blank)
    try setOptional(\.values, .values)
    try setOptional(\.readers, .readers)
    try set(\.hasSeveralRowsAFilm, .hasSeveralRowsAFilm)
    try setOptional(\.view, .view)
    try setOptional(\.side, .side)
    try set(\.views, .views)
    try setOptional(\.sex, .sex)
    try setOptional(\.age, .age)
    try setOptional(\.followUp, .followUp)
    try set(\.keep, .keep)
    try set(\.leadingFolders, .leadingFolders)
    try set(\.ignoresExtensions, .ignoresExtensions)
    try setOptional(\.split, .split)
    try set(\.tables, .tables)
  }
}
