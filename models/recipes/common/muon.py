"""Muon (Jordan 2024): momentum whose matrices are made orthogonal before they are added, so that no direction is left behind."""
import torch

from . import together

# Of the quintic iteration that drives singular values towards 1.
A, B, C = 3.4445, -4.7750, 2.0315
ITERATIONS = 4


def orthogonal(matrices: torch.Tensor) -> torch.Tensor:
    """The nearest orthogonal matrices, roughly. @param matrices several of one shape"""
    x = matrices / (matrices.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    tall = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2).contiguous() if tall else x
    for _ in range(ITERATIONS):
        gram = x @ x.transpose(1, 2)
        x = A * x + (B * gram + C * gram @ gram) @ x
    return x.transpose(1, 2) if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, matrices, lr: float, momentum: float = 0.95, weight_decay: float = 0.01):
        super().__init__(matrices, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            by_shape: dict[tuple, list] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape.setdefault(tuple(parameter.shape), []).append(parameter)
            for (rows, columns), parameters in by_shape.items():
                updates = self._updates(parameters, group["momentum"])
                size = group["lr"] * max(1, rows / columns) ** 0.5
                for parameter, update in zip(parameters, updates):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-size)

    def _updates(self, parameters: list, share: float) -> torch.Tensor:
        """Each process makes its part of the matrices orthogonal: that is a quarter of a step's work on a processor."""
        updates = torch.zeros(len(parameters), *parameters[0].shape, device=parameters[0].device)
        mine = range(together.rank(), len(parameters), together.size())
        momenta = [self._momentum(each, share) for each in parameters]
        if len(mine):
            updates[mine.start :: mine.step] = orthogonal(torch.stack([momenta[at] for at in mine]))
        return together.summed(updates)

    def _momentum(self, parameter: torch.Tensor, share: float) -> torch.Tensor:
        state = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
        state["momentum"].lerp_(parameter.grad, 1 - share)
        return parameter.grad.lerp(state["momentum"], share)
