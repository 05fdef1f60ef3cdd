"""torchvision's own DenseNet and ResNet, as an architecture of ours describes them.

torchvision's compiled part needs the PyTorch that it was built with, and without it the package cannot be imported. The networks
use none of its operators: where they are missing they are declared, not defined, so that a call of one would fail.
"""

import itertools

import torch
from torch import nn

OPERATORS = ["nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"] + [
    f"{name}(Tensor a) -> Tensor"
    for name in (
        "qnms", "deform_conv2d", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "_roi_align_backward",
    )
]  # fmt: skip

try:
    import torchvision
except RuntimeError:
    # Kept: the declarations live as long as this does.
    DECLARED = torch.library.Library("torchvision", "DEF")
    for operator in OPERATORS:
        DECLARED.define(operator)
    import torchvision

from torchvision.models import DenseNet
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

LABELS = 14
BLOCKS = {"resnet18": BasicBlock, "resnet50": Bottleneck}
VERSIONS = f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}"


class ResNetOfWidth(ResNet):
    """torchvision's, its four stages of `width`, 2, 4 and 8 times as many planes instead of 64 and so on."""

    def __init__(self, block, layers, width):
        super().__init__(block, layers, num_classes=LABELS)
        if width == 64:
            return
        self.inplanes = width
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        for stage, count in enumerate(layers):
            made = self._make_layer(block, width << stage, count, stride=1 if stage == 0 else 2)
            setattr(self, f"layer{stage + 1}", made)
        self.fc = nn.Linear(8 * width * block.expansion, LABELS)


def densenet(blocks, growth, channels=1, constants="same"):
    return {"name": "densenet121", "growth": growth, "blocks": blocks, "bottleneck": 4} | common(channels, constants)


def resnet(name, blocks, width, channels=1, constants="same"):
    return {"name": name, "width": width, "blocks": blocks} | common(channels, constants)


def common(channels, constants):
    """What every architecture says: of the input, and how PyTorch's batch normalisation computes."""
    return {
        "input_channels": channels, "input_constants": constants,
        "norm_epsilon": 1e-5, "norm_momentum": 0.9, "norm_variance": "unbiased",
    }  # fmt: skip


def build(architecture):
    """The network that an architecture describes, in evaluation mode, with whatever weights."""
    if architecture["name"] == "densenet121":
        network = DenseNet(
            architecture["growth"], architecture["blocks"], num_init_features=2 * architecture["growth"],
            bn_size=architecture["bottleneck"], num_classes=LABELS)  # fmt: skip
    else:
        network = ResNetOfWidth(BLOCKS[architecture["name"]], architecture["blocks"], architecture["width"])
    if architecture["input_channels"] == 1:
        name = "conv1" if isinstance(network, ResNet) else "features.conv0"
        kernels = network.get_submodule(name).out_channels
        network.set_submodule(name, nn.Conv2d(1, kernels, 7, stride=2, padding=3, bias=False))
    return network.eval()


def stem(network):
    """Its first convolution."""
    return network.conv1 if isinstance(network, ResNet) else network.features.conv0


def classifier(network):
    """Its linear layer."""
    return network.fc if isinstance(network, ResNet) else network.classifier


def residual_blocks(network):
    return [module for module in network.modules() if isinstance(module, (BasicBlock, Bottleneck))]


def norms(block):
    """The normalisations before each of a residual block's rectifications."""
    return [block.bn1, block.bn2] + ([block.bn3] if isinstance(block, Bottleneck) else [])


def tops_of_branches(network):
    """The last normalisation of each residual block's branch."""
    return {norms(block)[-1] for block in residual_blocks(network)}


def last_norms(network):
    """The normalisations whose values, or sums of them, the linear layer gets."""
    if isinstance(network, ResNet):
        return {norms(block)[-1] for block in network.layer4} | {network.layer4[0].downsample[1]}
    return {network.features.norm5}


def rectified(network, change):
    """Hooks by which `change(normalisation, values)` gives what is rectified instead, in a residual block the sum."""

    def before(relu, norms):
        # A block's one module rectifies after each of its normalisations in turn.
        turn = itertools.cycle(norms)
        return relu.register_forward_pre_hook(lambda module, arguments: (change(next(turn), arguments[0]),))

    if isinstance(network, ResNet):
        return [before(network.relu, [network.bn1])] + [before(b.relu, norms(b)) for b in residual_blocks(network)]
    modules = dict(network.named_modules())
    pairs = [(m, modules[name.replace("relu", "norm")]) for name, m in modules.items() if isinstance(m, nn.ReLU)]
    # The last is rectified by a function.
    last = network.features.norm5
    return [before(relu, [norm]) for relu, norm in pairs] + [
        last.register_forward_hook(lambda module, arguments, made: change(module, made))
    ]
