// SQS by the AWS SDK for JavaScript, which checks the digests of what it sends and receives.
"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const sdk = require("@aws-sdk/client-sqs");

const sqs = new sdk.SQSClient({});

test("a message is sent, received and deleted", async () => {
  const { QueueUrl } = await sqs.send(new sdk.CreateQueueCommand({ QueueName: "js-orders" }));
  assert.ok(QueueUrl.startsWith(process.env.AWS_ENDPOINT_URL), QueueUrl);
  const Attributes = { Kind: { DataType: "String", StringValue: "new" }, Raw: { DataType: "Binary", BinaryValue: Buffer.from([0, 255]) } };
  await sqs.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody: "grüß", MessageAttributes: Attributes }));
  const { Messages } = await sqs.send(
    new sdk.ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] }),
  );
  assert.equal(Messages[0].Body, "grüß");
  assert.deepEqual([...Messages[0].MessageAttributes.Raw.BinaryValue], [0, 255]);
  assert.equal(Messages[0].Attributes.ApproximateReceiveCount, "1");
  await sqs.send(new sdk.DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle }));
  assert.equal((await sqs.send(new sdk.ReceiveMessageCommand({ QueueUrl }))).Messages, undefined);
});

test("a long poll gets what is sent meanwhile", async () => {
  const { QueueUrl } = await sqs.send(new sdk.CreateQueueCommand({ QueueName: "js-polled" }));
  const poll = sqs.send(new sdk.ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  await sqs.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody: "now" }));
  assert.equal((await poll).Messages[0].Body, "now");
});

test("batches tell what succeeded and what failed", async () => {
  const { QueueUrl } = await sqs.send(new sdk.CreateQueueCommand({ QueueName: "js-batch" }));
  const sent = await sqs.send(
    new sdk.SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: "good", MessageBody: "1" },
        { Id: "bad", MessageBody: "2", DelaySeconds: 901 },
      ],
    }),
  );
  assert.deepEqual(sent.Successful.map((entry) => entry.Id), ["good"]);
  assert.deepEqual(sent.Failed.map((entry) => [entry.Id, entry.Code]), [["bad", "InvalidParameterValue"]]);
});

test("a FIFO queue keeps the order", async () => {
  const { QueueUrl } = await sqs.send(
    new sdk.CreateQueueCommand({ QueueName: "js.fifo", Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true" } }),
  );
  for (const MessageBody of ["1", "2", "3"]) {
    await sqs.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: "g" }));
  }
  const { Messages } = await sqs.send(new sdk.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  assert.deepEqual(Messages.map((message) => message.Body), ["1", "2", "3"]);
});

test("a queue that is missing has AWS's error", async () => {
  await assert.rejects(sqs.send(new sdk.GetQueueUrlCommand({ QueueName: "js-no-such-queue" })), (error) => {
    assert.ok(error instanceof sdk.QueueDoesNotExist);
    assert.equal(error.message, "The specified queue does not exist.");
    return true;
  });
});
