"""Turns the lab's pytest plugin on."""

pytest_plugins = ["lab.pytest_plugin"]
