"""Durable background work with progress that people see."""
