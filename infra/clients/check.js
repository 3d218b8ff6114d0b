// Makes clients of the OpenAPI document for TypeScript, Python and Java, and compiles each: node infra/clients/check.js [--fetch]
// What makes them is OpenAPI Generator, a jar from Maven Central, kept in .clients/. Needs Java; Maven the first time and for the
// Java client; Python with pip for the Python client. Whatever is missing is said, and that client is left out; in CI it fails.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const home = join(root, '.clients');
const VERSION = '7.17.0';
const jar = join(home, `openapi-generator-cli-${VERSION}.jar`);
const document = join(home, 'openapi.json');

const run = (command, arguments_, options = {}) =>
  execFileSync(command, arguments_, { cwd: home, stdio: ['ignore', 'ignore', 'inherit'], ...options });

function has(command, argument = '--version') {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function fetchGenerator() {
  mkdirSync(home, { recursive: true });
  if (!existsSync(jar))
    run('mvn', [
      '-B',
      '-q',
      'dependency:copy',
      `-Dartifact=org.openapitools:openapi-generator-cli:${VERSION}`,
      `-DoutputDirectory=${home}`,
    ]);
}

function generate(language, generator, properties) {
  const out = join(home, language);
  rmSync(out, { recursive: true, force: true });
  const options = [
    '-i',
    document,
    '-g',
    generator,
    '-o',
    out,
    `--additional-properties=${properties}`,
    '--global-property=apiTests=false,modelTests=false,apiDocs=false,modelDocs=false',
  ];
  run('java', ['-jar', jar, 'generate', ...options]);
  return out;
}

/** Per language: what it needs besides Java, and how its client is compiled. */
const CLIENTS = {
  typescript: {
    missing: () => null,
    compile: () => {
      const out = generate('typescript', 'typescript-fetch', 'supportsES6=true');
      const compilerOptions = { strict: true, noEmit: true, target: 'es2023', module: 'esnext', moduleResolution: 'bundler', types: [] };
      writeFileSync(join(out, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
      run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', out], { stdio: 'inherit' });
    },
  },
  python: {
    missing: () => (has('python3') && has('pip3') ? null : 'there is no Python with pip'),
    compile: () => {
      const out = generate('python', 'python', 'packageName=touchline_api');
      const packages = join(home, 'python-packages');
      run('pip3', [
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--target',
        packages,
        '--upgrade',
        '-r',
        join(out, 'requirements.txt'),
      ]);
      run('python3', ['-m', 'compileall', '-q', 'touchline_api'], { cwd: out });
      run('python3', ['-c', 'import touchline_api, touchline_api.models'], { cwd: out, env: { ...process.env, PYTHONPATH: packages } });
    },
  },
  java: {
    missing: () => (has('mvn') ? null : 'there is no Maven'),
    compile: () => {
      const out = generate('java', 'java', 'library=native,openApiNullable=false,hideGenerationTimestamp=true');
      run('mvn', ['-B', '-q', '-Dmaven.test.skip=true', '-Dmaven.javadoc.skip=true', 'compile'], { cwd: out });
    },
  },
};

if (!has('java', '-version') || (!existsSync(jar) && !has('mvn'))) {
  process.stdout.write('clients: left out, there is no Java, or no Maven to bring the generator\n');
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
fetchGenerator();
if (process.argv.includes('--fetch')) process.exit(0);
writeFileSync(document, execFileSync(process.execPath, [join(root, 'dist/libs/server/print-openapi.js')], { maxBuffer: 64 * 1024 * 1024 }));
for (const [language, { missing, compile }] of Object.entries(CLIENTS)) {
  const reason = missing();
  if (reason !== null && process.env.CI === 'true') throw new Error(`${language}: ${reason}`);
  if (reason === null) compile();
  process.stdout.write(`clients: ${language} ${reason === null ? 'compiles' : `left out, ${reason}`}\n`);
}
