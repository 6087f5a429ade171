import { useState } from 'react';
import type { Schema } from '#libs/client';
import { text } from '../texts/text.js';
import { Button } from '../ui/Button.js';
import { TextField } from '../ui/fields.js';
import { EmptyState } from '../ui/notes.js';
import { Table } from '../ui/Table.js';
import { useTitle } from '../ui/use-title.js';
import { usePartners } from './admin-queries.js';
import { AdminOnly } from './AdminOnly.js';
import { Answered } from './Answered.js';
import { NewKeyDialog } from './keys/NewKeyDialog.js';
import { PartnerRow } from './partners/PartnerRow.js';

/** All partners and what they use. */
export function PartnersPage() {
  return (
    <AdminOnly>
      <Partners />
    </AdminOnly>
  );
}

function Partners() {
  useTitle(text('admin.partners'));
  const partners = usePartners();
  const [search, setSearch] = useState('');
  const [isCreating, setCreating] = useState(false);
  return (
    <div className="stack admin-page">
      <div className="row spread admin-head">
        <h1>{text('admin.partners')}</h1>
        <div className="row admin-head">
          <div className="admin-search">
            <TextField
              label={text('admin.partners.search', { count: partners.data?.length ?? 0 })}
              type="search"
              value={search}
              onChange={setSearch}
            />
          </div>
          <Button kind="primary" icon="plus" onPress={() => setCreating(true)}>
            {text('admin.partners.create')}
          </Button>
        </div>
      </div>
      <Answered query={partners} lines={6}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon="users" title={text('admin.partners.none')}>
              {text('admin.partners.noneText')}
            </EmptyState>
          ) : (
            <Found partners={all.filter(({ name }) => name.includes(search.trim().toLowerCase()))} search={search} />
          )
        }
      </Answered>
      {isCreating && (
        <NewKeyDialog taken={(partners.data ?? []).map(({ name }) => name)} onClose={() => setCreating(false)} />
      )}
    </div>
  );
}

/** How many rows are shown at first, and how many more each time. */
const rowsAtATime = 100;

function Found({ partners, search }: { partners: readonly Schema<'Partner'>[]; search: string }) {
  const [shown, setShown] = useState(rowsAtATime);
  if (partners.length === 0) {
    return <EmptyState icon="search" title={text('admin.partners.notFound', { search })} />;
  }
  const columns = [
    { name: text('admin.partner.name') },
    { name: text('admin.quota.max_voices') },
    { name: text('admin.quota.max_bytes') },
    { name: text('admin.quota.max_gpu_seconds_per_month') },
    { name: text('admin.created') },
    { name: text('admin.partner.open'), isHidden: true },
  ];
  return (
    <section className="card admin-table">
      <Table label={text('admin.partners')} columns={columns}>
        {partners.slice(0, shown).map((partner) => (
          <PartnerRow key={partner.name} partner={partner} />
        ))}
      </Table>
      {shown < partners.length && (
        <Button onPress={() => setShown(shown + rowsAtATime)}>
          {text('admin.more', { left: partners.length - shown })}
        </Button>
      )}
    </section>
  );
}
