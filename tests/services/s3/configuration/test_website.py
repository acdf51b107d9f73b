"""Websites: which configurations a bucket takes, and what they answer for a key."""

from __future__ import annotations

import pytest

from awsim.services.s3.configuration.website_routing import NotFound, Page, Redirect, decide, error_page

INDEX = {"IndexDocument": {"Suffix": "index.html"}}


def routes(*rules, **more):
    return {**INDEX, "RoutingRules": list(rules), **more}


def rule(redirect, **condition):
    return {"Redirect": redirect, **({"Condition": condition} if condition else {})}


def decided(website, key, *objects, **moved):
    """What is decided where these objects are there; those named by keyword redirect to their value."""
    found = {**dict.fromkeys(objects, ""), **moved}
    return decide(website, key, found.get, scheme="http", host="site.example.com")


@pytest.mark.parametrize(
    ("website", "error"),
    [
        (
            {"ErrorDocument": {"Key": "error.html"}},
            {
                "Code": "InvalidArgument",
                "Message": "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
                "ArgumentName": "IndexDocument",
                "ArgumentValue": "null",
            },
        ),
        (
            {"IndexDocument": {"Suffix": "a/index.html"}},
            {
                "Code": "InvalidArgument",
                "Message": "The IndexDocument Suffix is not well formed",
                "ArgumentName": "IndexDocument",
                "ArgumentValue": "a/index.html",
            },
        ),
        (
            {**INDEX, "RedirectAllRequestsTo": {"HostName": "example.com"}},
            {
                "Code": "InvalidArgument",
                "Message": "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
                "ArgumentName": "RedirectAllRequestsTo",
                "ArgumentValue": "not null",
            },
        ),
        (
            {"RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "ftp"}},
            {
                "Code": "InvalidRequest",
                "Message": "Invalid protocol, protocol can be http or https. If not defined the protocol will be "
                "selected automatically.",
            },
        ),
        (
            routes(rule({"ReplaceKeyWith": "a", "ReplaceKeyPrefixWith": "b"})),
            {
                "Code": "InvalidRequest",
                "Message": "You can only define ReplaceKeyPrefix or ReplaceKey but not both.",
            },
        ),
        (
            routes(rule({"HttpRedirectCode": "200"})),
            {
                "Code": "InvalidRequest",
                "Message": "The provided HTTP redirect code (200) is not valid. Valid codes are 3XX except 300.",
            },
        ),
        (
            routes(rule({"HostName": "x"}, HttpErrorCodeReturnedEquals="200")),
            {
                "Code": "InvalidRequest",
                "Message": "The provided HTTP error code (200) is not valid. Valid codes are 4XX or 5XX.",
            },
        ),
        (
            routes({"Redirect": {"HostName": "x"}, "Condition": {}}),
            {
                "Code": "InvalidRequest",
                "Message": "Condition cannot be empty. To redirect all requests without a condition, the condition "
                "element shouldn't be present.",
            },
        ),
        (
            routes(*[rule({"HostName": "x"})] * 51),
            {
                "Code": "InvalidRequest",
                "Message": "51 routing rules provided, the number of routing rules in a website configuration is "
                "limited to 50.",
            },
        ),
    ],
)
def test_a_website_that_says_nonsense_is_refused(s3, bucket, refusal, website, error):
    found = refusal(s3.put_bucket_website, Bucket=bucket, WebsiteConfiguration=website)
    assert found == {"Status": 400, **error}


def test_a_key_is_served():
    assert decided(INDEX, "a.html", "a.html") == Page("a.html")


@pytest.mark.parametrize(("key", "page"), [("", "index.html"), ("docs/", "docs/index.html")])
def test_a_folder_is_served_by_its_index(key, page):
    assert decided(INDEX, key, page) == Page(page)


def test_a_folder_without_its_slash_is_redirected():
    assert decided(INDEX, "docs", "docs/index.html") == Redirect("/docs/", 302)


def test_an_object_may_redirect():
    assert decided(INDEX, "old", old="/new") == Redirect("/new", 301)


def test_what_is_not_there_is_not_found():
    assert decided(INDEX, "a") == NotFound("a")
    assert decided(INDEX, "a/") == NotFound("a/index.html")


def test_the_error_document_tells_of_it():
    website = {**INDEX, "ErrorDocument": {"Key": "error.html"}}
    assert decided(website, "a", "error.html") == Page("error.html", 404, "a")
    assert decided(website, "a") == NotFound("a", "error.html")


def test_everything_may_be_redirected():
    website = {"RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "https"}}
    assert decided(website, "a/b", "a/b") == Redirect("https://example.com/a/b", 301)


@pytest.mark.parametrize(
    ("redirect", "location"),
    [
        ({"HostName": "example.com"}, "http://example.com/old/a"),
        ({"Protocol": "https"}, "https://site.example.com/old/a"),
        ({"ReplaceKeyPrefixWith": "new/"}, "http://site.example.com/new/a"),
        ({"ReplaceKeyWith": "moved.html"}, "http://site.example.com/moved.html"),
    ],
)
def test_a_prefix_may_be_redirected_whether_the_object_is_there_or_not(redirect, location):
    website = routes(rule(redirect, KeyPrefixEquals="old/"))
    assert decided(website, "old/a", "old/a") == Redirect(location, 301)
    assert decided(website, "other", "other") == Page("other")


def test_what_is_not_there_may_be_redirected():
    website = routes(
        rule({"ReplaceKeyWith": "search", "HttpRedirectCode": "307"}, HttpErrorCodeReturnedEquals="404"),
        ErrorDocument={"Key": "error.html"},
    )
    assert decided(website, "a", "error.html") == Redirect("http://site.example.com/search", 307)
    assert decided(website, "a", "a") == Page("a")


def test_errors_are_told_in_html():
    fields = [("Code", "NoSuchKey"), ("Message", "The specified key does not exist."), ("Key", "<index>.html")]
    assert error_page(404, "Not Found", fields, "R", "H", [("Code", "NoSuchKey")]) == (
        "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<h1>404 Not Found</h1>\n<ul>\n"
        "<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n"
        "<li>Key: &lt;index&gt;.html</li>\n<li>RequestId: R</li>\n<li>HostId: H</li>\n</ul>\n"
        "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n"
        "<ul>\n<li>Code: NoSuchKey</li>\n</ul>\n<hr/>\n</body>\n</html>\n"
    )
