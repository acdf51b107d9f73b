// STS by the AWS SDK for JavaScript, which speaks XML here.
"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const sdk = require("@aws-sdk/client-sts");

test("the account is the access key's", async () => {
  const sts = new sdk.STSClient({ credentials: { accessKeyId: "111122223333", secretAccessKey: "test" } });
  const identity = await sts.send(new sdk.GetCallerIdentityCommand({}));
  assert.equal(identity.Account, "111122223333");
});

test("a role is assumed and used", async () => {
  const RoleArn = "arn:aws:iam::444455556666:role/deployer";
  const assumed = await new sdk.STSClient({}).send(
    new sdk.AssumeRoleCommand({ RoleArn, RoleSessionName: "ci", DurationSeconds: 900 }),
  );
  assert.equal(assumed.AssumedRoleUser.Arn, "arn:aws:sts::444455556666:assumed-role/deployer/ci");
  assert.ok(assumed.Credentials.Expiration instanceof Date);
  const { AccessKeyId, SecretAccessKey, SessionToken } = assumed.Credentials;
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const identity = await new sdk.STSClient({ credentials }).send(new sdk.GetCallerIdentityCommand({}));
  assert.deepEqual([identity.Account, identity.Arn], ["444455556666", assumed.AssumedRoleUser.Arn]);
});

test("what is asked for wrongly is refused as AWS refuses it", async () => {
  await assert.rejects(
    new sdk.STSClient({}).send(new sdk.AssumeRoleCommand({ RoleArn: "too short", RoleSessionName: "ci" })),
    { name: "ValidationError" },
  );
});
