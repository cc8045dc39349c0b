.PHONY: run test check lock clean
run:
	@bash tools/bootstrap.sh run
	@.venv/bin/creo run
test:
	@bash tools/test.sh
check: test
lock:
	@bash tools/lock.sh
clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
