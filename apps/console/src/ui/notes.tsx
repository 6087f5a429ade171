import type { ReactNode } from 'react';
import { ApiFailure } from '#libs/client';
import { text } from '../texts/text.js';
import { Button } from './Button.js';
import { Icon, type IconName } from './Icon.js';
import './notes.css';

type Tone = 'info' | 'good' | 'fair' | 'poor' | 'plain';

/** A short word with a colour and, because a colour alone says nothing to many people, an icon. */
export function Badge({ tone = 'plain', icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span className={`badge badge-${tone}`}>
      {icon && <Icon name={icon} size={13} />}
      {children}
    </span>
  );
}

/** The icon that goes with a tone. */
export const toneIcons = {
  info: 'info',
  good: 'circleCheck',
  fair: 'triangleAlert',
  poor: 'circleAlert',
  plain: 'info',
} as const;

/** A sentence that matters, in the page. */
export function Note({ tone = 'info', children, action }: { tone?: Tone; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={`note note-${tone}`} role={tone === 'poor' ? 'alert' : 'status'}>
      <Icon name={toneIcons[tone]} />
      <div className="grow">{children}</div>
      {action}
    </div>
  );
}

/** Returns the sentence of the contract, or that Timbre cannot be reached. */
export const sentenceOf = (failure: unknown): string =>
  failure instanceof ApiFailure && failure.status > 0 ? failure.message : text('failure.unreachable');

/** Shows why something failed. Nothing is shown without a failure. */
export function FailureNote({ failure, onRetry }: { failure: unknown; onRetry?: (() => void) | undefined }) {
  if (failure === undefined || failure === null) return null;
  const retry = onRetry && (
    <Button icon="refreshCw" onPress={onRetry}>
      {text('action.retry')}
    </Button>
  );
  return (
    <Note tone="poor" action={retry}>
      {sentenceOf(failure)}
    </Note>
  );
}

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** It is all that there is on the page, so its title is the heading of the page. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}

/** What is shown instead of an empty list: what belongs here and how to get it. */
export function EmptyState({ icon, title, isPage = false, children }: EmptyStateProps) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div className="empty">
      <Icon name={icon} size={32} />
      <Heading className="empty-title">{title}</Heading>
      <div className="muted">{children}</div>
    </div>
  );
}
