import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { voicesHref } from './addresses.js';
import { useSession } from '../session/session.js';
import { text } from '../texts/text.js';
import { EmptyState } from '../ui/notes.js';
import { Loading } from '../ui/progress.js';
import { VoicesPage } from '../voices/VoicesPage.js';

const VoicePage = lazy(async () => ({ default: (await import('../voice/VoicePage.js')).VoicePage }));
const PartnersPage = lazy(async () => ({ default: (await import('../admin/pages.js')).PartnersPage }));
const PartnerPage = lazy(async () => ({ default: (await import('../admin/pages.js')).PartnerPage }));
const JobsPage = lazy(async () => ({ default: (await import('../admin/pages.js')).JobsPage }));
const RecomputePage = lazy(async () => ({ default: (await import('../admin/pages.js')).RecomputePage }));

/** Every address of the console, after the `#`. */
export function Pages() {
  const { who } = useSession();
  const home = who.partner === null ? '/admin/partners' : voicesHref(who.partner);
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        <Route path="/">
          <Redirect to={home} replace />
        </Route>
        <Route path="/partners/:partner/voices">
          {({ partner }) => <VoicesPage key={partner} partner={partner} />}
        </Route>
        <Route path="/partners/:partner/voices/:voice">
          {({ partner, voice }) => <VoicePage key={voice} partner={partner} voiceId={voice} />}
        </Route>
        <Route path="/admin/partners">
          <PartnersPage />
        </Route>
        <Route path="/admin/partners/:partner">{({ partner }) => <PartnerPage partner={partner} />}</Route>
        <Route path="/admin/jobs">
          <JobsPage />
        </Route>
        <Route path="/admin/recompute">
          <RecomputePage />
        </Route>
        <Route>
          <EmptyState isPage icon="search" title={text('notFound.title')}>
            {text('notFound.text')}
          </EmptyState>
        </Route>
      </Switch>
    </Suspense>
  );
}
