import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.js';
import { followReleases } from './app/newer-release.js';
import { createQueryClient } from './api/query-client.js';
import './ui/tokens.css';
import './ui/base.css';

followReleases();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={createQueryClient()}>
        <I18nProvider locale="en-US">
          <App />
        </I18nProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
