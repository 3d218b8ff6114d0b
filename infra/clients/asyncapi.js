// Models of the AsyncAPI document, by Modelina of the AsyncAPI project. It brings more than two hundred packages, so it is fetched by this
// check alone and is none of ours.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileTypeScript } from './typescript.js';
import { emptyFolder, fetch, home, need, root, run } from './tools.js';

const MODELINA = '5.10.1';
const folder = join(home, 'modelina');

function modelina() {
  const load = createRequire(join(folder, 'package.json'));
  const there = () => load('@asyncapi/modelina/package.json').version === MODELINA;
  try {
    if (there()) return load('@asyncapi/modelina');
  } catch {
    // Not fetched yet.
  }
  emptyFolder('modelina');
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  fetch('Modelina', process.platform === 'win32' ? 'npm.cmd' : 'npm', ['install', ...quiet, `@asyncapi/modelina@${MODELINA}`], {
    cwd: folder,
  });
  return load('@asyncapi/modelina');
}

async function models(generator, options) {
  const { TopicContract } = await import(join(root, 'dist/libs/relay/topic-contract.js'));
  const made = await generator.generateCompleteModels(new TopicContract('touchline').asyncApi, options);
  if (made.length < 100) throw new Error(`only ${made.length} models were made`);
  const anonymous = made.map(({ modelName }) => modelName).filter((name) => /anonymous/i.test(name));
  if (anonymous.length > 0) throw new Error(`models without a name of their own: ${anonymous.join(', ')}`);
  return made;
}

/** By the name of the check; each throws `NotThere` where what it needs is not there. */
export const ASYNCAPI_MODELS = {
  'models of messages for TypeScript': async () => {
    const { TypeScriptGenerator } = modelina();
    const out = emptyFolder('models-typescript');
    const generator = new TypeScriptGenerator({ modelType: 'interface', moduleSystem: 'ESM' });
    for (const { modelName, result } of await models(generator, { exportType: 'named' }))
      writeFileSync(join(out, `${modelName}.ts`), result);
    compileTypeScript(out);
  },
  'models of messages for Python': async () => {
    need('python3');
    const { PythonGenerator } = modelina();
    const out = emptyFolder('models-python');
    for (const { modelName, result } of await models(new PythonGenerator(), { packageName: 'touchline_messages' }))
      writeFileSync(join(out, `${modelName}.py`), result);
    run('python3', ['-m', 'compileall', '-q', out]);
  },
};
