import ArgumentParser
import CXRTensor

/// How a convolution would be computed, and why.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "How a convolution of a shape is computed, and what else was considered.",
    discussion: """
      Example:
        cxr-benchmark plan --input 32,109,109,16 --filters 32 --kernel 7
      """)
  @Option(help: "Images, rows, columns and channels.")
  var input: String
  @Option(help: "Channels out.")
  var filters: Int
  @Option(help: "The kernel's side, in pixels.")
  var kernel: Int
  @Option(help: "Pixels between windows.")
  var stride = 1
  @Option(help: "What happens at the border: valid or same.")
  var padding = "valid"
  @Flag(help: "Only what 2×2 pooling keeps is wanted.")
  var pooled = false

  /// Larger products of sizes would not fit a number.
  private static let range = 1...16384

  private static let paddings: [String: Padding] = ["valid": .valid, "same": .same]

  private var sizes: [Int] { input.split(separator: ",").compactMap { Int($0) } }

  func validate() throws {
    guard sizes.count == 4, sizes.allSatisfy({ Self.range.contains($0) }) else {
      throw ValidationError(
        "--input \(input): four sizes from 1 to \(Self.range.upperBound) are needed, "
          + "as 32,109,109,16")
    }
    for (name, value) in [("--filters", filters), ("--kernel", kernel), ("--stride", stride)] {
      guard Self.range.contains(value) else {
        throw ValidationError(
          "\(name) \(value): a number from 1 to \(Self.range.upperBound) is needed")
      }
    }
    guard let padding = Self.paddings[padding] else {
      throw ValidationError("--padding \(padding): valid or same")
    }
    guard padding.output(size: min(sizes[1], sizes[2]), kernel: kernel, stride: stride).size > 0
    else { throw ValidationError("--kernel \(kernel) does not fit into \(input)") }
  }

  func run() {
    print(
      ConvolutionPlan(
        input: Shape(sizes), kernel: [kernel, kernel, sizes[3], filters], stride: stride,
        padding: Self.paddings[padding] ?? .valid, pooled: pooled))
  }
}
