import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { voicesHref } from './addresses.js';
import { useSession } from '../session/session.js';
import { text } from '../texts/text.js';
import { IconButton } from '../ui/Button.js';
import { Icon, type IconName } from '../ui/Icon.js';
import { Logo } from './Logo.js';
import { useTheme } from './theme.js';
import './shell.css';

interface Entry {
  readonly href: string;
  readonly name: string;
  readonly icon: IconName;
}

const adminEntries = (): readonly Entry[] => [
  { href: '/admin/partners', name: text('admin.partners'), icon: 'users' },
  { href: '/admin/jobs', name: text('admin.jobs'), icon: 'listChecks' },
  { href: '/admin/recompute', name: text('admin.recompute'), icon: 'refreshCw' },
];

/** The frame of every page: where one is, where one can go, and who one is. */
export function Shell({ children, onSignOut }: { children: ReactNode; onSignOut: () => void }) {
  const { who, connection } = useSession();
  const [theme, setTheme] = useTheme();
  const [location] = useLocation();
  const voices: readonly Entry[] =
    who.partner === null ? [] : [{ href: voicesHref(who.partner), name: text('nav.voices'), icon: 'audioLines' }];
  const entries = who.is_admin ? [...voices, ...adminEntries()] : voices;
  return (
    <>
      <header className="top">
        <div className="top-inner">
          <Link href="/" className="top-logo">
            <Logo />
          </Link>
          <nav className="top-nav" aria-label={text('nav.label')}>
            {entries.map(({ href, name, icon }) => (
              <Link
                key={href}
                href={href}
                className="top-link"
                aria-current={location.startsWith(href) ? 'page' : undefined}
              >
                <Icon name={icon} size={16} />
                {name}
              </Link>
            ))}
          </nav>
          <div className="row top-end">
            <a className="top-link" href={`${connection.origin}/api/docs`} target="_blank" rel="noreferrer">
              {text('nav.docs')}
              <Icon name="externalLink" size={14} />
            </a>
            <IconButton
              icon={theme === 'dark' ? 'sun' : 'moon'}
              label={text(theme === 'dark' ? 'theme.light' : 'theme.dark')}
              onPress={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
            />
            <IconButton icon="logOut" label={text('action.signOut')} onPress={onSignOut} />
          </div>
        </div>
      </header>
      <main className="page">{children}</main>
    </>
  );
}
