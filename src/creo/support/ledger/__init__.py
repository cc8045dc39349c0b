"""Append-only record of every act: who, when, what, on whom, why, before and after."""
