// Makes clients of the OpenAPI document and models of the AsyncAPI document, and compiles each: node infra/clients/check.js [--home FOLDER]
// What makes them is kept in that folder, .clients/ where none is given. Where a tool or a registry is not there, that one is left out, and says why.
import { ASYNCAPI_MODELS } from './asyncapi.js';
import { OPENAPI_CLIENTS } from './openapi.js';
import { NotThere } from './tools.js';

let checked = 0;
let leftOut = 0;

async function attempt(name, check) {
  try {
    await check();
    checked += 1;
    process.stdout.write(`clients: ${name} compiles\n`);
  } catch (error) {
    if (!(error instanceof NotThere)) throw error;
    leftOut += 1;
    process.stdout.write(`clients: ${name} LEFT OUT, ${error.message}\n`);
  }
}

for (const [name, check] of Object.entries({ ...OPENAPI_CLIENTS, ...ASYNCAPI_MODELS })) await attempt(name, check);
process.stdout.write(`clients: ${checked} compile, ${leftOut} left out\n`);
