import { useState } from 'react';
import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Switch } from '../../ui/fields.js';
import { Table } from '../../ui/Table.js';
import { useNow } from '../../ui/use-now.js';
import { useKeys } from '../admin-queries.js';
import { Answered } from '../Answered.js';
import { isUsable, keyState, sortedKeys } from './key-state.js';
import { KeyRow } from './KeyRow.js';
import { NewKeyDialog } from './NewKeyDialog.js';
import { RevokeDialog } from './RevokeDialog.js';

/** The keys of a partner: what they are for, whether they are used, new ones and their end. */
export function KeysCard({ partner }: { partner: string }) {
  const keys = useKeys(partner);
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<Schema<'ApiKey'>>();
  return (
    <section className="card stack" aria-labelledby="partner-keys">
      <div className="row spread">
        <h2 id="partner-keys">{text('admin.keys')}</h2>
        <Button icon="plus" onPress={() => setCreating(true)}>
          {text('admin.keys.create')}
        </Button>
      </div>
      <Answered query={keys}>{(all) => <Keys keys={all} onRevoke={setRevoking} />}</Answered>
      {isCreating && <NewKeyDialog partner={partner} onClose={() => setCreating(false)} />}
      {revoking && <RevokeDialog apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </section>
  );
}

interface KeysProps {
  readonly keys: readonly Schema<'ApiKey'>[];
  readonly onRevoke: (key: Schema<'ApiKey'>) => void;
}

function Keys({ keys, onRevoke }: KeysProps) {
  const now = useNow();
  const [isShowingAll, setShowingAll] = useState(false);
  const usable = keys.filter((key) => isUsable(keyState(key, now)));
  const others = keys.length - usable.length;
  const shown = sortedKeys(isShowingAll ? keys : usable, now);
  const columns = [
    { name: text('admin.keys.name') },
    { name: text('admin.keys.scopes') },
    { name: text('admin.created') },
    { name: text('admin.keys.lastUsed') },
    { name: text('admin.keys.expires') },
    { name: text('admin.keys.revoke'), isHidden: true },
  ];
  return (
    <>
      {shown.length === 0 ? (
        <p className="muted">{text('admin.keys.none')}</p>
      ) : (
        <Table label={text('admin.keys')} columns={columns}>
          {shown.map((key) => (
            <KeyRow key={key.id} apiKey={key} state={keyState(key, now)} onRevoke={() => onRevoke(key)} />
          ))}
        </Table>
      )}
      {others > 0 && (
        <Switch isSelected={isShowingAll} onChange={setShowingAll}>
          {text('admin.keys.showEnded', { count: others })}
        </Switch>
      )}
    </>
  );
}
