"""The second lane of a lake, which is Delta tables, in one of its layouts and forms."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from answer import Answer, differences
from lake import Lake

LONG_AFTER = "2027-03-01T02:30:00Z"  # when the months of the demo are old enough to be compacted
TENANT = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"


class Reader(Protocol):
    """A program that reads Delta tables and is not ours."""

    def read(self, path: str, version: int | None = None) -> Answer:
        """Reads the newest or an older version of a table, whose path is relative to the lake's."""
        ...


@dataclass(frozen=True)
class Lane:
    """A layout and a form: whose the tables are, and what is in one partition of them."""

    per_tenant: bool = False
    months: bool = False

    def __str__(self) -> str:
        """The layout and the form."""
        layout = "per tenant" if self.per_tenant else "shared"
        return f"{layout}, {'months' if self.months else 'days'}"

    @property
    def setting(self) -> str:
        """The line of the configuration."""
        layout = "per_tenant" if self.per_tenant else "shared"
        return f"delta: {{layout: {layout}, compact: {str(self.months).lower()}}}\n"

    def path(self, table: str) -> str:
        """Where a Delta table lies in the lake."""
        return f"delta/{TENANT}/{table}" if self.per_tenant else f"delta/{table}"

    def begin(self, lake: Lake) -> None:
        """Makes the lane of a lake that is there; one that it has in another form is removed before."""
        remove(lake)
        config = lake.config.with_name("lane.yaml")
        config.write_text(lake.config.read_text() + self.setting)
        begun = dataclasses.replace(lake, config=config)
        every = ",".join(dataset["name"] for dataset in lake.datasets)
        begun.graphlake("replay", "--delta", "--dataset", every)
        if self.months:
            compact(begun, every)

    def differences(self, want: Answer, got: Answer, key: Sequence[str]) -> Iterator[str]:
        """Says where rows of a Delta table differ from those of the plain one."""
        if told := self._partition(got):
            yield told
        else:
            yield from differences(want, self.plain(got), key)

    def plain(self, got: Answer) -> Answer:
        """The rows with the columns that the plain table has."""
        types, rows = dict(got.types), got.rows
        if self.months:
            del types["dt_month"]
            rows = rows.drop_columns("dt_month")
        if self.per_tenant:
            types["tenant_id"] = "string"
            rows = rows.append_column("tenant_id", pa.array([TENANT] * rows.num_rows, pa.string()))
        return Answer(types, rows)

    def _partition(self, got: Answer) -> str:
        """What is wrong with the columns that only such a lane has, or has not."""
        if self.per_tenant == ("tenant_id" in got.types):
            return "tenant_id is there" if self.per_tenant else "tenant_id is missing"
        if not self.months:
            return "dt_month is there" if "dt_month" in got.types else ""
        if got.types.get("dt_month") != "string":
            return f"dt_month is {got.types.get('dt_month')} instead of string"
        months = pc.strftime(pc.cast(got.rows["dt"], pa.timestamp("s")), "%Y-%m")
        return "" if got.rows["dt_month"].cast(pa.string()).equals(months) else "dt_month is not that of dt"


def compact(lake: Lake, datasets: str) -> None:
    """Rolls each month into one file, which changes no row."""
    lake.graphlake("compact", "--dataset", datasets, "--now", LONG_AFTER)


def remove(lake: Lake) -> None:
    """Removes a lane, as one does by hand who wants another."""
    if tables := lake.names("delta"):
        lake.remove(*tables, "delta.json")
