"""A rule as data: one definition, two executions that agree.

`parse_criteria` reads the definition; `Criteria.explain` answers for one person with reasons;
`Criteria.evaluate` answers for a whole population in columns, keeping one outcome per criterion and person.
"""

from creo.kernel.criteria.articles import ArticleRange, article_key
from creo.kernel.criteria.parsing import CriteriaError, parse_criteria, parse_test
from creo.kernel.criteria.sets import Criteria, Criterion, Evaluation
from creo.kernel.criteria.trees import AgeBetween, AllOf, AnyOf, Articles, Between, Not, OneOf, Test, outcomes

__all__ = [
    "AgeBetween",
    "AllOf",
    "AnyOf",
    "ArticleRange",
    "Articles",
    "Between",
    "Criteria",
    "CriteriaError",
    "Criterion",
    "Evaluation",
    "Not",
    "OneOf",
    "Test",
    "article_key",
    "outcomes",
    "parse_criteria",
    "parse_test",
]
