import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { ApiFailure, connect, unwrap } from '#libs/client';
import { PlayerProvider } from '../player/player.js';
import { connectionOf, forgetKey, keepKey, keptKey, SessionContext, sessionOf } from '../session/session.js';
import { text } from '../texts/text.js';
import { FailureNote } from '../ui/notes.js';
import { Loading } from '../ui/progress.js';
import { Toasts } from '../ui/toasts.js';
import { UploadsProvider } from '../voices/upload/uploads.js';
import { Pages } from './Pages.js';
import { Shell } from './Shell.js';
import { SignIn } from './SignIn.js';

/** The console: a sign-in, then the pages of whoever the key belongs to. */
export function App() {
  const [key, setKey] = useState(keptKey);
  const cache = useQueryClient();
  const signIn = (given: string): void => {
    keepKey(given);
    setKey(given);
  };
  const signOut = (): void => {
    forgetKey();
    cache.clear();
    setKey(null);
  };
  return (
    <Router hook={useHashLocation}>
      {key === null ? (
        <SignIn onKey={signIn} />
      ) : (
        <SignedIn key={key} apiKey={key} onKey={signIn} onSignOut={signOut} />
      )}
      <Toasts />
    </Router>
  );
}

interface SignedInProps {
  readonly apiKey: string;
  readonly onKey: (key: string) => void;
  readonly onSignOut: () => void;
}

function SignedIn({ apiKey, onKey, onSignOut }: SignedInProps) {
  const owner = useQuery({
    queryKey: ['owner', apiKey],
    queryFn: ({ signal }) => unwrap(connect(connectionOf(apiKey)).GET('/api/key', { signal })),
  });
  // The same session while the owner stays the same: pages follow streams of events with it.
  const session = useMemo(() => owner.data && sessionOf(apiKey, owner.data), [apiKey, owner.data]);
  if (owner.error instanceof ApiFailure && owner.error.status === 401) return <SignIn onKey={onKey} isWrong />;
  if (!session) {
    return (
      <main className="page">
        <h1 className="visually-hidden">{text('app.name')}</h1>
        {owner.error ? <FailureNote failure={owner.error} onRetry={() => void owner.refetch()} /> : <Loading />}
      </main>
    );
  }
  return (
    <SessionContext value={session}>
      <PlayerProvider>
        <UploadsProvider>
          <Shell onSignOut={onSignOut}>
            <Pages />
          </Shell>
        </UploadsProvider>
      </PlayerProvider>
    </SessionContext>
  );
}
