// S3 by the AWS SDK for JavaScript: what it sends by default, checksums and aws-chunked bodies included.
"use strict";
const assert = require("node:assert/strict");
const { createReadStream, writeFileSync } = require("node:fs");
const { Readable } = require("node:stream");
const { before, test } = require("node:test");
const s3sdk = require("@aws-sdk/client-s3");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");

const MIB = 1024 * 1024;
const Bucket = "js-photos";
const s3 = new s3sdk.S3Client({ forcePathStyle: true });

before(() => s3.send(new s3sdk.CreateBucketCommand({ Bucket })));

test("a bucket is created, found and listed", async () => {
  await s3.send(new s3sdk.HeadBucketCommand({ Bucket }));
  const { Buckets } = await s3.send(new s3sdk.ListBucketsCommand({}));
  assert.ok(Buckets.some((bucket) => bucket.Name === Bucket));
});

test("an object comes back as it was put, with its metadata", async () => {
  const Key = "a b/cät+1.txt";
  await s3.send(
    new s3sdk.PutObjectCommand({ Bucket, Key, Body: "tom", ContentType: "text/plain", Metadata: { made: "by-hand" } }),
  );
  const got = await s3.send(new s3sdk.GetObjectCommand({ Bucket, Key }));
  assert.equal(await got.Body.transformToString(), "tom");
  assert.deepEqual([got.ContentType, got.Metadata, got.ContentLength], ["text/plain", { made: "by-hand" }, 3]);
  const range = await s3.send(new s3sdk.GetObjectCommand({ Bucket, Key, Range: "bytes=1-" }));
  assert.deepEqual([await range.Body.transformToString(), range.ContentRange], ["om", "bytes 1-2/3"]);
});

test("a stream is put in chunks with a checksum behind it", async () => {
  writeFileSync("large.txt", "x".repeat(200_000));
  const put = await s3.send(
    new s3sdk.PutObjectCommand({
      Bucket,
      Key: "stream",
      Body: createReadStream("large.txt"),
      ContentLength: 200_000,
      ChecksumAlgorithm: "CRC32",
    }),
  );
  assert.ok(put.ChecksumCRC32);
  const got = await s3.send(new s3sdk.GetObjectCommand({ Bucket, Key: "stream", ChecksumMode: "ENABLED" }));
  assert.equal((await got.Body.transformToString()).length, 200_000);
  assert.equal(got.ChecksumCRC32, put.ChecksumCRC32);
});

test("every checksum algorithm is verified", async () => {
  for (const ChecksumAlgorithm of ["CRC32", "SHA1", "SHA256"]) {
    await s3.send(new s3sdk.PutObjectCommand({ Bucket, Key: "sum", Body: "tom", ChecksumAlgorithm }));
    const head = await s3.send(new s3sdk.HeadObjectCommand({ Bucket, Key: "sum", ChecksumMode: "ENABLED" }));
    assert.ok(head[`Checksum${ChecksumAlgorithm}`], ChecksumAlgorithm);
  }
  await assert.rejects(
    s3.send(new s3sdk.PutObjectCommand({ Bucket, Key: "sum", Body: "tom", ChecksumSHA256: "A".repeat(43) + "=" })),
    { name: "BadDigest" },
  );
});

test("a large body is uploaded in parts", async () => {
  const piece = Buffer.alloc(MIB, "p");
  async function* pieces() {
    for (let number = 0; number < 12; number += 1) yield piece;
  }
  const upload = new Upload({ client: s3, params: { Bucket, Key: "parts", Body: Readable.from(pieces()) } });
  const done = await upload.done();
  assert.match(done.ETag, /-3"$/);
  const head = await s3.send(new s3sdk.HeadObjectCommand({ Bucket, Key: "parts" }));
  assert.equal(head.ContentLength, 12 * MIB);
});

test("a multipart upload is listed and aborted", async () => {
  const { UploadId } = await s3.send(new s3sdk.CreateMultipartUploadCommand({ Bucket, Key: "never" }));
  await s3.send(new s3sdk.UploadPartCommand({ Bucket, Key: "never", UploadId, PartNumber: 1, Body: "1" }));
  const { Parts } = await s3.send(new s3sdk.ListPartsCommand({ Bucket, Key: "never", UploadId }));
  assert.deepEqual(Parts.map((part) => [part.PartNumber, part.Size]), [[1, 1]]);
  await s3.send(new s3sdk.AbortMultipartUploadCommand({ Bucket, Key: "never", UploadId }));
  await assert.rejects(s3.send(new s3sdk.ListPartsCommand({ Bucket, Key: "never", UploadId })), {
    name: "NoSuchUpload",
  });
});

test("listings are paged, and folders folded", async () => {
  for (const Key of ["list/a/1", "list/a/2", "list/b", "list/c"]) {
    await s3.send(new s3sdk.PutObjectCommand({ Bucket, Key, Body: "" }));
  }
  const seen = [];
  for await (const page of s3sdk.paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, Prefix: "list/" })) {
    seen.push(...page.Contents.map((object) => object.Key));
  }
  assert.deepEqual(seen, ["list/a/1", "list/a/2", "list/b", "list/c"]);
  const folded = await s3.send(new s3sdk.ListObjectsV2Command({ Bucket, Prefix: "list/", Delimiter: "/" }));
  assert.deepEqual(folded.CommonPrefixes.map((one) => one.Prefix), ["list/a/"]);
});

test("objects are copied, tagged and deleted", async () => {
  await s3.send(new s3sdk.PutObjectCommand({ Bucket, Key: "from", Body: "copied", Tagging: "team=a%20b" }));
  await s3.send(new s3sdk.CopyObjectCommand({ Bucket, Key: "to", CopySource: `${Bucket}/from` }));
  const { TagSet } = await s3.send(new s3sdk.GetObjectTaggingCommand({ Bucket, Key: "to" }));
  assert.deepEqual(TagSet, [{ Key: "team", Value: "a b" }]);
  const deleted = await s3.send(
    new s3sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "from" }, { Key: "to" }] } }),
  );
  assert.deepEqual(deleted.Deleted.map((one) => one.Key).sort(), ["from", "to"]);
});

test("presigned URLs are put to and read from by fetch", async () => {
  const put = await getSignedUrl(s3, new s3sdk.PutObjectCommand({ Bucket, Key: "signed" }), { expiresIn: 60 });
  assert.equal((await fetch(put, { method: "PUT", body: "for you" })).status, 200);
  const get = await getSignedUrl(s3, new s3sdk.GetObjectCommand({ Bucket, Key: "signed" }), { expiresIn: 60 });
  assert.equal(await (await fetch(get)).text(), "for you");
  const late = get.replace(/X-Amz-Date=\d{4}/, "X-Amz-Date=2020");
  assert.equal((await fetch(late)).status, 403);
});

test("waiters see what is and what is not there", async () => {
  const options = { client: s3, maxWaitTime: 10, minDelay: 1 };
  assert.equal((await s3sdk.waitUntilBucketExists(options, { Bucket })).state, "SUCCESS");
  assert.equal((await s3sdk.waitUntilObjectNotExists(options, { Bucket, Key: "no" })).state, "SUCCESS");
});

test("buckets are found by their virtual hosts", async () => {
  const endpoint = process.env.AWS_ENDPOINT_URL.replace("127.0.0.1", "s3.localhost");
  const virtual = new s3sdk.S3Client({ endpoint, requestHandler: { httpAgent: { lookup: toThisMachine } } });
  await virtual.send(new s3sdk.PutObjectCommand({ Bucket, Key: "virtual", Body: "by host" }));
  const got = await virtual.send(new s3sdk.GetObjectCommand({ Bucket, Key: "virtual" }));
  assert.equal(await got.Body.transformToString(), "by host");
});

test("errors have AWS's names and messages", async () => {
  await assert.rejects(s3.send(new s3sdk.GetObjectCommand({ Bucket, Key: "no" })), {
    name: "NoSuchKey",
    message: "The specified key does not exist.",
  });
  await assert.rejects(s3.send(new s3sdk.HeadObjectCommand({ Bucket, Key: "no" })), { name: "NotFound" });
  await assert.rejects(s3.send(new s3sdk.ListObjectsV2Command({ Bucket: "js-no-such-bucket" })), {
    name: "NoSuchBucket",
  });
});

// Not every resolver knows that *.localhost is this machine.
function toThisMachine(name, options, done) {
  if (options.all) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
}
