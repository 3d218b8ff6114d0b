// Starts Apache Kafka (KRaft, one node, loopback alone) without Docker, and ends with whoever started it:
//   node infra/kafka/start.js [--port 9092] [--data .kafka/data] [--tether FIFO] | --fetch
// The jars come from Maven Central by the pom.xml beside this file, into .kafka/libs. Needs Java 17 and, the first time, Maven.
// Prints `kafka <host:port> pid <pid>` once it answers. --port 0 takes a free one. --tether: ends with that pipe's last
// writer instead of with this process's own parent. --fetch: brings the jars and ends.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const home = resolve(here, '../../.kafka');
const libs = join(home, 'libs');
const CLUSTER_ID = 'dG91Y2hsaW5lLWxvY2FsAA';
const READY_IN_MS = 90_000;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9092' },
    data: { type: 'string', default: join(home, 'data') },
    tether: { type: 'string' },
    fetch: { type: 'boolean', default: false },
  },
});

/** Whole or not at all: what was cut short is not taken for the jars. */
function fetchJars() {
  if (existsSync(libs)) return;
  const partial = `${libs}.${process.pid}`;
  mkdirSync(home, { recursive: true });
  const arguments_ = ['-B', '-q', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  try {
    execFileSync('mvn', [...arguments_, `-DoutputDirectory=${partial}`], { stdio: ['ignore', 2, 2] });
    renameSync(partial, libs);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (existsSync(libs)) return;
    throw error;
  }
}

async function run() {
  const data = resolve(values.data);
  mkdirSync(data, { recursive: true });
  // The port stays, so that clients find a broker that was started again.
  const port = values.port === '0' ? await freePort() : Number(values.port);
  const properties = join(data, 'server.properties');
  writeFileSync(properties, settings(data, port, await freePort()));
  if (!existsSync(join(data, 'log', 'meta.properties')))
    java(data, ['kafka.tools.StorageTool', 'format', '--config', properties, '--cluster-id', CLUSTER_ID, '--ignore-formatted']);

  const broker = launch(data, ['kafka.Kafka', properties]);
  const ended = new Promise((done) => broker.once('exit', (code, signal) => done(code ?? signal)));
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'])
    process.on(signal, () => {
      stopping = true;
      broker.kill('SIGTERM');
    });
  const parent = process.ppid;
  // Whoever started us may have been killed without a word.
  const watch = setInterval(() => {
    if (values.tether === undefined && process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 1_000);
  watch.unref();
  for (let waited = 0; !(await answers(port)); waited += 100) {
    if (broker.exitCode !== null || waited > READY_IN_MS) {
      broker.kill('SIGKILL');
      throw new Error(`Kafka did not start:\n${readFileSync(join(data, 'kafka.log'), 'utf8').slice(-3_000)}`);
    }
    await delay(100);
  }
  process.stdout.write(`kafka 127.0.0.1:${port} pid ${broker.pid}\n`);
  const how = await ended;
  if (!stopping && values.tether === undefined) throw new Error(`Kafka ended: ${how}; its log is ${join(data, 'kafka.log')}`);
}

const FLAGS = ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];

const command = (data, rest) => [...FLAGS, `-Dkafka.logs.dir=${data}`, '-cp', join(libs, '*'), ...rest];

function java(data, rest) {
  execFileSync('java', command(data, rest), { stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * The broker in a session of its own, so that Ctrl-C reaches us alone. When the other end of its standard input is closed,
 * which the kernel does however we end, kill -9 included, the watcher that is forked off ends it.
 */
function launch(data, rest) {
  const tethered = 'exec 3<&0 </dev/null; ( ( read -r _ <&3; kill -KILL $$ ) >/dev/null 2>&1 & ); exec "$@" 3<&-';
  const log = openSync(join(data, 'kafka.log'), 'a');
  const tether = values.tether === undefined ? 'pipe' : openSync(values.tether, 'r');
  const child = spawn('/bin/sh', ['-c', tethered, 'sh', 'java', ...command(data, rest)], { detached: true, stdio: [tether, log, log] });
  closeSync(log);
  if (typeof tether === 'number') closeSync(tether);
  return child;
}

function settings(data, port, controllerPort) {
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(data, 'log'),
    // A topic nobody declared is a mistake.
    'auto.create.topics.enable': false,
    // With one broker there is nowhere to copy to.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 33554432,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** True once the broker speaks Kafka: it answers an ApiVersions request. */
function answers(port) {
  return new Promise((resolveWith) => {
    const socket = connect(port, '127.0.0.1');
    // Size, api key 18, version 0, correlation id 1, no client id.
    socket.once('connect', () => socket.write(Uint8Array.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255])));
    const done = (answered) => {
      socket.destroy();
      resolveWith(answered);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.once('data', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}

function freePort() {
  return new Promise((resolveWith, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolveWith(port));
    });
  });
}

fetchJars();
if (!values.fetch) await run();
