"""No tables: Django tells an application of migrations only when this module exists, and the wall waits for it."""
