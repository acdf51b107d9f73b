// DynamoDB by the AWS SDK for JavaScript, which checks each answer's CRC32; and its document client.
"use strict";
const assert = require("node:assert/strict");
const { before, test } = require("node:test");
const sdk = require("@aws-sdk/client-dynamodb");
const lib = require("@aws-sdk/lib-dynamodb");

const client = new sdk.DynamoDBClient({});
const documents = lib.DynamoDBDocumentClient.from(client);
const TableName = "js-music";

before(async () => {
  await client.send(
    new sdk.CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "artist", AttributeType: "S" },
        { AttributeName: "year", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "artist", KeyType: "HASH" },
        { AttributeName: "year", KeyType: "RANGE" },
      ],
    }),
  );
  await sdk.waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName });
});

test("an item comes back as it was put", async () => {
  const Item = {
    artist: "Coltrane",
    year: 1964,
    takes: [1, 2.5, true, null, { deep: new Set(["a", "b"]) }],
    raw: new Uint8Array([0, 255]),
  };
  await documents.send(new lib.PutCommand({ TableName, Item }));
  const got = await documents.send(new lib.GetCommand({ TableName, Key: { artist: "Coltrane", year: 1964 } }));
  assert.deepEqual(got.Item, Item);
});

test("items are written in batches and queried page by page", async () => {
  const years = Array.from({ length: 25 }, (_, index) => 1950 + index);
  await documents.send(
    new lib.BatchWriteCommand({
      RequestItems: { [TableName]: years.map((year) => ({ PutRequest: { Item: { artist: "Davis", year } } })) },
    }),
  );
  const seen = [];
  const query = {
    TableName,
    KeyConditionExpression: "artist = :a AND #y BETWEEN :from AND :to",
    ExpressionAttributeNames: { "#y": "year" },
    ExpressionAttributeValues: { ":a": "Davis", ":from": 1955, ":to": 1965 },
    ScanIndexForward: false,
  };
  for await (const page of lib.paginateQuery({ client: documents, pageSize: 4 }, query)) {
    seen.push(...page.Items.map((item) => item.year));
  }
  assert.deepEqual(seen, Array.from({ length: 11 }, (_, index) => 1965 - index));
});

test("an update returns what it changed", async () => {
  const Key = { artist: "Monk", year: 1957 };
  await documents.send(new lib.PutCommand({ TableName, Item: { ...Key, plays: 1 } }));
  const { Attributes } = await documents.send(
    new lib.UpdateCommand({
      TableName,
      Key,
      UpdateExpression: "ADD plays :n SET tags = :t",
      ExpressionAttributeValues: { ":n": 2, ":t": ["piano"] },
      ReturnValues: "UPDATED_NEW",
    }),
  );
  assert.deepEqual(Attributes, { plays: 3, tags: ["piano"] });
});

test("a condition that fails is refused, with the item if asked for", async () => {
  const Item = { artist: "Evans", year: 1961 };
  await documents.send(new lib.PutCommand({ TableName, Item }));
  const again = new sdk.PutItemCommand({
    TableName,
    Item: { artist: { S: "Evans" }, year: { N: "1961" } },
    ConditionExpression: "attribute_not_exists(artist)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  await assert.rejects(client.send(again), (error) => {
    assert.ok(error instanceof sdk.ConditionalCheckFailedException);
    assert.equal(error.message, "The conditional request failed");
    assert.deepEqual(error.Item, { artist: { S: "Evans" }, year: { N: "1961" } });
    return true;
  });
});

test("a transaction is done whole or not at all", async () => {
  const put = (year, condition) => ({ Put: { TableName, Item: { artist: "Rollins", year }, ConditionExpression: condition } });
  await assert.rejects(
    documents.send(
      new lib.TransactWriteCommand({
        TransactItems: [put(1956, "attribute_not_exists(artist)"), put(1957, "attribute_exists(artist)")],
      }),
    ),
    (error) => {
      assert.deepEqual(error.CancellationReasons.map((reason) => reason.Code), ["None", "ConditionalCheckFailed"]);
      return true;
    },
  );
  const got = await documents.send(new lib.GetCommand({ TableName, Key: { artist: "Rollins", year: 1956 } }));
  assert.equal(got.Item, undefined);
});

test("PartiQL finds items", async () => {
  await documents.send(new lib.PutCommand({ TableName, Item: { artist: "Parker", year: 1945 } }));
  const { Items } = await documents.send(
    new lib.ExecuteStatementCommand({ Statement: `SELECT * FROM "${TableName}" WHERE artist = ?`, Parameters: ["Parker"] }),
  );
  assert.deepEqual(Items, [{ artist: "Parker", year: 1945 }]);
});

test("a table that is missing has AWS's error", async () => {
  await assert.rejects(client.send(new sdk.DescribeTableCommand({ TableName: "js-no-such-table" })), {
    name: "ResourceNotFoundException",
    message: "Requested resource not found: Table: js-no-such-table not found",
  });
});
