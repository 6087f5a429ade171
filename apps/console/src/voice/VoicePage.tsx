import { Loading } from '../ui/progress.js';

export function VoicePage({ partner, voiceId }: { partner: string; voiceId: string }) {
  return <Loading key={[partner, voiceId].join()} />;
}
