"""A network that cuts, stalls, delays, half-closes and truncates: a TCP proxy on this machine.

async with BadNetwork("127.0.0.1", 8000) as network:
    async with connect(network.url("/v1/convai/conversation")) as socket:
        network.cut()  # both sides get a reset
        network.down(0.3)  # and for so long nobody gets through

For other languages: `python -m vivavoce.testing.bad_network --to HOST:PORT`, steered by its stdin.
"""

from vivavoce.testing.bad_network.plan import Kind as Kind
from vivavoce.testing.bad_network.plan import Misfortune as Misfortune
from vivavoce.testing.bad_network.plan import Plan as Plan
from vivavoce.testing.bad_network.plan import PlanError as PlanError
from vivavoce.testing.bad_network.plan import parse_plan as parse_plan
from vivavoce.testing.bad_network.plan import random_plan as random_plan
from vivavoce.testing.bad_network.proxy import BadNetwork as BadNetwork
from vivavoce.testing.bad_network.records import ConnectionRecord as ConnectionRecord
from vivavoce.testing.bad_network.records import Happened as Happened
