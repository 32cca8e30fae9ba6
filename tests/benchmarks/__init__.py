"""Tests of the trees and the table of the benchmarks."""
