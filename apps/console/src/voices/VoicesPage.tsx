import { Loading } from '../ui/progress.js';

export function VoicesPage({ partner }: { partner: string }) {
  return <Loading key={[partner].join()} />;
}
