"""Many pieces into one folder, which a run that was cut short goes on filling.

orders (what to compose) -> record (what is there) -> workers (making) -> files
"""

from composer.batch.making import Way
from composer.batch.orders import Order, orders_of, orders_of_folder
from composer.batch.running import Outcome, compose_batch

__all__ = ["Order", "Outcome", "Way", "compose_batch", "orders_of", "orders_of_folder"]
