// Whoever may read the topics can see that nothing of a topic of facts is missing, doubled or changed, its end included:
//   KAFKA_BROKERS=127.0.0.1:9092 URL=http://127.0.0.1:3000 TOKEN=… [TOPIC=touchline.touchpoints] node verify.js
// It takes the two topics, the public keys (GET /log/keys) and the newest manifest there is (GET /topics/manifests, for a service or an
// analyst of a whole group). Exit code 0: it holds; 3: it does not.
import { Buffer } from 'node:buffer';
import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto';
import kafkajs from 'kafkajs';

const { KAFKA_BROKERS = '127.0.0.1:9092', URL = 'http://127.0.0.1:3000', TOKEN = '', TOPIC = 'touchline.touchpoints' } = process.env;
const MANIFESTS = TOPIC.replace(/[^.]+$/, 'manifests');
const kafka = new kafkajs.Kafka({ clientId: 'verifier', brokers: KAFKA_BROKERS.split(','), logLevel: kafkajs.logLevel.NOTHING });

/** RFC 8785, of what is texts, numbers and objects of these alone. */
const canonical = (value) =>
  value === null || typeof value !== 'object'
    ? JSON.stringify(value)
    : `{${Object.keys(value)
        .sort()
        .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
        .join(',')}}`;

async function asked(path) {
  const response = await fetch(URL + path, { headers: { authorization: `Bearer ${TOKEN}` } });
  if (!response.ok) throw new Error(`${path} answers ${response.status}`);
  return response.json();
}

/** Everything committed by now. */
async function everythingOn(topic) {
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => [partition, [BigInt(low), BigInt(high)]]));
  for (const [partition, [low, high]] of ends) if (low === high) ends.delete(partition);
  const groupId = `verifier-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  const records = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  if (ends.size > 0)
    await new Promise((done, failed) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => failed(payload.error));
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (ends.has(partition) && BigInt(lastOffset) + 1n >= ends.get(partition)[1]) ends.delete(partition);
        if (ends.size === 0) done();
      });
      consumer.run({ autoCommit: false, eachMessage: ({ message }) => void records.push(message) }).catch(failed);
    });
  await consumer.disconnect();
  await admin.deleteGroups([groupId]);
  await admin.disconnect();
  return records.map(({ key, headers, value }) => ({
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
    key: String(key),
    value: value === null ? null : value.toString(),
  }));
}

const { keys } = await asked('/log/keys');
const newest = (await asked('/topics/manifests')).manifests.find(({ topic }) => topic === TOPIC);

/** An Ed25519 key of 32 bytes, with what says so in front. */
const keyOf = (hex) => createPublicKey({ key: Buffer.from(`302a300506032b6570032100${hex}`, 'hex'), format: 'der', type: 'spki' });

function isSigned({ signature, ...manifest }) {
  const key = keys.find(({ keyId }) => keyId === manifest.keyId);
  return key !== undefined && verify(null, Buffer.from(canonical(manifest)), keyOf(key.publicKey), Buffer.from(signature, 'hex'));
}

function faultOf(records, manifests) {
  const hashes = [''];
  records.sort((a, b) => Number(a.headers.ce_ordinal) - Number(b.headers.ce_ordinal));
  for (const told of records) {
    if (Number(told.headers.ce_ordinal) !== hashes.length) return `message ${hashes.length} is missing, or one before it stands twice`;
    hashes.push(
      createHash('sha256')
        .update(hashes.at(-1) + canonical(told))
        .digest('hex'),
    );
  }
  for (const manifest of manifests) {
    const { from, to, previousHash, hash } = manifest;
    if (!isSigned(manifest)) return `the manifest of ${from} to ${to} is not signed by a key of the platform`;
    if (to >= hashes.length) return `message ${hashes.length} is missing: ${to} were signed`;
    if (hashes[from - 1] !== previousHash || hashes[to] !== hash) return `one of the messages ${from} to ${to} is not what was signed`;
  }
  return null;
}

const manifests = (await everythingOn(MANIFESTS)).filter(({ key }) => key === TOPIC).map(({ value }) => JSON.parse(value));
// The newest is kept apart from the brokers, so it shows an end that was cut together with its manifests.
const records = await everythingOn(TOPIC);
const fault = faultOf(records, newest === undefined ? manifests : [...manifests, newest]);
process.stdout.write(`${TOPIC}: ${fault ?? `${records.length} messages hold against ${manifests.length} manifests`}\n`);
process.exitCode = fault === null ? 0 : 3;
