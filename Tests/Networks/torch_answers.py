"""What PyTorch makes of a network and films, in the type of numbers that the network has."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from checkpoint_file import named
from films import inputs
from torchvision_networks import classifier

BATCH, STEPS = 8, 10
RATE, MOMENTUM = 0.01, 0.9
# Where normalisations take the batch's statistics.
TRAINING = ("gradients-training", "steps")


def answer(mode, network, architecture, films, labels):
    """`{name: array}` of a mode, as the program that is judged gives it. The network's statistics and weights change."""
    kind = next(network.parameters()).dtype
    given, labels = inputs(torch.as_tensor(films).to(kind), architecture), torch.as_tensor(labels).to(kind)
    kinds = {"logits": logits, "maps": maps, "gradients": gradients, "steps": steps}
    network.train(mode in TRAINING)
    return kinds[mode.split("-")[0]](network, given, labels)


def logits(network, given, labels):
    with torch.no_grad():
        return {"logits": network(given).numpy()}


def maps(network, given, labels):
    """Class activation maps (Zhou et al., CVPR 2016), with the bias: what the linear layer makes of each place's features, the last
    that the network averages."""
    last, features = classifier(network), []

    def keep(module, arguments):
        features.append(arguments[0])

    # torchvision's ResNet averages by a module; its DenseNet by a function, after rectifying what `features` gives.
    if hasattr(network, "avgpool"):
        hook = network.avgpool.register_forward_pre_hook(keep)
    else:
        hook = network.features.register_forward_hook(lambda module, arguments, made: keep(module, (made.relu(),)))
    with torch.no_grad():
        network(given)
        hook.remove()
        return {"maps": (features[0].permute(0, 2, 3, 1) @ last.weight.T + last.bias).numpy()}


def gradients(network, given, labels):
    """Of the mean over films and labels."""
    loss = binary_cross_entropy_with_logits(network(given), labels)
    loss.backward()
    slopes = named(network, ((name, p.grad) for name, p in network.named_parameters()))
    made = {"loss": loss.detach().numpy().reshape(1)} | {f"gradient/{name}": slope for name, slope in slopes.items()}
    if network.training:
        kept = named(network, network.named_buffers())
        made |= {f"statistic/{name}": statistic for name, statistic in kept.items()}
    return made


def steps(network, given, labels):
    """The losses before each of ten steps."""
    descent = torch.optim.SGD(network.parameters(), RATE, MOMENTUM)
    losses = []
    for start in range(0, BATCH * STEPS, BATCH):
        descent.zero_grad()
        loss = binary_cross_entropy_with_logits(network(given[start : start + BATCH]), labels[start : start + BATCH])
        loss.backward()
        descent.step()
        losses.append(loss.detach())
    return {"losses": torch.stack(losses).numpy()}
