import { Loading } from '../ui/progress.js';

export function PartnerPage({ partner }: { partner: string }) {
  return <Loading key={[partner].join()} />;
}
