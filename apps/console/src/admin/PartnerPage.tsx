import { Link } from 'wouter';
import { voicesHref } from '../app/addresses.js';
import { text } from '../texts/text.js';
import { Icon } from '../ui/Icon.js';
import { EmptyState } from '../ui/notes.js';
import { Time } from '../ui/Time.js';
import { useTitle } from '../ui/use-title.js';
import { usePartners } from './admin-queries.js';
import { AdminOnly } from './AdminOnly.js';
import { Answered } from './Answered.js';
import { KeysCard } from './keys/KeysCard.js';
import { Changes } from './partner/Changes.js';
import { ErasePartner } from './partner/ErasePartner.js';
import { QuotasCard } from './partner/QuotasCard.js';
import { UsageCard } from './partner/UsageCard.js';

/** A partner: what it uses and may use, its keys, and what has been changed. */
export function PartnerPage({ partner }: { partner: string }) {
  return (
    <AdminOnly>
      <Partner key={partner} name={partner} />
    </AdminOnly>
  );
}

function Partner({ name }: { name: string }) {
  useTitle(name);
  const partners = usePartners();
  return (
    <div className="stack admin-page">
      <Link href="/admin/partners" className="row admin-back">
        <Icon name="arrowLeft" size={16} />
        {text('admin.partners')}
      </Link>
      <Answered query={partners} lines={8}>
        {(all) => {
          const partner = all.find((each) => each.name === name);
          if (!partner) {
            return (
              <EmptyState isPage icon="users" title={text('admin.partner.gone', { partner: name })}>
                {text('admin.partner.goneText')}
              </EmptyState>
            );
          }
          return (
            <>
              <div className="row spread">
                <div>
                  <h1>{name}</h1>
                  <p className="muted">
                    {text('admin.created')} <Time iso={partner.created_at} />
                  </p>
                </div>
                <Link href={voicesHref(name)} className="button button-plain">
                  <Icon name="audioLines" size={16} />
                  {text('admin.partner.voices')}
                </Link>
              </div>
              <div className="admin-columns">
                <UsageCard partner={name} />
                <QuotasCard key={JSON.stringify(partner.quotas)} partner={partner} />
              </div>
              <KeysCard partner={name} />
              <Changes partner={name} />
              <ErasePartner partner={name} />
            </>
          );
        }}
      </Answered>
    </div>
  );
}
