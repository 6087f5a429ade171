import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Type-checked lint of every TypeScript file; import directions are proved by .dependency-cruiser.cjs. */
export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.cache/', '.data/', 'test/fixtures/', 'libs/client/src/openapi.d.ts'] },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.{ts,tsx}'] })),
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 300 }],
      'max-depth': ['error', 3],
      eqeqeq: 'error',
    },
  },
  {
    // Runs in browsers, so it has a configuration of its own.
    files: ['apps/console/**/*.{ts,tsx}'],
    ...reactHooks.configs.flat['recommended-latest'],
    languageOptions: {
      parserOptions: { project: './apps/console/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    // The environment is read in one file; what starts processes for people and tests hands its own environment on.
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: [
      'libs/config/src/environment.ts',
      'apps/cli/src/environment.ts', // of the command line, which shares no setting with the services
      'apps/standalone/**',
      'libs/local-services/**',
      'apps/runpod-emulator/src/main.ts', // its key
      'apps/console/vite.config.ts', // the Timbre that a page in development talks to
      '**/*.spec.ts',
      '**/*.medium-spec.ts',
      '**/*.operators-spec.ts',
      '**/*.gpu-spec.ts',
      '**/*.clients-spec.ts',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'The environment is read once, in libs/config/src/environment.ts.',
        },
      ],
    },
  },
);
