#!/usr/bin/env python3
"""Proves that the simulation finds a mistake: each canary plants one into the auditor's books, and the run must end
with a difference.

usage: simulation_canaries.py --florin PROGRAM
"""

import argparse
import sys

from simulation import CANARIES, simulate

STEPS = 150   # many more than any of them needs
SEEDS = (1, 2, 3)   # a mistake is made once, and in a bill that never counts nobody can see it
SOONER = {"last-digit": 2, "withdrawal-forgotten": 3, "close-forgotten": 5}   # seeds with which it is seen sooner


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--florin", required=True)
    arguments = parser.parse_args()
    missed = 0
    for canary in CANARIES:
        differences = (simulate(arguments.florin, STEPS, seed, canary) for seed in (SOONER.get(canary, 1), *SEEDS))
        difference = next((found for found in differences if found is not None), None)
        print(f"{canary}: {'not found' if difference is None else difference.splitlines()[0]}")
        missed += difference is None
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
