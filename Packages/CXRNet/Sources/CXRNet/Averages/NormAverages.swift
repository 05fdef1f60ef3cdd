import CXRParallel
import CXRTensor

/// The averages of batch normalisations over many batches, exactly: count, mean and squared deviations of all values that
/// each normalisation met, in Double, batches merged as Chan, Golub and LeVeque (1979) do.
///
/// The batches normalise themselves as in training; only what is remembered of them is exact, where moving averages forget.
///
/// ```swift
/// func recalibrate(_ model: inout ChestCNN, on batches: [Tensor]) {
///   var averages = NormAverages()
///   for films in batches { averages.add(model, films, in: BatchShares(images: films.shape[0])) }
///   averages.set(in: &model)
/// }
/// ```
public struct NormAverages: Sendable {
  /// What a normalisation met so far.
  private struct Seen: Sendable {
    var count = 0.0
    var mean: [Double]
    var squares: [Double]
    let kind: RunningVariance
    let varianceSlot: Int
  }

  /// By the place of the mean among the parameters.
  private var seen: [Int: Seen] = [:]

  /// Nothing met yet.
  public init() {}

  /// Takes in what the normalisations of a network meet in films `[N, side, side, 1]`, but for those that are frozen.
  public mutating func add(
    _ model: some FilmClassifier, _ films: Tensor, in shares: BatchShares,
    random: RandomStream = RandomStream(seed: 0),
    freezing isFrozen: (ParameterPath) -> Bool = { _ in false }
  ) {
    var (bound, leaves, frozen) = (model, [Variable](), Set<Int>())
    bound.forEachParameter(at: .root) { path, parameter in
      parameter.slot = leaves.count
      if isFrozen(path) { frozen.insert(parameter.slot) }
      leaves.append(Variable(parameter.value, in: shares))
    }
    var pass = Pass(
      mode: .training, random: random, leaves: leaves, frozen: frozen, shares: shares)
    _ = bound(Variable(images: films, in: shares), in: &pass)
    for batch in pass.batchStatistics { add(batch) }
  }

  private mutating func add(_ batch: Pass.BatchStatistics) {
    let count = Double(batch.count)
    var all =
      seen[batch.meanSlot]
      ?? Seen(
        mean: [Double](repeating: 0, count: batch.mean.shape.count),
        squares: [Double](repeating: 0, count: batch.mean.shape.count), kind: batch.kind,
        varianceSlot: batch.varianceSlot)
    let total = all.count + count
    for c in all.mean.indices {
      let distance = Double(batch.mean.scalars[c]) - all.mean[c]
      all.squares[c] +=
        Double(batch.variance.scalars[c]) * count + distance * distance * all.count * count / total
      all.mean[c] += distance * count / total
    }
    all.count = total
    seen[batch.meanSlot] = all
  }

  /// Sets the averages of a network of the same kind; those that met nothing stay.
  public func set(in model: inout some Module) {
    var values: [Int: Tensor] = [:]
    for (slot, all) in seen {
      let shape: Shape = [all.mean.count]
      values[slot] = Tensor(all.mean.map { Float($0) }, shape: shape)
      values[all.varianceSlot] = all.kind(
        of: Tensor(all.squares.map { Float($0 / all.count) }, shape: shape),
        count: Int(all.count))
    }
    model.setStatistics(Gradients(loss: 0, tensors: [], statistics: values))
  }
}
