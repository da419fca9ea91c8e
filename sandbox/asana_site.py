"""One state of the story as Asana's objects, and who may see which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandbox import ids
from sandbox.asana_fields import define
from sandbox.asana_projects import add_project, founded
from sandbox.asana_refusals import Refused, no_access, unknown
from sandbox.asana_resources import add_resources
from sandbox.asana_stories import Narrator
from sandbox.asana_tasks import Desk, fill
from sandbox.asana_things import Thing
from sandbox.people import READER
from sandbox.quirks import Quirks
from sandbox.story import Person, Story, Task
from sandbox.times import midnight

OF_PROJECTS = (
    "sections", "custom_types", "memberships", "project_memberships", "status_updates", "allocations",
    "budgets", "rates",
)  # fmt: skip
OF_OTHERS = ("stories", "time_tracking_entries", "ooo_entries")


class Site:
    """The workspace as the owner of the token sees it. A changed story needs a new one."""

    def __init__(self, story: Story, quirks: Quirks) -> None:
        gid = ids.gid("workspace", "northlight")
        self.workspace = Thing(gid, "workspace", {"name": "Northlight"})
        self.workspace.fields |= {"is_organization": True, "email_domains": ["northlight.example"]}
        people = {id: one for id, one in story.people.items() if one.asana_id}
        self.users = {id: self._user(person) for id, person in people.items()}
        self.workspace.lists["users"] = list(self.users.values())
        self._story = story
        seen, self._unseen = _reach(story)
        self.tasks = {task.number: Thing(task.remote_id, "task") for task in seen}
        texts = any(one.cost_is_text for one in story.projects.values() if one.home == "asana")
        fields = define(self.users, self.tasks, cost_is_text=texts)
        self.desk = Desk(story, quirks, self.workspace, self.users, fields)
        self._add_projects()
        self._add_tasks(seen)
        add_resources(self.desk, self.tasks)
        self._finish()
        self._things = {(one.kind, one.gid): one for one in self._walk()}

    @property
    def me(self) -> Thing:
        return self.users[READER]

    def user(self, name: str) -> Thing:
        """By gid, address or ``me``."""
        for user in self.users.values():
            if name in (user.gid, user.fields["email"]) or (name == "me" and user is self.me):
                return user
        raise unknown("user", name)

    def find(self, kind: str, gid: str, param: str | None = None) -> Thing:
        """Raises Refused: an object that is there but out of reach is 403, none at all 404."""
        if kind == "user":
            return self.user(gid)
        found = self._things.get((kind, gid))
        if found is None:
            raise self.refusal(kind, gid, param)
        return found

    def refusal(self, kind: str, gid: str, param: str | None = None) -> Refused:
        hidden = self.desk.quirks.hidden_403 and self.hides(kind, gid)
        return no_access(kind) if hidden else unknown(param or kind, gid)

    def holds(self, kind: str, gid: str) -> bool:
        return (kind, gid) in self._things

    def hides(self, kind: str, gid: str) -> bool:
        """There, but out of reach."""
        return (kind, gid) in self._unseen

    def of_kind(self, kind: str) -> Iterator[Thing]:
        return (one for (known, _), one in self._things.items() if known == kind)

    def _user(self, person: Person) -> Thing:
        """Everybody in an organisation sees everybody's address."""
        fields = {
            "name": person.name, "email": person.email, "photo": None, "workspaces": [self.workspace],
        }  # fmt: skip
        return Thing(str(person.asana_id), "user", fields)

    def _add_projects(self) -> None:
        teams: dict[str, Thing] = {}
        since = founded(midnight(self._story.today))
        for project in self._story.projects.values():
            if project.home != "asana" or project.revoked:
                continue
            team = teams.setdefault(project.team, self._team(project.team))
            thing = add_project(self.desk, project, team, since)
            team.put("projects", thing)
            self.workspace.put("projects", thing)
            known = team.lists.setdefault("users", [])
            known += [user for id in project.members if (user := self.users[id]) not in known]
        self.workspace.lists["teams"] = list(teams.values())
        for team in teams.values():
            for user in team.lists["users"]:
                user.put("teams", team)

    def _team(self, name: str) -> Thing:
        fields = {
            "name": name, "description": "", "organization": self.workspace, "visibility": "public",
            "permalink_url": f"https://app.asana.com/0/{ids.gid('team', name)}",
        }  # fmt: skip
        return Thing(ids.gid("team", name), "team", fields)

    def _add_tasks(self, seen: list[Task]) -> None:
        for task in seen:
            thing = self.tasks[task.number]
            ends = [event for event in task.history if event.field == "stage" and event.after == task.stage]
            fill(self.desk, task, thing, ends[-1].author if ends and task.done_at else None)
        for task in seen:
            thing = self.tasks[task.number]
            parent = self.tasks.get(task.parent) if task.parent else None
            thing.fields["parent"] = parent
            if parent:
                parent.put("subtasks", thing)
                self._join(task, thing)
            for wait in task.waits_for:
                if wait.number in self.tasks:
                    thing.put("dependencies", self.tasks[wait.number])
                    self.tasks[wait.number].put("dependents", thing)
            if task.assignees:
                self.users[task.assignees[0]].put("tasks", thing)
            thing.lists["stories"] = Narrator(self.desk, task, thing).stories()

    def _join(self, task: Task, thing: Thing) -> None:
        """Only a kinder Asana would list a sub-task in its parent's project."""
        project = self.desk.projects.get(task.project)
        if project and not self.desk.quirks.subtasks_apart:
            project.put("tasks", thing)

    def _finish(self) -> None:
        for thing in self.tasks.values():
            thing.fields["num_subtasks"] = len(thing.lists.get("subtasks", []))
            for relation in ("dependencies", "dependents"):
                thing.fields[relation] = thing.lists.get(relation, [])
            for relation in ("projects", "tags"):
                thing.lists[relation] = thing.fields[relation]
        self.workspace.lists["tags"] = list(self.desk.tags.values())
        self.workspace.lists["custom_fields"] = self.desk.fields.all()

    def _walk(self) -> Iterator[Thing]:
        """Every object once or more, over the lists that hold them."""
        workspace = self.workspace
        yield workspace
        yield from self.users.values()
        for relation in ("teams", "projects", "tags", "custom_fields"):
            yield from workspace.lists.get(relation, [])
        yield from self.tasks.values()
        for project in workspace.lists.get("projects", []):
            for relation in OF_PROJECTS:
                yield from project.lists.get(relation, [])
        for owner in (*self.tasks.values(), *self.users.values()):
            for relation in OF_OTHERS:
                yield from owner.lists.get(relation, [])


def _reach(story: Story) -> tuple[list[Task], set[tuple[str, str]]]:
    """The tasks that stand in some project in reach, and what is there but hidden."""
    seen, hidden = [], set(_hidden(story))
    for task in story.tasks.values():
        slugs = (task.project, *task.also_in)
        if story.projects[task.project].home != "asana":
            continue
        if any(not story.projects[slug].revoked for slug in slugs):
            seen.append(task)
        else:
            hidden.add(("task", task.remote_id))
    hidden |= {("task", one.task.remote_id) for one in story.hidden.values()}
    return sorted(seen, key=lambda task: task.number), hidden


def _hidden(story: Story) -> Iterable[tuple[str, str]]:
    for project in story.projects.values():
        if project.home == "asana" and project.revoked:
            yield "project", project.remote_id
            for key in (*project.lists, *project.components):
                yield "section", ids.gid("section", project.slug, key)
