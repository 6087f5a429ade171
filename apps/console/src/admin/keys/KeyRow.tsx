import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Badge } from '../../ui/notes.js';
import { Cell, Row } from '../../ui/Table.js';
import { Time } from '../../ui/Time.js';
import { isUsable, type KeyState } from './key-state.js';

interface KeyRowProps {
  readonly apiKey: Schema<'ApiKey'>;
  readonly state: KeyState;
  readonly onRevoke: () => void;
}

export function KeyRow({ apiKey: { name, prefix, scopes, ...key }, state, onRevoke }: KeyRowProps) {
  return (
    <Row isDim={!isUsable(state)}>
      <Cell>
        <div className="key-name">{name}</div>
        <code className="muted">{prefix}…</code>
      </Cell>
      <Cell label={text('admin.keys.scopes')}>
        <div className="row">
          {scopes.map((scope) => (
            <Badge key={scope}>{text(`admin.keys.scope.${scope}`)}</Badge>
          ))}
        </div>
      </Cell>
      <Cell label={text('admin.created')}>
        <Time iso={key.created_at} />
      </Cell>
      <Cell label={text('admin.keys.lastUsed')}>
        {key.last_used_at === null ? text('admin.keys.neverUsed') : <Time iso={key.last_used_at} />}
      </Cell>
      <Cell label={text('admin.keys.expires')}>
        <Ending apiKey={key} state={state} />
      </Cell>
      <Cell isNumeric>
        {isUsable(state) && (
          <Button kind="danger" aria-label={text('admin.keys.revokeName', { name })} onPress={onRevoke}>
            {text('admin.keys.revoke')}
          </Button>
        )}
      </Cell>
    </Row>
  );
}

type Times = Pick<Schema<'ApiKey'>, 'expires_at' | 'revoked_at'>;

function Ending({ apiKey: { expires_at, revoked_at }, state }: { apiKey: Times; state: KeyState }) {
  if (revoked_at !== null) {
    return (
      <div className="row">
        <Badge icon="circleStop">{text('admin.keys.revoked')}</Badge>
        <Time iso={revoked_at} />
      </div>
    );
  }
  if (expires_at === null) return text('admin.keys.lifetime.never');
  return (
    <div className="row">
      {state === 'expired' && <Badge icon="history">{text('admin.keys.expired')}</Badge>}
      {state === 'expiring' && (
        <Badge tone="fair" icon="triangleAlert">
          {text('admin.keys.expiring')}
        </Badge>
      )}
      <Time iso={expires_at} />
    </div>
  );
}
