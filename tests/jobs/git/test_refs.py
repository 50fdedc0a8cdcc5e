from __future__ import annotations

import pytest
from dulwich.objects import ObjectID
from dulwich.refs import Ref

from jobs.git.errors import Unfetched
from jobs.git.refs import prefixes, wanted

ONE, TWO, THREE = (ObjectID(each * 40) for each in (b"1", b"2", b"3"))
REFS = {
    Ref(b"HEAD"): ONE,
    Ref(b"refs/heads/main"): ONE,
    Ref(b"refs/heads/v1"): TWO,
    Ref(b"refs/tags/v1"): THREE,
}


@pytest.mark.parametrize(
    ("ref", "found"),
    [("", ONE), ("main", ONE), ("v1", THREE), ("refs/heads/v1", TWO), ("4" * 40, b"4" * 40)],
)
def test_a_tag_comes_before_a_branch_and_a_commit_is_itself(ref: str, found: bytes) -> None:
    assert wanted(REFS, ref) == found


def test_the_server_is_asked_about_no_more_than_is_meant() -> None:
    assert prefixes("main") == [b"refs/tags/main", b"refs/heads/main"]
    assert prefixes("") == prefixes("4" * 40) == [b"HEAD"]


def test_what_is_not_there_names_what_is_near() -> None:
    with pytest.raises(Unfetched, match=r"no branch or tag 'mai'\. It has main, v1, v1\."):
        wanted(REFS, "mai")
    with pytest.raises(Unfetched, match="no branch of its own"):
        wanted({}, "")
