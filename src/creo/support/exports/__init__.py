"""One way to hand out data: marked, logged, with a number that leads from a leaked paper back to who took it."""
