"""How fast a whole population is answered, beside three peers on the same rows in the same run.

`creo bench targeting --people 1000000 --json` runs it. The rule is the design that comes with the system, as its
criteria are on the day; everybody gets one outcome per criterion and one in all, unknowns included. The peers are a
hand-written numpy of the same rule, OpenFisca-core and zen-engine (bench-only: `tools/bootstrap.sh bench`). A peer that
works person by person runs on a sample and says so. All must agree, and ours must agree with its own slow execution
(the one that explains).
"""

from __future__ import annotations

import functools
import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from creo.kernel.columns import EPOCH, UNKNOWN_CODE, UNKNOWN_DAY, Column, coded, date_days, day_number
from creo.kernel.criteria import Criteria, parse_criteria
from creo.kernel.periods import latest_birth_for
from creo.programme import rules as programme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AS_OF = date(2026, 11, 23)
SEED = 20_261_123
REPEATS = 9
SAMPLE_EXPLAIN = 5_000
SAMPLE_ZEN = 20_000
HOW = "no está instalado en este entorno: tools/bootstrap.sh bench"
NUMBERS = (*range(100, 135), *range(165, 215), *range(280, 305))
ARTICLES = tuple(f"{number}{letter}" for number in NUMBERS for letter in ("", "-A", "-B"))


def people(size: int) -> dict[str, Column]:
    """Made people with the facts that the criteria look at, about one in fifty unknown in each."""
    import numpy as np

    rng = np.random.default_rng(SEED)

    def gaps(codes: NDArray[np.int64], blank: int) -> NDArray[np.int64]:
        return np.where(rng.random(size) < 0.02, blank, codes)

    born = day_number(AS_OF) - rng.triangular(16 * 365.25, 29 * 365.25, 80 * 365.25, size).astype(np.int64)
    return {
        "admission_count": coded(gaps(rng.geometric(0.75, size).clip(1, 12) - 1, UNKNOWN_CODE), range(1, 13)),
        "identity_confirmed": coded(gaps(np.zeros(size, np.int64), UNKNOWN_CODE), [True]),
        "birth_date": date_days(gaps(born, UNKNOWN_DAY)),
        "main_article": coded(gaps(rng.integers(0, len(ARTICLES), size), UNKNOWN_CODE), ARTICLES),
        "organised_crime": coded(gaps((rng.random(size) < 0.03).astype(np.int64), UNKNOWN_CODE), [False, True]),
        "extreme_security": coded(gaps((rng.random(size) < 0.01).astype(np.int64), UNKNOWN_CODE), [False, True]),
    }


def shipped_criteria() -> tuple[programme.Design, Criteria]:
    """The design that comes with the system and its criteria on the day."""
    design = programme.load_design(programme.SHIPPED)
    return design, parse_criteria(design.criteria_items(AS_OF))


def run(size: int, progress: Callable[[int, int, str], None]) -> dict[str, Any]:
    """Everything measured, as plain data. `agree` is False when any two disagree about anybody."""
    import numpy as np

    design, criteria = shipped_criteria()
    columns = people(size)
    missing = criteria.facts - set(columns)
    if missing:
        raise ValueError(f"La medición no fabrica estos datos del diseño: {', '.join(sorted(missing))}.")
    progress(0, 5, "CREO")
    seconds, found = timed(lambda: criteria.evaluate(columns, AS_OF), REPEATS)
    ours = np.vstack([found.by_criterion, found.total])
    progress(1, 5, "CREO, de una en una")
    explained, explain_seconds = explain_sample(criteria, columns, min(size, SAMPLE_EXPLAIN))
    progress(2, 5, "numpy")
    by_hand = numpy_rule(columns)
    hand_seconds, hand = timed(by_hand, REPEATS)
    progress(3, 5, "OpenFisca-core")
    fisca = openfisca(columns)
    progress(4, 5, "zen-engine")
    zen = zen_engine(columns, min(size, SAMPLE_ZEN))
    progress(5, 5, "")
    agreements = {
        "explain": bool((explained == ours[:, : explained.shape[1]]).all()),
        "numpy": bool((hand == ours).all()),
        **{name: agreed(peer, ours) for name, peer in (("openfisca_core", fisca), ("zen_engine", zen))},
    }
    return {
        "people": size,
        "people_per_second": round(size / seconds),
        "as_of": AS_OF.isoformat(),
        "rule": {"design": design.design.code, "version": design.design.number, "digest": design.digest},
        "criteria": list(found.codes),
        "counts": found.counts(),
        "ours": told(size, seconds),
        "ours_explaining": told(explained.shape[1], explain_seconds),
        "peers": {
            "numpy": told(size, hand_seconds),
            "openfisca_core": published(fisca),
            "zen_engine": published(zen),
        },
        "agree": all(value is not False for value in agreements.values()),
        "agreements": agreements,
        "machine": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "system": f"{platform.system()} {platform.machine()}",
            "threads": 1,
            "repeats": REPEATS,
            "statistic": "median",
        },
    }


def timed(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """The median time of some runs after one that is not counted, and the last result."""
    work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - started)
    return statistics.median(times), result


def told(size: int, seconds: float) -> dict[str, Any]:
    """One measure as published."""
    return {"people": size, "seconds": round(seconds, 6), "people_per_second": round(size / seconds)}


def published(peer: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is said of a peer: its measure, or null with the reason."""
    if "reason" in peer:
        return {"people_per_second": None, "reason": peer["reason"]}
    return {**told(peer["people"], peer["seconds"]), "version": peer["version"]}


def agreed(peer: Mapping[str, Any], ours: NDArray[np.int8]) -> bool | None:
    """Whether a peer says the same of everybody it was asked about; None when it did not run."""
    return None if "reason" in peer else bool((peer["outcomes"] == ours[:, : peer["people"]]).all())


def person(columns: Mapping[str, Column], place: int) -> dict[str, Any]:
    """One made person as plain facts."""
    from creo.kernel.columns import DateColumn

    facts: dict[str, Any] = {}
    for name, column in columns.items():
        if isinstance(column, DateColumn):
            day = int(column.days[place])
            facts[name] = None if day == UNKNOWN_DAY else EPOCH + timedelta(day)
        else:
            code = int(column.codes[place])
            facts[name] = None if code == UNKNOWN_CODE else column.values[code]
    return facts


def explain_sample(criteria: Criteria, columns: Mapping[str, Column], size: int) -> tuple[NDArray[np.int8], float]:
    """The execution that explains, person by person: outcomes (one row a criterion, then the total) and seconds."""
    import numpy as np

    asked = [person(columns, place) for place in range(size)]
    started = time.perf_counter()
    verdicts = [criteria.explain(facts, AS_OF) for facts in asked]
    seconds = time.perf_counter() - started
    rows = [[*(int(reason.outcome) for reason in verdict.reasons), int(verdict.outcome)] for verdict in verdicts]
    return np.asarray(rows, dtype=np.int8).T, seconds


# --- The same rule by hand. Peers get plain arrays of numbers, with a value out of range where nothing is known.


def plain(columns: Mapping[str, Column]) -> dict[str, NDArray[Any]]:
    """The facts as a person who writes numpy by hand would keep them."""
    import numpy as np

    articles = np.asarray([*map(article_number, ARTICLES), -1.0])
    return {
        "admissions": np.where(codes(columns, "admission_count") < 0, 0, codes(columns, "admission_count") + 1),
        "confirmed": codes(columns, "identity_confirmed") == 0,
        "born": columns["birth_date"].days,  # type: ignore[union-attr]
        "article": articles[codes(columns, "main_article")],
        "organised": codes(columns, "organised_crime"),
        "extreme": codes(columns, "extreme_security"),
    }


def codes(columns: Mapping[str, Column], name: str) -> NDArray[np.int16]:
    """The codes of a category column."""
    return columns[name].codes  # type: ignore[union-attr]


def article_number(text: str) -> float:
    """An article as a number in printed order: 122-B is 122.02."""
    number, _, letter = text.partition("-")
    return int(number) + (ord(letter) - 64) / 100 if letter else float(int(number))


def limits() -> tuple[int, int]:
    """First and last birth day (days since 1970) of who is 18 to 34."""
    return day_number(latest_birth_for(35, AS_OF)) + 1, day_number(latest_birth_for(18, AS_OF))


def numpy_rule(columns: Mapping[str, Column]) -> Callable[[], NDArray[np.int8]]:
    """The rule of the shipped design written out in numpy: 0 no, 1 unknown, 2 yes."""
    import numpy as np

    facts = plain(columns)
    first, last = limits()

    def rule() -> NDArray[np.int8]:
        out = np.empty((6, len(facts["born"])), dtype=np.int8)
        admissions, article = facts["admissions"], facts["article"]
        once = np.where(admissions == 0, 1, np.where(admissions == 1, 2, 0))
        np.minimum(once, np.where(facts["confirmed"], 2, 1), out=out[0], casting="unsafe")
        born = facts["born"]
        out[1] = np.where(born == UNKNOWN_DAY, 1, np.where((born >= first) & (born <= last), 2, 0))
        inside = (
            ((article >= 185) & (article <= 208))
            | (article == 298)
            | ((article >= 170) & (article <= 178.01))
            | ((article >= 106) & (article <= 129))
        )
        out[2] = np.where(article < 0, 1, np.where(inside, 2, 0))
        for row, name in ((3, "organised"), (4, "extreme")):
            out[row] = np.where(facts[name] < 0, 1, np.where(facts[name] == 0, 2, 0))
        np.min(out[:5], axis=0, out=out[5])
        return out

    return rule


def openfisca(columns: Mapping[str, Column]) -> dict[str, Any]:
    """The rule as OpenFisca variables over one person entity, computed for everybody at once."""
    try:
        from importlib.metadata import version

        from openfisca_core.simulations import SimulationBuilder
    except ImportError:
        return {"reason": HOW}
    import numpy as np

    facts = plain(columns)
    size = len(facts["born"])
    period = AS_OF.strftime("%Y-%m")
    system, names = fisca_system()
    inputs = {
        **{name: facts[name].astype(np.int32) for name in ("admissions", "born", "organised", "extreme")},
        "article": hundredths(facts),
        "confirmed": facts["confirmed"],
    }

    def once() -> tuple[float, NDArray[np.int8]]:
        # A fresh simulation each time, because results are kept in it; only the calculation is timed.
        simulation = SimulationBuilder().build_default_simulation(system, count=size)
        for name, values in inputs.items():
            simulation.set_input(name, period, values)
        started = time.perf_counter()
        rows = [simulation.calculate(name, period) for name in names]
        return time.perf_counter() - started, np.vstack(rows).astype(np.int8)

    once()
    runs = [once() for _ in range(REPEATS)]
    seconds = statistics.median(run[0] for run in runs)
    return {"people": size, "seconds": seconds, "outcomes": runs[-1][1], "version": version("openfisca-core")}


def hundredths(facts: Mapping[str, NDArray[Any]]) -> NDArray[np.int32]:
    """Articles as whole numbers (122-B is 12202): single precision, OpenFisca's, would blur them."""
    import numpy as np

    return np.rint(facts["article"] * 100).astype(np.int32)


def fisca_system() -> tuple[Any, tuple[str, ...]]:
    """The rule as an OpenFisca system, and the variables to ask for: a criterion each, then the whole."""
    from openfisca_core.entities import Entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    entity = Entity("person", "people", "A person", "")

    def variable(name: str, kind: type, formula: Callable[..., Any] | None = None) -> type:
        body: dict[str, Any] = {
            "value_type": kind,
            "entity": entity,
            "definition_period": DateUnit.MONTH,
            "label": name,
        }
        return type(name, (Variable,), body if formula is None else body | {"formula": formula})

    formulas = fisca_formulas()
    system = TaxBenefitSystem([entity])
    system.add_variables(
        *(variable(name, int) for name in ("admissions", "born", "article", "organised", "extreme")),
        variable("confirmed", bool),
        *(variable(name, int, formula) for name, formula in formulas.items()),
    )
    return system, tuple(formulas)


def fisca_formulas() -> dict[str, Callable[..., Any]]:
    """One vectorised formula a criterion, and the whole."""
    import numpy as np

    first, last = limits()

    def primary(who: Any, when: Any) -> Any:
        count = who("admissions", when)
        once = np.where(count == 0, 1, np.where(count == 1, 2, 0))
        return np.minimum(once, np.where(who("confirmed", when), 2, 1))

    def age(who: Any, when: Any) -> Any:
        born = who("born", when)
        return np.where(born == UNKNOWN_DAY, 1, np.where((born >= first) & (born <= last), 2, 0))

    def offence(who: Any, when: Any) -> Any:
        article = who("article", when)
        inside = (
            ((article >= 18500) & (article <= 20800))
            | (article == 29800)
            | ((article >= 17000) & (article <= 17801))
            | ((article >= 10600) & (article <= 12900))
        )
        return np.where(article < 0, 1, np.where(inside, 2, 0))

    def flag(name: str) -> Callable[..., Any]:
        def formula(who: Any, when: Any) -> Any:
            value = who(name, when)
            return np.where(value < 0, 1, np.where(value == 0, 2, 0))

        return formula

    asked = {
        "c_primary": primary,
        "c_age": age,
        "c_offence": offence,
        "c_organised": flag("organised"),
        "c_extreme": flag("extreme"),
    }

    def total(who: Any, when: Any) -> Any:
        first_one, *others = (who(name, when) for name in asked)
        return functools.reduce(np.minimum, others, first_one)

    return {**asked, "c_total": total}


def zen_engine(columns: Mapping[str, Column], size: int) -> dict[str, Any]:
    """The rule as a zen-engine decision, person by person, on the first people."""
    try:
        from importlib.metadata import version

        import zen
    except ImportError:
        return {"reason": HOW}
    import numpy as np

    facts = plain(columns)
    first, last = limits()
    names = ("c_primary", "c_age", "c_offence", "c_organised", "c_extreme")
    expressions = {
        "c_primary": "confirmed ? (admissions == 0 ? 1 : (admissions == 1 ? 2 : 0)) "
        ": (admissions == 0 ? 1 : (admissions == 1 ? 1 : 0))",
        "c_age": f"born == {UNKNOWN_DAY} ? 1 : ((born >= {first} and born <= {last}) ? 2 : 0)",
        "c_offence": "article < 0 ? 1 : (((article >= 18500 and article <= 20800) or article == 29800 "
        "or (article >= 17000 and article <= 17801) or (article >= 10600 and article <= 12900)) ? 2 : 0)",
        "c_organised": "organised < 0 ? 1 : (organised == 0 ? 2 : 0)",
        "c_extreme": "extreme < 0 ? 1 : (extreme == 0 ? 2 : 0)",
        "c_total": f"min([{', '.join('$.' + name for name in names)}])",
    }
    decision = zen.ZenEngine().create_decision(json.dumps(_zen_model(expressions)))
    articles = hundredths(facts)
    asked = [
        {
            "admissions": int(facts["admissions"][place]),
            "confirmed": bool(facts["confirmed"][place]),
            "born": int(facts["born"][place]),
            "article": int(articles[place]),
            "organised": int(facts["organised"][place]),
            "extreme": int(facts["extreme"][place]),
        }
        for place in range(size)
    ]
    decision.evaluate(asked[0])
    started = time.perf_counter()
    answers = [decision.evaluate(facts_)["result"] for facts_ in asked]
    seconds = time.perf_counter() - started
    rows = [[answer[name] for name in (*names, "c_total")] for answer in answers]
    outcomes = np.asarray(rows, dtype=np.int8).T
    return {"people": size, "seconds": seconds, "outcomes": outcomes, "version": version("zen-engine")}


def _zen_model(expressions: Mapping[str, str]) -> dict[str, Any]:
    items = [{"id": name, "key": name, "value": text} for name, text in expressions.items()]
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "rule", "name": "rule", "type": "expressionNode", "content": {"expressions": items}},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "rule", "type": "edge"},
            {"id": "b", "sourceId": "rule", "targetId": "out", "type": "edge"},
        ],
    }
