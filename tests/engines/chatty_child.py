"""A child that says something before it answers: `python -m tests.engines.chatty_child`."""

from __future__ import annotations

from pipeline.aside import Pipe

if __name__ == "__main__":
    pipe = Pipe()
    for task in pipe.tasks():
        pipe.say(told="A sentence.")
        pipe.say(done={"answer_to": task["number"]})
