import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Files that must give the same answer for the same input: they know no clock, no chance and no environment.
const domainFiles = [
  'libs/core/**/*.ts',
  'libs/playbooks/**/*.ts',
  'libs/**/*.{events,fold,rules,decider,process-manager,projection,topic}.ts',
  'libs/{touchpoints,process-managers}/**/*.ts',
];
const tests = ['**/*.spec.ts', '**/*.int-spec.ts', 'libs/testing/**/*.ts', 'libs/*/testing/**/*.ts'];

// "!" is for an index that the line before has proven; everywhere else the absent case is to be handled.
const syntax = [
  {
    selector: 'TSNonNullExpression > :not(MemberExpression[computed=true])',
    message: 'handle the absent case; "!" is for an index that is proven',
  },
];
const clockSyntax = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'domain: time comes in as data, not from a clock' },
  { selector: "CallExpression[callee.name='Date']", message: 'domain: time comes in as data, not from a clock' },
  {
    selector: "MemberExpression[property.name='Now'][object.name='Temporal']",
    message: 'domain: time comes in as data, not from a clock',
  },
];

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.touchline/', '.kafka/', '.clients/', 'infra/lint-fixtures/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Knows decorators: a class that Nest reads from the emitted metadata stays a value import.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_$', ignoreRestSiblings: true }],
      // Nest modules are classes without members.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An async method without await is how a port's method turns a throw into a rejection.
      '@typescript-eslint/require-await': 'off',
      // A DTO class is the shape of an answer, for OpenAPI to read; answers are literals of that shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Replaced by the narrower rule on "!" above.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `query<Row>(sql)` names the shape of what a database returns; there is nothing to infer it from.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-restricted-syntax': ['error', ...syntax],
    },
  },
  {
    rules: {
      'max-lines': ['error', { max: 400 }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: domainFiles,
    ignores: [...tests, '**/*.controller.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'console'].map((name) => ({
          name,
          message: 'domain: no clock, chance, environment or I/O',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'domain: time comes in as data, not from a clock' },
        { object: 'Math', property: 'random', message: 'domain: chance comes in as data' },
        { object: 'globalThis', message: 'domain: no clock, chance, environment or I/O' },
      ],
      'no-restricted-syntax': ['error', ...syntax, ...clockSyntax],
    },
  },
  // A "!" that is wrong in a test makes the test fail, which is what a test is for.
  { files: tests, rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setInterval: 'readonly', fetch: 'readonly' } },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } } },
);
