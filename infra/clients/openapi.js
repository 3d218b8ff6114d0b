// Clients of the OpenAPI document, by OpenAPI Generator, a jar from Maven Central.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileTypeScript } from './typescript.js';
import { emptyFolder, fetch, home, need, root, run } from './tools.js';

const VERSION = '7.17.0';
const jar = join(home, `openapi-generator-cli-${VERSION}.jar`);
const document = join(root, 'docs/openapi.json');

function fetchGenerator() {
  need('java', '-version');
  if (existsSync(jar)) return;
  need('mvn');
  const artifact = `-Dartifact=org.openapitools:openapi-generator-cli:${VERSION}`;
  fetch('the generator', 'mvn', ['-B', '-q', 'dependency:copy', artifact, `-DoutputDirectory=${home}`]);
}

function generate(language, generator, properties) {
  fetchGenerator();
  const out = emptyFolder(language);
  const options = [
    ...['-i', document, '-g', generator, '-o', out, `--additional-properties=${properties}`],
    '--global-property=apiTests=false,modelTests=false,apiDocs=false,modelDocs=false',
  ];
  run('java', ['-jar', jar, 'generate', ...options]);
  return out;
}

/** By the name of the check; each throws `NotThere` where what it needs is not there. */
export const OPENAPI_CLIENTS = {
  'client for TypeScript': () => compileTypeScript(generate('typescript', 'typescript-fetch', 'supportsES6=true')),
  'client for Python': () => {
    need('python3');
    need('pip3');
    const out = generate('python', 'python', 'packageName=touchline_api');
    const packages = join(home, 'python-packages');
    const target = ['--quiet', '--disable-pip-version-check', '--target', packages, '--upgrade'];
    fetch('what the client needs', 'pip3', ['install', ...target, '-r', join(out, 'requirements.txt')]);
    run('python3', ['-m', 'compileall', '-q', 'touchline_api'], { cwd: out });
    run('python3', ['-c', 'import touchline_api, touchline_api.models'], { cwd: out, env: { ...process.env, PYTHONPATH: packages } });
  },
  'client for Java': () => {
    need('mvn');
    const out = generate('java', 'java', 'library=native,openApiNullable=false,hideGenerationTimestamp=true');
    fetch('what the client needs', 'mvn', ['-B', '-q', 'dependency:resolve', 'dependency:resolve-plugins'], { cwd: out });
    run('mvn', ['-B', '-q', '-Dmaven.test.skip=true', '-Dmaven.javadoc.skip=true', 'compile'], { cwd: out });
  },
};
