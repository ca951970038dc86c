"""The plan file: a Plan as YAML that people read and edit, and its schema for editors.

Plan -> entries -> writing -> text -> document -> model (pydantic) -> laying -> Plan
"""

from composer.planfile.model import plan_schema
from composer.planfile.reading import parse_plan, plan_values, read_plan_file
from composer.planfile.writing import plan_text, write_plan_file

__all__ = [
    "parse_plan",
    "plan_schema",
    "plan_text",
    "plan_values",
    "read_plan_file",
    "write_plan_file",
]
