import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { asLines, fixtureKeys, fixtureMessages } from './fixture-messages.js';

// Writes the messages that readers are tested with; libs/relay/fixture-messages.spec.ts holds them against the code.
const folder = resolve('libs/topics/examples');
await writeFile(resolve(folder, 'messages.jsonl'), asLines(fixtureMessages()));
await writeFile(resolve(folder, 'keys.json'), `${JSON.stringify({ keys: fixtureKeys.public }, null, 2)}\n`);
