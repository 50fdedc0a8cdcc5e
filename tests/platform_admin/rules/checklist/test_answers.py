from __future__ import annotations

from dataclasses import replace

from platform_admin.rules.checklist import QUESTIONS, answers, tally
from platform_admin.rules.checklist.answer import MOST_SAID, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts
from tests.platform_admin.rules.checklist.made import GOOD, with_web


def test_an_environment_in_which_all_is_well_answers_yes_everywhere() -> None:
    found = answers(GOOD)

    assert {answer.question: answer.evidence for answer in found if answer.word != "yes"} == {}
    assert tally(found) == "10 of 10 answered yes"


def test_a_question_that_does_not_apply_is_not_asked() -> None:
    assert len(answers(GOOD)) == len(QUESTIONS) - 1


def test_nothing_is_asked_of_an_environment_without_a_service() -> None:
    assert answers(replace(GOOD, services=())) == ()
    assert answers(Facts()) == ()
    assert tally(()) == ""


def test_what_is_not_well_is_counted_out_and_leads_somewhere() -> None:
    found = answers(with_web(jobs=("shop-prod-web-blue",)))

    assert tally(found) == "9 of 10 answered yes"
    [no] = [answer for answer in found if answer.word == "no"]
    assert no.where == (Place("service", "web"),)


def test_every_answer_is_a_question_with_a_sentence() -> None:
    for answer in answers(GOOD):
        assert answer.question.endswith("?")
        assert answer.evidence.endswith(".")


def test_many_faults_are_said_in_part_and_lead_to_each_place_once() -> None:
    faults = [Fault(f"fault {number}", Place("plan")) for number in range(MOST_SAID + 2)]

    found = answered("Is it?", faults, "All is well.", "Nobody knows.")

    assert found.word == "no"
    assert found.evidence == "fault 0; fault 1; fault 2; and 2 more."
    assert found.where == (Place("plan"),)
