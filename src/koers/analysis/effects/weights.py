"""Non-negative weights by which areas without the measure match the treated ones on every term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats

Bools = npt.NDArray[np.bool_]

MOST_STEPS = 60
HALVINGS = 20
TINY_RIDGE = 1e-9
MATCHED = 1e-5
"""A term whose difference is at most this part of its scale is matched exactly."""


@dataclass(frozen=True)
class Weights:
    """``weight`` (problems, areas), 0 outside the donors; ``exact`` (problems,): every term
    matched."""

    weight: Floats
    exact: Bools


def balancing_weights(
    terms: Floats, targets: Floats, allowed: Bools, slack: Floats | None = None
) -> Weights:
    """The smallest weights (least sum of squares) with Σ weight × term = target, or as near as
    ``slack`` asks.

    Minimises ½ Σ w² + ½ Σ (Σ w·term − target)² / slack over w ≥ 0; without slack the terms are
    constraints. Solved in the dual, where w = max(0, terms · b), by Newton's method on all problems
    at once; few areas have weight, so a step is cheap.

    Parameters
    ----------
    terms : (areas, terms)
    targets : (problems, terms)
    allowed : (problems, areas)
        Which areas may have weight.
    slack : (problems, terms), optional
        Squared difference that is worth as much as a sum of squared weights of 1.

    Source: Robbins, Saunders & Kilmer, JASA 2017, 112:109-126, with the distance of Zubizarreta,
    JASA 2015, 110:910-922 (stable weights); the same solution as ``microsynth``'s quadratic
    programme.
    """
    scale = np.sqrt(np.mean(terms**2, axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    x = terms / scale
    goal = targets / scale
    ridge = np.full(goal.shape, TINY_RIDGE) if slack is None else slack / scale**2 + TINY_RIDGE
    size = np.maximum(np.abs(goal), 1.0)
    b = np.linalg.lstsq(x, np.ones(len(x)), rcond=None)[0] * (
        goal[:, :1] / max(x[:, 0].sum(), 1e-12)
    )
    fitted = b @ x.T
    exact = np.zeros(len(goal), dtype=np.bool_)
    todo = np.arange(len(goal))
    for _ in range(MOST_STEPS):
        w = _weights(fitted[todo], allowed[todo])
        gap = w @ x + ridge[todo] * b[todo] - goal[todo]
        off = np.abs(gap / size[todo]).max(axis=1)
        done = off <= MATCHED / 100
        exact[todo[done]] = True
        todo, gap, w = todo[~done], gap[~done], w[~done]
        if not len(todo):
            break
        step = -_newton(x, w, ridge[todo], gap)
        along = step @ x.T
        size_of_step = _line_search(
            b[todo], step, fitted[todo], along, allowed[todo], goal[todo], ridge[todo], gap
        )
        b[todo] += size_of_step[:, None] * step
        fitted[todo] += size_of_step[:, None] * along
        stuck = size_of_step == 0.0
        todo = todo[~stuck]
        if not len(todo):
            break
    weight = _weights(fitted, allowed)
    left = np.abs((weight @ x - goal) / size).max(axis=1)
    return Weights(weight, left <= MATCHED)


def _weights(fitted: Floats, allowed: Bools) -> Floats:
    return np.where(allowed, np.maximum(fitted, 0.0), 0.0)


def _newton(x: Floats, w: Floats, ridge: Floats, gap: Floats) -> Floats:
    step = np.empty_like(gap)
    for i in range(len(gap)):
        active = x[w[i] > 0]
        hessian = active.T @ active
        # Enough to move off a singular matrix, too little to slow the last steps.
        damp = 1e-10 * max(float(np.trace(hessian)) / len(hessian), 1e-6)
        hessian[np.diag_indices_from(hessian)] += ridge[i] + damp
        step[i] = np.linalg.solve(hessian, gap[i])
    return step


def _line_search(
    b: Floats,
    step: Floats,
    fitted: Floats,
    along: Floats,
    allowed: Bools,
    goal: Floats,
    ridge: Floats,
    gap: Floats,
) -> Floats:
    """Halve each problem's step until the dual falls enough (Armijo); 0 where it never does."""

    def dual(rows: npt.NDArray[np.intp], length: Floats) -> Floats:
        at = b[rows] + length[:, None] * step[rows]
        w = _weights(fitted[rows] + length[:, None] * along[rows], allowed[rows])
        value: Floats = (
            0.5 * (w**2).sum(axis=1)
            + 0.5 * (ridge[rows] * at**2).sum(axis=1)
            - (goal[rows] * at).sum(axis=1)
        )
        return value

    everyone = np.arange(len(b))
    length = np.ones(len(b))
    now = dual(everyone, np.zeros(len(b)))
    slope = (gap * step).sum(axis=1)
    todo = everyone
    for _ in range(HALVINGS):
        after = dual(todo, length[todo])
        short = ~(
            after <= now[todo] + 1e-4 * length[todo] * slope[todo] + 1e-12 * np.abs(now[todo])
        )
        todo = todo[short]
        if not len(todo):
            break
        length[todo] /= 2
    length[todo] = 0.0
    return length
