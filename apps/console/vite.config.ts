import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '@formatjs/icu-messageformat-parser';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Texts of react-aria in another language than English, which the console is in (main.tsx). */
const otherLanguage = /\/node_modules\/react-(aria|stately)[\w-]*\/.*\/intl\/.*\/(?!en-US)[a-z]{2}-[A-Z]{2}\.m?js$/;

/** Leaves out texts of react-aria that are never shown: a quarter of the bundle. */
const onlyEnglish = (): Plugin => ({
  name: 'only-english',
  load: { filter: { id: otherLanguage }, handler: () => 'export default {};' },
});

/** Parses the texts when they are built, so that browsers load no parser. */
const parsedTexts = (): Plugin => ({
  name: 'parsed-texts',
  enforce: 'pre',
  transform: {
    filter: { id: /\/texts\/en\.json$/ },
    handler: (code) => {
      const texts = Object.entries(JSON.parse(code) as Record<string, string>);
      const parsed = texts.map(([name, message]) => [name, parse(message, { ignoreTag: true })]);
      return JSON.stringify(Object.fromEntries(parsed));
    },
  },
});

/** Builds the console into dist/console. The API serves it, and fills in the nonce of every page. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './', // Timbre may be behind a proxy, under a path
  html: { cspNonce: 'NONCE-OF-THE-PAGE' },
  plugins: [onlyEnglish(), parsedTexts()],
  resolve: {
    alias: [
      { find: /^#libs\/([a-z-]+)$/, replacement: path.join(root, 'libs/$1/src/index.ts') },
      { find: /^@formatjs\/icu-messageformat-parser$/, replacement: '@formatjs/icu-messageformat-parser/no-parser.js' },
    ],
  },
  build: {
    outDir: path.join(root, 'dist/console'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // the page's policy allows no data: URL
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { moduleLevelDirective: false } }, // packages say "use client" to frameworks for servers
  },
  server: { proxy: { '/api': process.env['TIMBRE'] ?? 'http://localhost:8080' } },
});
