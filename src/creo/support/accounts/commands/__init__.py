"""Acts on accounts, on roles held, and on their review."""

from creo.support.accounts.commands.asking import perform_review_due, warn_of_reviews
from creo.support.accounts.commands.grants import GrantData, describe_grant, end_grant, grant_role, perform_grant
from creo.support.accounts.commands.reviews import review_grants, sign_review
from creo.support.accounts.commands.staff import disable, enable, make_account

__all__ = [
    "GrantData",
    "describe_grant",
    "disable",
    "enable",
    "end_grant",
    "grant_role",
    "make_account",
    "perform_grant",
    "perform_review_due",
    "review_grants",
    "sign_review",
    "warn_of_reviews",
]
