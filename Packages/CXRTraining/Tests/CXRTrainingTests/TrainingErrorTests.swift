import CXRData
import CXRNet
import Testing

@testable import CXRTraining

/// What is said of options out of range and of runs that cannot go on, and what can be done about it.
@Suite struct TrainingErrorTests {
  private func refusal(_ change: (inout TrainingOptions) -> Void) -> String {
    var options = TrainingOptions()
    change(&options)
    let error = #expect(throws: TrainingError.self) { try options.validate() }
    #expect(error?.invalidOption?.description == error?.description)
    return error?.description ?? ""
  }

  @Test func optionsOutOfRangeAreNamed() {
    #expect(refusal { $0.epochs = 0 } == "epochs 0: at least 1 is needed")
    #expect(
      refusal { $0.batchSize = 4097 } == "batchSize 4097: a number from 1 to 4096 is needed")
    #expect(
      refusal { $0.preparation.imageSize = 0 }
        == "imageSize 0: a number of pixels up to 4096 is needed")
    #expect(
      refusal { $0.preparation.imageSize = 90 }
        == "imageSize 90: the network takes films of at least 106 pixels a side")
    #expect(
      refusal { $0.learningRate = -1 } == "learningRate -1.0: a positive number is needed")
    #expect(refusal { $0.decay = 0 } == "decay 0.0: a number in 0 < d <= 1 is needed")
    #expect(refusal { $0.clipNorm = .infinity } == "clipNorm inf: a positive number is needed")
    #expect(refusal { $0.patience = 0 } == "patience 0: at least 1 epoch is needed")
    #expect(
      refusal { $0.architecture = Architecture("none", [:]) }
        .hasPrefix("architecture: no network is called none; known are "))
    #expect(
      refusal { $0.optimizer = OptimizerSettings(telling: "none", [:]) }
        .hasPrefix("optimizer: there is no optimizer \"none\""))
  }

  @Test func runsThatCannotGoOnMayBeginAnew() {
    let lost = TrainingError.cannotGoOn(path: "run/best.npz", reason: "is missing. Restore it")
    #expect(
      lost.description
        == "run/best.npz: is missing. Restore it, or start anew in another folder, or over this one"
    )
    #expect(lost.remedies == [.startAnew] && lost.invalidOption == nil)
    let diverged = TrainingError.notFinite(.loss, epoch: 1, step: 2, films: [])
    #expect(
      diverged.remedies == [Remedy(option: "learningRate"), Remedy(option: "clipNorm", value: "1")])
    #expect(TrainingError.unusableCheckpoint(path: "p", reason: "r").remedies == [])
    #expect(
      TrainingError.evaluationMismatch("m", remedies: [.evaluateAllFilms]).remedies.count == 1)
  }
}
