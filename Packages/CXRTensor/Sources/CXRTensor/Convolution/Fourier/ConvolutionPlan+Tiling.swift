import CConvolution

extension ConvolutionPlan {
  /// The tiling for a transform length; `nil` where a tile would have no output.
  func tiling(tile: Int) -> cxr_tiling? {
    func cut(_ outputs: Int, kernel: Int) -> (step: Int, tiles: Int)? {
      // Pooling windows must not straddle tiles.
      let most = isPooled ? (tile - kernel + 1) / 2 * 2 : tile - kernel + 1
      guard most > 0 else { return nil }
      let tiles = (outputs + most - 1) / most
      let even = (outputs + tiles - 1) / tiles
      return (isPooled ? (even + 1) / 2 * 2 : even, tiles)
    }
    guard let y = cut(wanted.rows, kernel: kernel[0]),
      let x = cut(wanted.columns, kernel: kernel[1])
    else { return nil }
    return cxr_tiling(
      height: input[1], width: input[2], channels: channels, kernel_height: kernel[0],
      kernel_width: kernel[1], filters: filters, pad_top: padTop, pad_left: padLeft,
      out_height: wanted.rows, out_width: wanted.columns, tile: tile, step_y: y.step,
      step_x: x.step,
      tiles_y: y.tiles, tiles_x: x.tiles,
      packed: 2 * channels <= engine.lanes && channels <= Self.mostDirectChannels ? 1 : 0)
  }
}
