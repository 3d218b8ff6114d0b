import { setTimeout as delay } from 'node:timers/promises';
import { AlarmWorld } from './alarm-world.js';

// A process of its own among several on one database: it folds the timers and fires them, until it is killed.

const [, , url = '', holder = ''] = process.argv;
const world = await AlarmWorld.open(url, holder);
world.project(5);
// Held up a little, so that there is a moment between any two steps to die in.
world.fire({ before: () => delay(Math.random() * 4) });
process.stdout.write('working\n');
