"""The AWS CLI's high-level commands for S3, and what lies under them."""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MIB = 1024 * 1024


@pytest.fixture
def bucket(run: Any, tmp_path: Path) -> str:
    name = tmp_path.name.replace("_", "-").strip("-").lower()[:50] + "-cli"
    run("s3", "mb", f"s3://{name}")
    return name


def test_a_bucket_is_made_listed_and_removed(run: Any):
    assert run("s3", "mb", "s3://short-lived").stdout == "make_bucket: short-lived\n"
    assert "short-lived" in run("s3", "ls").stdout
    assert run("s3", "rb", "s3://short-lived").stdout == "remove_bucket: short-lived\n"
    assert "short-lived" not in run("s3", "ls").stdout


def test_a_file_is_copied_there_and_back(run: Any, bucket: str, tmp_path: Path):
    (tmp_path / "cat.txt").write_bytes(b"tom\r\n\x00\xff")
    assert run("s3", "cp", "cat.txt", f"s3://{bucket}/a b/cät+1.txt").stdout.splitlines()[-1].endswith("cät+1.txt")
    run("s3", "cp", f"s3://{bucket}/a b/cät+1.txt", "back.txt")
    assert (tmp_path / "back.txt").read_bytes() == b"tom\r\n\x00\xff"


def test_a_file_is_copied_within_s3_with_its_metadata(run: Any, aws: Any, bucket: str, tmp_path: Path):
    (tmp_path / "page").write_text("<p>")
    run("s3", "cp", "page", f"s3://{bucket}/page", "--content-type", "text/html", "--metadata", "made=by-hand")
    run("s3", "cp", f"s3://{bucket}/page", f"s3://{bucket}/copy")
    head = aws("s3api", "head-object", "--bucket", bucket, "--key", "copy")
    assert (head["ContentType"], head["Metadata"], head["ContentLength"]) == ("text/html", {"made": "by-hand"}, 3)


def test_standard_input_and_output_are_copied(run: Any, bucket: str, tmp_path: Path):
    (tmp_path / "x").write_text("from a pipe")
    run("s3", "cp", "x", f"s3://{bucket}/x")
    assert run("s3", "cp", f"s3://{bucket}/x", "-").stdout == "from a pipe"


def test_a_large_file_goes_up_in_parts_and_comes_back_whole(run: Any, aws: Any, bucket: str, tmp_path: Path):
    content = bytes(range(256)) * (20 * MIB // 256) + b"and a last part"
    (tmp_path / "large.bin").write_bytes(content)
    run("s3", "cp", "large.bin", f"s3://{bucket}/large.bin", "--no-progress")
    head = aws("s3api", "head-object", "--bucket", bucket, "--key", "large.bin")
    assert head["ContentLength"] == len(content)
    assert head["ETag"].endswith('-3"')  # 8 MiB are the CLI's part
    run("s3", "cp", f"s3://{bucket}/large.bin", "back.bin", "--no-progress")
    assert (tmp_path / "back.bin").read_bytes() == content
    run("s3", "mv", f"s3://{bucket}/large.bin", f"s3://{bucket}/moved.bin", "--no-progress")
    assert aws("s3api", "head-object", "--bucket", bucket, "--key", "moved.bin")["ContentLength"] == len(content)
    assert "large.bin" not in run("s3", "ls", f"s3://{bucket}").stdout


def test_parts_are_uploaded_by_hand(run: Any, aws: Any, bucket: str, tmp_path: Path):
    (tmp_path / "one").write_bytes(b"1" * 5 * MIB)
    (tmp_path / "two").write_bytes(b"2")
    common = ("--bucket", bucket, "--key", "by-hand")
    upload = aws("s3api", "create-multipart-upload", *common)["UploadId"]
    parts = []
    for number, name in ((1, "one"), (2, "two")):
        part = aws("s3api", "upload-part", *common, "--upload-id", upload, "--part-number", str(number), "--body", name)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    listed = aws("s3api", "list-parts", *common, "--upload-id", upload)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, 5 * MIB), (2, 1)]
    (tmp_path / "parts.json").write_text(json.dumps({"Parts": parts}))
    aws("s3api", "complete-multipart-upload", *common, "--upload-id", upload, "--multipart-upload", "file://parts.json")
    assert aws("s3api", "head-object", *common)["ContentLength"] == 5 * MIB + 1
    assert "Uploads" not in (aws("s3api", "list-multipart-uploads", "--bucket", bucket) or {})


def test_a_folder_is_kept_in_step(run: Any, bucket: str, tmp_path: Path):
    site = tmp_path / "site"
    (site / "img").mkdir(parents=True)
    for name in ("index.html", "old.html", "img/cat.png"):
        (site / name).write_text(name)
        # Older than the upload by more than the second to which S3 tells when an object was modified.
        os.utime(site / name, (1_700_000_000, 1_700_000_000))
    first = run("s3", "sync", "site", f"s3://{bucket}/site").stdout
    assert first.count("upload:") == 3
    assert run("s3", "sync", "site", f"s3://{bucket}/site").stdout == ""
    (site / "old.html").unlink()
    (site / "index.html").write_text("changed!")
    second = run("s3", "sync", "site", f"s3://{bucket}/site", "--delete").stdout
    assert ("upload: site/index.html" in second, f"delete: s3://{bucket}/site/old.html" in second) == (True, True)
    run("s3", "sync", f"s3://{bucket}/site", "copy")
    assert sorted(str(path.relative_to(tmp_path / "copy")) for path in (tmp_path / "copy").rglob("*.*")) == [
        "img/cat.png",
        "index.html",
    ]
    run("s3", "sync", f"s3://{bucket}/site", f"s3://{bucket}/mirror")
    assert run("s3", "ls", f"s3://{bucket}/mirror/", "--recursive").stdout.count("\n") == 2


def test_listings_show_folders_files_and_sums(run: Any, bucket: str, tmp_path: Path):
    (tmp_path / "f").write_text("12345")
    for key in ("a/1", "a/2", "top"):
        run("s3", "cp", "f", f"s3://{bucket}/{key}")
    lines = [line.split() for line in run("s3", "ls", f"s3://{bucket}").stdout.splitlines()]
    assert (lines[0], lines[1][2:]) == (["PRE", "a/"], ["5", "top"])
    summary = run("s3", "ls", f"s3://{bucket}", "--recursive", "--summarize").stdout
    assert "Total Objects: 3\n" in summary
    assert "Total Size: 15\n" in summary


def test_a_folder_is_removed_but_what_is_excluded(run: Any, bucket: str, tmp_path: Path):
    (tmp_path / "f").write_text("x")
    for key in ("logs/1.log", "logs/2.log", "logs/keep.txt"):
        run("s3", "cp", "f", f"s3://{bucket}/{key}")
    run("s3", "rm", f"s3://{bucket}/logs/", "--recursive", "--exclude", "*.txt")
    assert run("s3", "ls", f"s3://{bucket}/logs/").stdout.split()[-1] == "keep.txt"
    run("s3", "rb", f"s3://{bucket}", "--force")
    assert bucket not in run("s3", "ls").stdout


def test_a_presigned_link_is_read_by_anyone(run: Any, bucket: str, tmp_path: Path):
    (tmp_path / "f").write_text("for you")
    run("s3", "cp", "f", f"s3://{bucket}/a gift.txt")
    link = run("s3", "presign", f"s3://{bucket}/a gift.txt", "--expires-in", "60").stdout.strip()
    with urllib.request.urlopen(link, timeout=20) as answer:
        assert answer.read() == b"for you"
    late = re.sub(r"([?&]Expires)=\d+", r"\1=1577836800", link)  # version 1 signs by the old way, with a moment
    assert late != link
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(late, timeout=20)
    with refused.value as answer:
        assert b"<Message>Request has expired</Message>" in answer.read()


def test_virtual_hosts_are_understood(
    run: Any, bucket: str, tmp_path: Path, endpoint: str, environ: dict[str, str], resolves: Callable[[str], bool]
):
    host = "s3.localhost.localstack.cloud"
    if not resolves(f"{bucket}.{host}"):
        pytest.skip(f"*.{host} is not resolved here: there is no way to the internet's name servers")
    environ["AWS_ENDPOINT_URL"] = endpoint.replace("127.0.0.1", host)
    run("configure", "set", "default.s3.addressing_style", "virtual")
    (tmp_path / "f").write_text("by host")
    run("s3", "cp", "f", f"s3://{bucket}/f")
    assert run("s3", "cp", f"s3://{bucket}/f", "-").stdout == "by host"


def test_what_is_missing_is_said_as_aws_says_it(run: Any, bucket: str):
    missing = run("s3api", "get-object", "--bucket", bucket, "--key", "no", "out", code=255)
    assert "An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist." in (
        missing.stderr
    )
    assert "(404)" in run("s3", "cp", f"s3://{bucket}/no", ".", code=1).stderr
    assert "(NoSuchBucket)" in run("s3", "ls", "s3://awsim-no-such-bucket", code=255).stderr
