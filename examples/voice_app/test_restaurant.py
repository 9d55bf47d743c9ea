"""`pytest` in this directory calls the restaurant, with a voice, and hears what it says."""

import pytest
from restaurant import Restaurant, make_agent


@pytest.fixture
def restaurant():
    restaurant = Restaurant()
    yield restaurant
    restaurant.close()


@pytest.fixture
def caller(vivavoce_server, simulated_caller, restaurant):
    """Somebody who has the restaurant on the line."""
    agent = make_agent(vivavoce_server.url, vivavoce_server.api_key, restaurant.url)
    simulated_caller.dial(agent)
    return simulated_caller


def test_a_table_that_is_asked_for_is_booked(caller, restaurant):
    assert caller.listen().text == "The Blue Door, good evening."
    caller.say("I would like a table for two, please.")
    answer = caller.listen()
    assert answer.text.startswith("A table for")
    assert answer.latency_s < 3
    assert restaurant.bookings == [2]


def test_a_full_house_says_so_and_books_nothing(caller, restaurant):
    restaurant.bookings += [4, 4]
    caller.say("Do you have a table for three?")
    assert caller.listen().text == "I am sorry, we have no table left."
    assert restaurant.bookings == [4, 4]


def test_a_guest_who_has_heard_enough_of_the_menu_can_interrupt_it(caller):
    caller.say("What is on the menu?")
    assert caller.barge_in("When are you open?", at_s=1.5) < 1.5
    assert caller.listen().text == "We are open from six to midnight."
    *_, menu, question, _ = caller.transcript
    assert menu.role == "agent"
    assert "red wine" not in menu.text  # of what was interrupted only what was heard is kept
    assert question.role == "user"
