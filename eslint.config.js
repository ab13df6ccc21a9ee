import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const tests = ['**/*.test.{ts,tsx}', '**/*.node.test.ts', '**/test/**', 'e2e/**'];

/** Programs whose output is the terminal. Everything else logs through pino, or not at all. */
const printing = [
  'infra/**',
  'bench/**',
  'intercept/src/main.ts',
  'intercept/src/cli/**',
  'signaling/src/main.ts',
];

export default defineConfig(
  globalIgnores(['**/dist/', '**/report/', '**/test-results/', '**/coverage/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      'max-lines': ['error', 500],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports' },
      ],
      // Options objects name what a fourth argument would leave to be guessed.
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      '@typescript-eslint/no-floating-promises': 'error',
      // A union member without a case is an error, and so is a default that would hide one.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        {
          allowDefaultCaseForExhaustiveSwitch: false,
          considerDefaultExhaustiveForUnions: false,
          requireDefaultForNonUnion: false,
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `onClick={() => close()}` reads better than a block of its own.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    ignores: tests,
    rules: {
      // Parse at the edge with a schema; do not assert what was not checked.
      '@typescript-eslint/no-unsafe-type-assertion': 'error',
    },
  },
  {
    files: tests,
    rules: {
      // Tests name their inputs in the order of the text that they check.
      '@typescript-eslint/max-params': 'off',
      // A missing element makes the test fail, which is what it should do.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // `tsc` checks these (JSDoc types); undefined names are its business.
    files: ['**/*.{js,mjs}'],
    rules: { 'no-undef': 'off', 'max-params': ['error', 3] },
  },
  { files: printing, rules: { 'no-console': 'off' } },
);
