public struct MemoryNeed {}

private typealias Named = (
  TrainingOptions
)
