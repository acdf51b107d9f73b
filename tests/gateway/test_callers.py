"""Who calls, and from where: account, region and partition of a request."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from awsim import Cloud, connect_externally_to, connect_to
from awsim.errors import NoActiveCloudError, ServiceException
from awsim.protocol.http import Request, Response


def test_the_region_is_the_clients(aws: Cloud) -> None:
    url = boto3.client("sqs", region_name="eu-west-3").create_queue(QueueName="q")["QueueUrl"]
    assert url == "https://sqs.eu-west-3.amazonaws.com/123456789012/q"
    assert "QueueUrls" not in boto3.client("sqs", region_name="eu-west-1").list_queues()


def test_the_partition_is_the_regions(aws: Cloud) -> None:
    client = boto3.client("sqs", region_name="cn-north-1")
    url = client.create_queue(QueueName="q")["QueueUrl"]
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    assert attributes == {"QueueArn": "arn:aws-cn:sqs:cn-north-1:123456789012:q"}


def test_unsigned_requests_have_the_clients_region(aws: Cloud) -> None:
    from botocore import UNSIGNED

    client = boto3.client("sqs", region_name="eu-west-2", config=Config(signature_version=UNSIGNED))
    url = client.create_queue(QueueName="q")["QueueUrl"]
    assert url == "https://sqs.eu-west-2.amazonaws.com/123456789012/q"


@pytest.mark.parametrize(
    ("scope", "region"),
    [("eu-west-2", "eu-west-2"), ("eu-west-9", "eu-west-9"), ("US", "us-east-1"), ("local", "us-east-1")],
)
def test_on_the_wire_a_region_that_is_none_is_the_clouds(aws: Cloud, scope: str, region: str) -> None:
    credential = f"AWS4-HMAC-SHA256 Credential=test/20260101/{scope}/sqs/aws4_request, SignedHeaders=host, Signature=a"
    headers = {"authorization": credential, "content-type": "application/x-www-form-urlencoded"}
    response = Response()
    request = Request("POST", "/", "", headers, b"Action=CreateQueue&Version=2012-11-05&QueueName=q", "127.0.0.1:4566")
    aws.gateway.process(request, response)
    assert response.status_code == 200
    assert "QueueUrls" in boto3.client("sqs", region_name=region).list_queues()


def test_an_account_id_as_access_key_names_the_account(aws: Cloud) -> None:
    client = boto3.client("sqs", aws_access_key_id="111122223333", aws_secret_access_key="x")
    assert client.create_queue(QueueName="q")["QueueUrl"].split("/")[3] == "111122223333"
    assert "QueueUrls" not in boto3.client("sqs").list_queues()


def assumed(aws: Cloud) -> dict[str, str]:
    role = "arn:aws:iam::111122223333:role/reader"
    credentials = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def test_temporary_credentials_carry_their_roles_account(aws: Cloud) -> None:
    client = boto3.client("sqs", **assumed(aws))
    assert client.create_queue(QueueName="q")["QueueUrl"].split("/")[3] == "111122223333"


def test_expired_credentials_are_refused(aws: Cloud) -> None:
    client = boto3.client("sqs", **assumed(aws))
    aws.clock.advance(hours=2)
    with pytest.raises(ClientError) as caught:
        client.list_queues()
    error = caught.value.response["Error"]
    assert error["Code"] == "ExpiredTokenException"
    assert error["Message"] == "The security token included in the request is expired"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_temporary_credentials_need_their_own_token(aws: Cloud) -> None:
    client = boto3.client("sqs", **{**assumed(aws), "aws_session_token": "another"})
    with pytest.raises(ClientError) as caught:
        client.list_queues()
    assert caught.value.response["Error"]["Code"] == "InvalidClientTokenId"


class TestSignatureScope:
    """What a scope on the wire must look like."""

    def answer(self, authorization: str) -> tuple[int, bytes]:
        headers = {
            "authorization": authorization,
            "x-amz-target": "AmazonSQS.ListQueues",
            "content-type": "application/x-amz-json-1.0",
        }
        response = Response()
        request = Request("POST", "/", "", headers, b"{}", "sqs.eu-west-1.amazonaws.com")
        Cloud().gateway.process(request, response)
        return response.status_code, response.read()

    def test_a_scope_of_the_service_is_taken(self) -> None:
        scope = "AKID/20240101/eu-west-1/sqs/aws4_request"
        assert self.answer(f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0") == (200, b"{}")

    @pytest.mark.parametrize("scope", ["AKID", "AKID/20240101/eu-west-1/sqs", "AKID/1/2/3/aws5_request", ""])
    def test_a_broken_scope_is_an_incomplete_signature(self, scope: str) -> None:
        status, body = self.answer(f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")
        assert status == 400
        assert b"IncompleteSignature" in body

    def test_no_credential_at_all_is_an_incomplete_signature(self) -> None:
        status, body = self.answer("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0")
        assert (status, b"IncompleteSignature" in body) == (400, True)

    def test_a_scope_of_another_service_is_refused(self) -> None:
        scope = "AKID/20240101/eu-west-1/s3/aws4_request"
        status, body = self.answer(f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")
        assert status == 403
        assert b"Credential should be scoped to correct service: 'sqs'." in body


class TestConnect:
    """Calls between services: boto3's spelling, through the gateway, without HTTP."""

    def test_an_internal_client_gives_plain_mappings(self, aws: Cloud) -> None:
        sqs = connect_to().sqs
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        assert sqs.list_queues() == {"QueueUrls": [url]}
        assert aws.client("sqs").list_queues()["QueueUrls"] == [url]

    def test_it_may_call_as_another_account_in_another_region(self, aws: Cloud) -> None:
        sqs = connect_to(region_name="eu-west-1", aws_access_key_id="111122223333").sqs
        assert sqs.create_queue(QueueName="q") == {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q"}

    def test_its_errors_are_service_exceptions(self, aws: Cloud) -> None:
        with pytest.raises(ServiceException) as caught:
            connect_to().sqs.get_queue_url(QueueName="none")
        assert caught.value.code == "AWS.SimpleQueueService.NonExistentQueue"
        with pytest.raises(ServiceException) as caught:
            connect_to().sqs.create_queue()
        assert caught.value.code == "MissingParameter"

    def test_it_passes_the_gateways_handlers(self, aws: Cloud) -> None:
        seen = []
        aws.gateway.response_handlers.append(lambda chain, context, response: seen.append(context.service_principal))
        connect_to().get_client("sqs", service_principal="sns.amazonaws.com").list_queues()
        assert seen == ["sns.amazonaws.com"]

    def test_names_that_aws_does_not_have_are_attribute_errors(self, aws: Cloud) -> None:
        with pytest.raises(AttributeError, match="^AWS has no service 'nothing'$"):
            _ = connect_to().nothing
        with pytest.raises(AttributeError, match="^sqs has no operation 'nothing'$"):
            _ = connect_to().sqs.nothing

    def test_an_external_client_is_boto3s(self, aws: Cloud) -> None:
        client = connect_externally_to(region_name="eu-west-1").sqs
        assert client.meta.region_name == "eu-west-1"
        assert client.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200

    def test_without_an_active_cloud_it_says_so(self) -> None:
        with pytest.raises(NoActiveCloudError, match="^no Cloud is active here; start one with"):
            _ = connect_to().sqs
