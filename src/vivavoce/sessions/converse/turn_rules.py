"""How the agent of a call takes turns."""

from __future__ import annotations

from collections.abc import Callable

from vivavoce.core.barge_in import Verdict, means_interruption
from vivavoce.core.endpointing import silence_wanted
from vivavoce.core.own_words import is_own_words
from vivavoce.core.turn import TurnRules
from vivavoce.sessions.converse.plan import CallPlan


def turn_rules(
    plan: CallPlan, agent_says: Callable[[], str], logprob: Callable[[], float]
) -> TurnRules:
    """As its config has it.

    `agent_says` gives what the agent is saying just now, `logprob` how sure the ears are of what
    the caller is.
    """
    turn, language = plan.config.turn, plan.config.language

    def patience(text: str) -> float:
        return silence_wanted(text, eagerness=turn.eagerness, language=language)

    def verdict(text: str, has_ended: bool) -> Verdict:
        if is_own_words(text, agent_says()):
            return Verdict.GOES_ON
        return means_interruption(
            text,
            ended=has_ended,
            logprob=logprob(),
            ignore_terms=turn.interruption_ignore_terms,
        )

    return TurnRules(patience, verdict, plan.times)
