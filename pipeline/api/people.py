"""The consent register and the machine, as the commands `zhuzi register …`, `models`, `doctor` and `audit`."""

from __future__ import annotations

from dataclasses import replace

from pipeline import answered, audit, doctor, models, registrar
from pipeline.api.common import Answer, Common
from pipeline.registrar import Change, block_of


class People(Common):
    """Who is to be hidden, and how; and what the machine is like."""

    def people(self) -> Answer:
        """Who is to be hidden, without a name, as `zhuzi register list`."""
        return {"people": [registrar.row(entry) for entry in self._register.all("listed")]}

    def person(self, entry_id: str, *, earlier: bool = False) -> Answer:
        """One of them with their names: private; it is noted."""
        people = self._register
        entry = people.read(people.find(entry_id), "shown")
        before = people.earlier(entry.id) if earlier else ()
        return {
            **registrar.table(entry, self.data),
            "earlier": [registrar.table(version, self.data) for version in before],
        }

    def add_people(self, text: str, by: str = "", consent: str = "", *, name: str = "the text") -> Answer:
        """Enter everybody of a text, written as a meeting.toml, who is to be hidden.

        Args:
            text: which.
            by: who enters them; the account that runs the program if left out.
            consent: where their wish is written down.
            name: what errors call the text.
        """
        entries = registrar.add(self._register, text, by, consent, name=name)
        return {"people": [registrar.row(entry) for entry in entries]}

    def change_person(self, entry_id: str, wanted: Change, by: str = "", text: str = "") -> Answer:
        """Change an entry, and say which releases that makes stale, as `zhuzi register set`.

        Args:
            entry_id: whose.
            wanted: what is to become of it.
            by: who changes it.
            text: what is written of them, with one block [[participants]]; empty to leave that.
        """
        meeting = self._folder(wanted.meeting).id if wanted.meeting else ""
        block = block_of(text, "the text") if text else wanted.block
        given = replace(wanted, meeting=meeting, block=block)
        return answered.changed(registrar.change(self._register, self.data, entry_id, given, by))

    def remove_person(self, entry_id: str, *, even_if_used: bool = False) -> Answer:
        """Delete an entry for good."""
        removed, naming = registrar.remove(self._register, self.data, entry_id, even_if_used=even_if_used)
        return {"removed": removed, "used_in": list(naming)}

    def register_uses(self, entry_id: str = "") -> Answer:
        """Who read or changed the register, as `zhuzi register log`."""
        return answered.uses(self._register.log.rows(entry_id))

    def models(self) -> Answer:
        """The models of the catalogue, and whether they are here."""
        return answered.catalogued(self.settings.models, models.status(self.settings.models))

    def doctor(self) -> Answer:
        """What this machine lacks for the work."""
        return answered.examined(doctor.examine(self.data, self.settings.models))

    def verify_audit(self) -> Answer:
        """Whether the audit, every ledger and every correction window is whole."""
        return answered.chains(audit.verify(self.data))

    def audit(self, *, who: str = "", meeting: str = "", most: int = 100) -> Answer:
        """The newest lines of the audit, as `zhuzi audit show`."""
        found = audit.shown(self.data, who=who, meeting=meeting, most=most)
        return {"lines": [audit.table(line) for line in found.lines]}
